"""S1 企业基本情况: identity from the register, people, economics, and the headline figures."""

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import flows, reckoning
from app.checks.book import Book, Line
from app.core.enums import Labelled
from app.enterprises.unit_types import UnitType
from app.filings.sheet import Sheet, SheetRow, field
from app.filings.sheets.project import is_completed
from app.filings.sheets.supplement import deduction
from app.filings.sheets.units import CNY_10K, PEOPLE, PROJECTS, TCE, TCE_PER_CNY_10K
from app.filings.values import Kind, Need, quotient


class ProductionStatus(Labelled):
    NORMAL = "normal", _l("Normal")
    PARTIAL = "partial", _l("Partly stopped")
    STOPPED = "stopped", _l("Stopped")
    TRIAL = "trial", _l("Trial run")


def _calorific(book: Book) -> Decimal:
    """FM-03, unrounded."""
    return _comprehensive(book, book.coefficients())


def _primary(book: Book) -> Decimal:
    """FM-04, unrounded."""
    return _comprehensive(book, book.primary_coefficients())


def _comprehensive(book: Book, coefficients: dict[str, Decimal]) -> Decimal:
    return reckoning.comprehensive(
        book.column("S2", "industrial_consumption"),
        book.column("S3", "conversion_output"),
        book.column("S3", "recovery"),
        coefficients,
    )


def _feedstock(book: Book) -> Decimal:
    """FM-06, unrounded."""
    return reckoning.feedstock_energy(
        book.column("S2", "feedstock_consumption"), book.coefficients()
    )


def _total(line: Line) -> Decimal:
    book = line.book
    return reckoning.shown(
        reckoning.total_consumption(
            _calorific(book), book.column("S2", "non_industrial_consumption"), book.coefficients()
        )
    )


def _assessed(line: Line) -> Decimal:
    renewable = sum((deduction(line) for line in line.lines("S2R")), reckoning.ZERO)
    found = reckoning.assessed(_calorific(line.book), _feedstock(line.book), renewable)
    return reckoning.shown(found)


def _completed(line: Line) -> list[Line]:
    """The retrofit projects completed in the months of the quarter."""
    months = line.book.months
    return [
        project
        for project in line.lines("S5")
        if is_completed(project) and project.values.get("completed_on") in months
    ]


def _sum_of_completed(line: Line, name: str) -> Decimal:
    return sum((project[name] for project in _completed(line)), reckoning.ZERO)


def _share(line: Line) -> Decimal | None:
    return quotient(flows.percent(line["energy_cost"], line["production_cost"]), Kind.PCT)


def intensity(energy: Decimal, value: Decimal) -> Decimal | None:
    """FM-12: blank where the divisor is not above zero."""
    found = reckoning.ratio(energy, value)
    return None if found is None else reckoning.shown(found, 4)


