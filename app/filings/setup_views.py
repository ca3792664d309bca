"""The catalogue of carriers, with the coefficients in force."""

from flask_babel import lazy_gettext as _l

from app.core.interface import DomainInterface
from app.core.listing import Column, Filter, Listing
from app.core.period import this_quarter
from app.core.web import DomainView
from app.filings.catalogue import Carrier, with_coefficients


def _coefficient(name: str, title: object, unit: str = "") -> Column:
    def shown(row: Carrier) -> object:
        return row.coefficient and getattr(row.coefficient, name)

    return Column(name, title, shown, numeric=True, unit=unit)


class CarrierView(DomainView):
    datamodel = DomainInterface(Carrier)
    route_base = "/carriers"
    class_permission_name = "Carrier"
    include_route_methods = {"list"}
    base_permissions = ["can_list", "can_export"]
    list_title = _l("Energy carriers")
    listing = Listing(
        start=lambda: with_coefficients(this_quarter()),
        columns=(
            Column("code", _l("Code"), lambda r: r.code, sort=Carrier.code),
            Column("name", _l("Name"), lambda r: r.name),
            Column("unit", _l("Unit"), lambda r: r.measure),
            _coefficient("reference", _l("Reference coefficient"), unit="tce"),
            _coefficient("hard_min", _l("Lowest")),
            _coefficient("hard_max", _l("Highest")),
            Column("from", _l("In force from"), lambda r: r.coefficient and r.coefficient.since),
        ),
        order=(Carrier.code,),
        filters=(
            Filter(
                "name",
                _l("Name or code"),
                lambda v: (Carrier.name_zh + Carrier.name_en + Carrier.code).contains(
                    v, autoescape=True
                ),
            ),
        ),
    )
