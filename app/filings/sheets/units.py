"""Units as they stand in column heads; quantities of a carrier are in the unit of its row."""

from flask_babel import lazy_gettext as _l

ROW = "row"
TCE = "tce"
CNY_1K = _l("10³ CNY")  # 千元, for purchase amounts only: the classic slip
CNY_10K = _l("10⁴ CNY")
PEOPLE = _l("people")
TCE_PER_ROW = _l("tce per unit of the row")
TCE_PER_CNY_10K = _l("tce/10⁴ CNY")
TCE_A_YEAR = _l("tce/a")
YEARS = _l("years")
PROJECTS = _l("projects")
CERTIFICATES = _l("certificates")
KWH_10K = _l("10⁴ kWh")
M3_10K = _l("10⁴ m³")
M3_PER_CNY_10K = _l("m³/10⁴ CNY")
TONNES = "t"
INDICATOR = "indicator"  # these four differ from product to product
NUMERATOR = "numerator"
DENOMINATOR = "denominator"
CAPACITY = "capacity"
M3_PER_OUTPUT = "per output"
