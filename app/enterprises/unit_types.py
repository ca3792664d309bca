"""What kind of unit an enterprise is (单位性质), as sheet S1 and annex 1 ask for it."""

from flask_babel import lazy_gettext as _l

from app.core.enums import Labelled


class UnitType(Labelled):
    STATE = "state", _l("State-owned")
    COLLECTIVE = "collective", _l("Collective")
    PRIVATE = "private", _l("Private")
    FOREIGN = "foreign", _l("Foreign")
    JOINT_STOCK = "joint_stock", _l("Joint stock")
    OTHER = "other", _l("Other")
