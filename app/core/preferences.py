"""How a person wants the screen: theme, language, quarter, columns, rows; and whether mail.

Kept with the person as one small JSON object, so that reading costs no statement.  These
change nothing for anybody else, and are not entered in the journal.
"""

import re
from collections.abc import Callable, Mapping

from flask import g
from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound
from app.core.period import Quarter

PAGE_SIZES = (25, 50, 100)
MOST = 60  # settings of one person
COLUMNS = re.compile(r"columns:[A-Za-z]{1,40}")


def _one_of(*values: str) -> Callable[[str], bool]:
    return lambda value: value in values


def _is_quarter(value: str) -> bool:
    try:
        Quarter.parse(value)
    except NotFound:
        return False
    return True


def _is_moment(value: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.+]{5,25}", value, re.ASCII) is not None


def _are_columns(value: str) -> bool:
    return re.fullmatch(r"[a-z_]{1,40}(,[a-z_]{1,40}){0,39}", value) is not None


KINDS: Mapping[str, Callable[[str], bool]] = {
    "theme": _one_of("light", "dark"),  # none: as the machine has it
    "language": _one_of("zh", "en"),
    "period": _is_quarter,  # none: all quarters
    "side": _one_of("narrow"),
    "density": _one_of("compact"),
    "size": _one_of(*map(str, PAGE_SIZES)),
    "notices_seen": _is_moment,  # the last look at what concerns everybody
    "mail": _one_of("off"),  # none: notices come by mail as well, where mail is set up
}


def preference(name: str) -> str:
    """What whoever asks has set under *name*; empty if nothing."""
    kept = getattr(g.get("user"), "preferences", None) or {}
    return str(kept.get(name, ""))


def with_preference(kept: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    """*kept* with *name* set to *value*, or without it when that is empty; `Invalid` if neither."""
    known = KINDS.get(name) or (_are_columns if COLUMNS.fullmatch(name) else None)
    if known is None or (value and not known(value)):
        raise Invalid(_("There is no such setting."))
    changed = {**kept, name: value}
    if not value:
        del changed[name]
    if len(changed) > MOST:
        raise Invalid(_("These are too many settings."))
    return changed
