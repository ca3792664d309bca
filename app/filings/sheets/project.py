"""S5 企业节能改造项目情况: retrofit projects, carried over from quarter to quarter."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import reckoning
from app.checks.book import Line
from app.core.enums import Labelled
from app.filings.sheet import Keyed, Over, Sheet, SheetRow, field
from app.filings.sheets.units import CNY_10K, TCE, TCE_A_YEAR, YEARS
from app.filings.values import Kind, Need, quotient

CENT = Decimal("0.01")
PARTS = "investment_own investment_loan investment_fiscal investment_other".split()


class ProjectType(Labelled):
    BOILER = "boiler", _l("Boiler or kiln")
    POWER_UNIT = "power_unit", _l("Power or cogeneration unit")
    WASTE_HEAT = "waste_heat", _l("Waste heat and pressure")
    OIL = "oil", _l("Oil substitution")
    MOTOR = "motor", _l("Motor systems")
    SYSTEM = "system", _l("Optimisation of the energy system")
    LIGHTING = "lighting", _l("Green lighting")
    PROCESS = "process", _l("Process")
    OBSOLETE = "obsolete", _l("Obsolete equipment")
    RENEWABLE = "renewable", _l("Renewable energy")
    DIGITAL = "digital", _l("Digital energy management")
    OTHER = "other", _l("Other")


class ProjectStatus(Labelled):
    PLANNED = "planned", _l("Planned")
    STARTED = "started", _l("Started")
    COMPLETED = "completed", _l("Completed")
    SUSPENDED = "suspended", _l("Suspended")
    CANCELLED = "cancelled", _l("Cancelled")


BEGUN = (ProjectStatus.STARTED, ProjectStatus.COMPLETED, ProjectStatus.SUSPENDED)


def is_completed(line: Line) -> bool:
    return line.values.get("status") is ProjectStatus.COMPLETED


def _payback(line: Line) -> Decimal | None:
    found = reckoning.ratio(line["investment_total"], line["economic_benefit"])
    return quotient(found, Kind.YEARS)


class ProjectRow(SheetRow):
    __tablename__ = "filing_project"

    sheet = Sheet("S5", _l("Energy-saving retrofit projects"), keyed=Keyed.PROJECT)

    # fmt: off
    project_name: Mapped[str | None] = field(_l("Project name"), Kind.TEXT, Need.REQUIRED, length=200)
    project_type: Mapped[ProjectType | None] = field(_l("Type of project"), Kind.CHOICE, Need.REQUIRED, choices=ProjectType)
    content: Mapped[str | None] = field(_l("Main content"), Kind.TEXT, Need.REQUIRED, length=2000)
    status: Mapped[ProjectStatus | None] = field(_l("Status"), Kind.CHOICE, Need.REQUIRED, choices=ProjectStatus)
    started_on: Mapped[str | None] = field(_l("Started in"), Kind.MONTH, needed_when=lambda line: line.values.get("status") in BEGUN)
    planned_completion: Mapped[str | None] = field(_l("Planned completion"), Kind.MONTH, Need.REQUIRED)
    completed_on: Mapped[str | None] = field(_l("Completed in"), Kind.MONTH, needed_when=is_completed)
    progress_pct: Mapped[Decimal | None] = field(_l("Progress of the works"), Kind.PCT, Need.REQUIRED, unit="%")
    investment_total: Mapped[Decimal | None] = field(_l("Total investment"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K, over=Over.LAST)
    investment_own: Mapped[Decimal | None] = field(_l("Of which own funds"), Kind.MONEY, unit=CNY_10K, over=Over.LAST)
    investment_loan: Mapped[Decimal | None] = field(_l("Of which bank loans"), Kind.MONEY, unit=CNY_10K, over=Over.LAST)
    investment_fiscal: Mapped[Decimal | None] = field(_l("Of which public subsidies"), Kind.MONEY, unit=CNY_10K, over=Over.LAST)
    investment_other: Mapped[Decimal | None] = field(_l("Of which other"), Kind.MONEY, unit=CNY_10K, over=Over.LAST)
    investment_done: Mapped[Decimal | None] = field(_l("Investment made so far"), Kind.MONEY, Need.REQUIRED, unit=CNY_10K, over=Over.LAST)
    is_emc: Mapped[bool | None] = field(_l("Energy performance contract"), Kind.BOOL, Need.REQUIRED)
    emc_company: Mapped[str | None] = field(_l("Energy service company"), Kind.TEXT, length=120, needed_when=lambda line: bool(line.values.get("is_emc")))
    designed_saving: Mapped[Decimal | None] = field(_l("Designed saving a year"), Kind.TCE, Need.REQUIRED, unit=TCE_A_YEAR, over=Over.LAST)
    actual_saving: Mapped[Decimal | None] = field(_l("Actual saving of the period"), Kind.TCE, unit=TCE, needed_when=is_completed)
    economic_benefit: Mapped[Decimal | None] = field(_l("Economic benefit a year"), Kind.MONEY, unit=CNY_10K, over=Over.LAST)
    payback_years: Mapped[Decimal | None] = field(_l("Payback time"), Kind.YEARS, unit=YEARS, formula=_payback)
    approval_doc: Mapped[str | None] = field(_l("Number of the approval"), Kind.TEXT, length=100)
    remark: Mapped[str | None] = field(_l("Remark"), Kind.TEXT, length=500)
    # fmt: on
