"""The sheets of a quarterly filing, in the order in which they are bound."""

from app.filings.sheet import SheetRow
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.sheets.conversion import ConversionRow
from app.filings.sheets.header import HeaderRow
from app.filings.sheets.profile import ProfileRow

SHEETS: dict[str, type[SheetRow]] = {
    kind.sheet.key: kind for kind in (HeaderRow, ProfileRow, ConsumptionRow, ConversionRow)
}
