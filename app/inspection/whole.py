"""The whole set of an enterprise and year, for one archive."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.archive import Entry, folders
from app.core.clock import as_shown
from app.core.export import workbook_of
from app.enterprises.models import Enterprise
from app.inspection.reading import Held, Item, items_of

# of the index, beside the name, the size and the hash
HEADS: Sequence[object] = (
    _l("Document"),
    _l("Year or quarter"),
    _l("Upload state"),
    _l("Valid from"),
    _l("Valid until"),
    _l("Uploaded by"),
    _l("Uploaded at"),
)


def entries_of(enterprise: Enterprise, year: int) -> list[Entry]:
    """An overview, and the files that count in *year*, each in the folder of its item."""
    items = items_of(enterprise, year)
    return [
        Entry(f"{_('Overview')}.xlsx", _overview(items, f"{enterprise} {year}")),
        *(_entry(item, at, file) for item in items for at, file in enumerate(item.current)),
    ]


def _entry(item: Item, at: int, file: Held) -> Entry:
    return Entry(
        folders(
            item.duty.document.chapter,
            item.duty.document.item,
            f"{item.duty.document.code} {item.duty.document.name} {_file_name(item, at)}",
        ),
        file.sha256,
        (
            f"{item.duty.document.code} {item.duty.document.name}",
            item.duty.period,
            str(file.state.label),
            str(file.valid_from or ""),
            str(file.expires_on or ""),
            file.uploaded_by,
            as_shown(file.uploaded_at),
        ),
    )


def _overview(items: Sequence[Item], title: str) -> bytes:
    """How it stands with every document, those that are missing too."""
    heads = (_("Document"), _("Year or quarter"), _("Upload state"), _("Due on"), _("Valid until"))
    rows = [
        (
            f"{one.duty.document.code} {one.duty.document.name}",
            one.duty.period,
            one.duty.state.label,
            one.duty.due_on,
            one.duty.expires_on,
        )
        for one in items
    ]
    return workbook_of(title, heads, rows, wide=(0,)).getvalue()


def _file_name(item: Item, at: int) -> str:
    file = item.current[at]
    told = [item.duty.period] if item.duty.quarter else []
    return " ".join([*told, *([file.part] if file.part else []), file.file_name])
