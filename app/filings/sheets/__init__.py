"""The sheets of a quarterly filing, in the order in which they are bound."""

from app.filings.sheet import SheetRow
from app.filings.sheets.consumption import ConsumptionRow
from app.filings.sheets.conversion import ConversionRow
from app.filings.sheets.header import HeaderRow
from app.filings.sheets.product import ProductRow
from app.filings.sheets.product_water import ProductWaterRow
from app.filings.sheets.profile import ProfileRow
from app.filings.sheets.progress import ProductProgressRow, ProgressRow
from app.filings.sheets.project import ProjectRow
from app.filings.sheets.supplement import SupplementRow
from app.filings.sheets.waste import WasteRow
from app.filings.sheets.water import WaterRow

SHEETS: dict[str, type[SheetRow]] = {
    kind.sheet.key: kind
    for kind in (
        HeaderRow,
        ProfileRow,
        ConsumptionRow,
        SupplementRow,
        ConversionRow,
        ProgressRow,
        ProductProgressRow,
        ProjectRow,
        ProductRow,
        WaterRow,
        ProductWaterRow,
        WasteRow,
    )
}
