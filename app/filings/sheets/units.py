"""Units as they stand in column heads; quantities of a carrier are in the unit of its row."""

from flask_babel import lazy_gettext as _l

ROW = "row"
TCE = "tce"
CNY_1K = _l("10³ CNY")  # 千元, for purchase amounts only: the classic slip
CNY_10K = _l("10⁴ CNY")
PEOPLE = _l("people")
TCE_PER_ROW = _l("tce per unit of the row")
TCE_PER_CNY_10K = _l("tce/10⁴ CNY")
