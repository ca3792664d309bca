"""A mail about the notices of one person: what it says, in that person's language.

No figures and nothing of a filing's content: the mail says what there is to read, and where.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core.clock import as_shown
from app.notices.models import Notice
from app.notices.wording import text_of

MOST_LINES = 20
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
NOBODY = ".invalid"  # the end of an address of somebody who has none


def can_be_mailed(address: str) -> bool:
    """Whether *address* can stand in a header as it is, and belongs to somebody."""
    return bool(ADDRESS.fullmatch(address)) and not address.endswith(NOBODY)


def letter_to(person: User, notices: Sequence[Notice]) -> EmailMessage:
    """The mail that tells *person* of *notices*; every header is made from checked parts."""
    with force_locale(_language_of(person)):
        message = EmailMessage()
        sender = current_app.config["MAIL_FROM"]
        message["From"] = Address(one_line(current_app.config["APP_NAME"]), addr_spec=sender)
        message["To"] = Address(addr_spec=person.email)
        message["Subject"] = one_line(_subject(notices))
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # nobody's absence answers it
        message.set_content("\n".join(_lines(notices)))
        return message


def _language_of(person: User) -> str:
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    return str((person.preferences or {}).get("language", default))


def _subject(notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return f"{notices[0].about}: {text_of(notices[0])}"
    return _("%(n)s notices for you", n=len(notices))


def _lines(notices: Sequence[Notice]) -> list[str]:
    lines = [_("For you on %(platform)s:", platform=current_app.config["APP_NAME"]), ""]
    for one in notices[:MOST_LINES]:
        lines += [f"- {one.about}: {text_of(one)}", f"  {as_shown(one.created_at)}"]
        lines += [f"  {_address('NoticeView.open', pk=one.id)}"]
    if len(notices) > MOST_LINES:
        lines.append(_("and %(n)s more", n=len(notices) - MOST_LINES))
    switch = _("Mails are switched off in your own settings:")
    return [*lines, "", switch, _address("PreferenceView.page"), ""]


def _address(endpoint: str, **values: int) -> str:
    """On the platform as people know it: no request says so here, and none could be trusted."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.config['PUBLIC_URL']}{path}"


def one_line(text: object) -> str:
    """Nobody gets a header of their own by a name with a line break in it."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
