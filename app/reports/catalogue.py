"""The reports there are: what each tells, what can be chosen, and the tables it is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.reports.alarms import alarm_table
from app.reports.carriers import carrier_table
from app.reports.completeness import completeness_table
from app.reports.products import product_tables
from app.reports.projects import project_tables
from app.reports.selection import Ask, By, Selection
from app.reports.status import status_table
from app.reports.summary import SummaryTable
from app.reports.water import waste_table, water_table

PLACES = (By.LEAGUE, By.COUNTY)
FILTERS = (Ask.INDUSTRY, Ask.CLASS, Ask.LEVEL)


@dataclass(frozen=True, slots=True)
class Report:
    """`by` is what its lines may be, where that can be chosen."""

    key: str
    title: LazyString
    tells: LazyString
    tables: Callable[[Selection], Sequence[SummaryTable]]
    asks: Sequence[Ask]
    icon: str
    by: Sequence[By] = ()


REPORTS = {
    one.key: one
    for one in (
        Report(
            "status",
            _l("Energy utilisation table"),
            _l("Energy, output and intensity of what is final, and the year before."),
            lambda what: [status_table(what)],
            (Ask.REACH, Ask.BY, Ask.BASIS, *FILTERS),
            icon="table",
            by=tuple(By),
        ),
        Report(
            "completeness",
            _l("Completeness and timeliness"),
            _l("Who has handed in, who is late, how far each place is, ranked."),
            lambda what: [completeness_table(what)],
            (Ask.BY, Ask.INDUSTRY, Ask.CLASS),
            icon="clipboard-check",
            by=(*PLACES, By.INDUSTRY, By.CLASS),
        ),
        Report(
            "carriers",
            _l("Energy structure"),
            _l("What is bought, used and stored of each carrier."),
            lambda what: [carrier_table(what)],
            (Ask.REACH, *FILTERS),
            icon="fuel-pump",
        ),
        Report(
            "products",
            _l("Unit consumption against the limits"),
            _l("By product and indicator, and who is above the limit."),
            product_tables,
            (Ask.REACH, *FILTERS),
            icon="speedometer",
        ),
        Report(
            "water",
            _l("Water"),
            _l("Intake by source, reuse and discharge."),
            lambda what: [water_table(what)],
            (Ask.REACH, Ask.BY, *FILTERS),
            icon="droplet",
            by=tuple(By),
        ),
        Report(
            "waste",
            _l("Solid waste"),
            _l("Generated, utilised, disposed of and stored, by class."),
            lambda what: [waste_table(what)],
            (Ask.REACH, *FILTERS),
            icon="recycle",
        ),
        Report(
            "projects",
            _l("Retrofit projects"),
            _l("By type and state, with investment and savings, and one by one."),
            project_tables,
            (Ask.REACH, *FILTERS),
            icon="tools",
        ),
        Report(
            "alarms",
            _l("Alarms by rule"),
            _l("What the rules found in the filings handed in."),
            lambda what: [alarm_table(what)],
            (Ask.REACH, *FILTERS),
            icon="exclamation-triangle",
        ),
    )
}
