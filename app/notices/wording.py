"""What a notice says, in the language of whoever reads it, and where it leads."""

from collections.abc import Callable, Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.notices.models import Notice, NoticeKind

# the kinds that say more than their label, with room for the facts; days are as ISO writes them
SENTENCES: Mapping[NoticeKind, LazyString] = {
    NoticeKind.DUE_SOON: _l("To be handed in by %(due_on)s"),
    NoticeKind.LATE: _l("Was to be handed in by %(due_on)s"),
    NoticeKind.DOCUMENTS_WANTING: _l(
        "%(n)s supervision documents are missing, have expired or wait for an answer"
    ),
    NoticeKind.CERTIFICATE_EXPIRES: _l("The certificate is valid until %(day)s; upload the next"),
    NoticeKind.REMINDED: _l("You are reminded to hand it in; the last day is %(due_on)s"),
}

# Filled by `app.menu`: the page of a matter, by its kind and number
ADDRESSES: dict[str, Callable[[int], str]] = {}


def text_of(notice: Notice) -> str:
    sentence = str(SENTENCES.get(notice.kind, notice.kind.label))
    return sentence % notice.facts if notice.kind in SENTENCES else sentence


def address_of(notice: Notice) -> str:
    """The page of the matter; the start page, if matters of this kind are no more."""
    find = ADDRESSES.get(notice.subject_kind)
    return find(notice.subject_id) if find else "/"