class ProfileRow(SheetRow):
    __tablename__ = "filing_profile"

    sheet = Sheet(
        "S1",
        _l("Enterprise profile"),
    )

    # fmt: off
    enterprise_name: Mapped[str | None] = field(_l("Enterprise name"), Kind.TEXT, Need.REQUIRED, length=120, formula=lambda line: line.book.registry.get("name"))
    credit_code: Mapped[str | None] = field(_l("Unified social credit code"), Kind.TEXT, Need.REQUIRED, length=18, formula=lambda line: line.book.registry.get("credit_code"))
    unit_type: Mapped[UnitType | None] = field(_l("Unit type"), Kind.CHOICE, Need.REQUIRED, choices=UnitType)
    registered_on: Mapped[date | None] = field(_l("Registered on"), Kind.DATE)
    registered_capital: Mapped[Decimal | None] = field(_l("Registered capital"), Kind.MONEY, unit=CNY_10K)
    legal_representative: Mapped[str | None] = field(_l("Legal representative"), Kind.TEXT, Need.REQUIRED, length=50)
    legal_phone: Mapped[str | None] = field(_l("Telephone of the legal representative"), Kind.TEXT, length=30)
    is_central_enterprise: Mapped[bool | None] = field(_l("Central enterprise"), Kind.BOOL, Need.REQUIRED)
    group_name: Mapped[str | None] = field(_l("Name of the group"), Kind.TEXT, length=120, needed_when=lambda line: bool(line.values.get("is_central_enterprise")))
    address: Mapped[str | None] = field(_l("Address"), Kind.TEXT, Need.REQUIRED, length=200)
    postcode: Mapped[str | None] = field(_l("Postcode"), Kind.TEXT, length=6)
    email: Mapped[str | None] = field(_l("E-mail"), Kind.TEXT, length=100)
    fax: Mapped[str | None] = field(_l("Fax"), Kind.TEXT, length=30)
    production_status: Mapped[ProductionStatus | None] = field(_l("Production status"), Kind.CHOICE, Need.REQUIRED, choices=ProductionStatus)
    energy_org_name: Mapped[str | None] = field(_l("Name of the energy management body"), Kind.TEXT, Need.REQUIRED, length=100)
    energy_leader_name: Mapped[str | None] = field(_l("Leader in charge of energy conservation"), Kind.TEXT, Need.REQUIRED, length=50)
    energy_leader_title: Mapped[str | None] = field(_l("Title of the leader in charge"), Kind.TEXT, length=50)
    energy_leader_phone: Mapped[str | None] = field(_l("Telephone of the leader in charge"), Kind.TEXT, Need.REQUIRED, length=30)
    energy_manager_name: Mapped[str | None] = field(_l("Energy manager"), Kind.TEXT, Need.REQUIRED, length=50)
    energy_manager_mobile: Mapped[str | None] = field(_l("Mobile telephone of the energy manager"), Kind.TEXT, Need.REQUIRED, length=30)
    energy_manager_cert_no: Mapped[str | None] = field(_l("Certificate number of the energy manager"), Kind.TEXT, length=50)
    full_time_staff: Mapped[Decimal | None] = field(_l("Full-time energy staff"), Kind.INT, unit=PEOPLE)
    part_time_staff: Mapped[Decimal | None] = field(_l("Part-time energy staff"), Kind.INT, unit=PEOPLE)
    ems_certified: Mapped[bool | None] = field(_l("Energy management system certified"), Kind.BOOL, Need.REQUIRED)
    ems_certified_on: Mapped[date | None] = field(_l("Certified on"), Kind.DATE, needed_when=lambda line: bool(line.values.get("ems_certified")))
    ems_certifier: Mapped[str | None] = field(_l("Certification body"), Kind.TEXT, length=100, needed_when=lambda line: bool(line.values.get("ems_certified")))
    has_energy_centre: Mapped[bool | None] = field(_l("Has an energy management centre"), Kind.BOOL)
    online_monitoring: Mapped[bool | None] = field(_l("Connected to online energy monitoring"), Kind.BOOL)
    employees: Mapped[Decimal | None] = field(_l("Average number of employees"), Kind.INT, Need.REQUIRED, unit=PEOPLE)
    certified_energy_managers: Mapped[Decimal | None] = field(_l("Certified energy managers"), Kind.INT, unit=PEOPLE)
    gross_output_current: Mapped[Decimal | None] = field(_l("Gross industrial output (current prices)"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K)
    gross_output_comparable: Mapped[Decimal | None] = field(_l("Gross industrial output (comparable prices)"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K)
    value_added: Mapped[Decimal | None] = field(_l("Industrial value added"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K, negative=True)
    sales_revenue: Mapped[Decimal | None] = field(_l("Sales revenue"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K)
    tax_and_profit: Mapped[Decimal | None] = field(_l("Taxes and profit paid"), Kind.MONEY, unit=CNY_10K, negative=True)
    production_cost: Mapped[Decimal | None] = field(_l("Production cost"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K)
    energy_cost: Mapped[Decimal | None] = field(_l("Energy cost"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K)
    energy_cost_ratio: Mapped[Decimal | None] = field(_l("Share of energy in production cost"), Kind.PCT, unit="%", formula=_share)
    comprehensive_energy_calorific: Mapped[Decimal | None] = field(_l("Comprehensive energy consumption (calorific value)"), Kind.TCE, unit=TCE, formula=lambda line: reckoning.shown(_calorific(line.book)))
    comprehensive_energy_primary: Mapped[Decimal | None] = field(_l("Comprehensive energy consumption (primary value)"), Kind.TCE, unit=TCE, formula=lambda line: reckoning.shown(_primary(line.book)))
    total_energy_calorific: Mapped[Decimal | None] = field(_l("Total energy consumption (calorific value)"), Kind.TCE, unit=TCE, formula=_total)
    feedstock_energy: Mapped[Decimal | None] = field(_l("Energy used as feedstock"), Kind.TCE, unit=TCE, formula=lambda line: reckoning.shown(_feedstock(line.book)))
    assessed_energy: Mapped[Decimal | None] = field(_l("Assessed energy (less feedstock and renewable power)"), Kind.TCE, unit=TCE, formula=_assessed)
    output_intensity_calorific: Mapped[Decimal | None] = field(_l("Energy per output value (calorific value)"), Kind.QTY, unit=TCE_PER_CNY_10K, formula=lambda line: intensity(_calorific(line.book), line["gross_output_comparable"]))
    output_intensity_primary: Mapped[Decimal | None] = field(_l("Energy per output value (primary value)"), Kind.QTY, unit=TCE_PER_CNY_10K, formula=lambda line: intensity(_primary(line.book), line["gross_output_comparable"]))
    value_added_intensity: Mapped[Decimal | None] = field(_l("Energy per value added (calorific value)"), Kind.QTY, unit=TCE_PER_CNY_10K, formula=lambda line: intensity(_calorific(line.book), line["value_added"]))
    retrofit_project_count: Mapped[Decimal | None] = field(_l("Retrofit projects completed"), Kind.INT, unit=PROJECTS, formula=lambda line: Decimal(len(_completed(line))))
    retrofit_investment: Mapped[Decimal | None] = field(_l("Investment in the projects completed"), Kind.MONEY, unit=CNY_10K, formula=lambda line: _sum_of_completed(line, "investment_total"))
    retrofit_saving: Mapped[Decimal | None] = field(_l("Designed saving of the projects completed"), Kind.TCE, unit=TCE, formula=lambda line: _sum_of_completed(line, "designed_saving"))
    # fmt: on
