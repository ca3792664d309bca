"""The filing that a page fills in, if it is one of the person's own."""

from flask import g
from flask_babel import gettext as _

from app.accounts.models import actor_of
from app.core.errors import NotFound
from app.core.web import row_of
from app.filings.models import Filing
from app.filings.queries import fills_in, sheets_of
from app.filings.sheet import SheetRow


def own_filing(pk: int) -> Filing:
    """`NotFound` for everybody who does not fill it in."""
    filing: Filing = row_of(Filing, pk)
    if not fills_in(filing, actor_of(g.user)):
        raise NotFound(_("There is no such record."))
    return filing


def sheet_to_fill(pk: int, key: str) -> tuple[Filing, type[SheetRow]]:
    """The filing and a sheet that is asked for in its quarter."""
    filing = own_filing(pk)
    sheets = sheets_of(filing)
    if key not in sheets:
        raise NotFound(_("There is no such sheet."))
    return filing, sheets[key]
