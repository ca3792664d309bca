"""S4 节能进度目标完成情况: where the year and the plan stand (GB/T 13234, FM-13 to FM-19).

Targets come from the target ledger, actuals from the sheets of this and of earlier quarters.
Part A is one row; part B has a row for every product with a target or with energy of its own.
"""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from app.checks import progress, reckoning
from app.checks.book import Book, Line
from app.checks.course import Course, Goals, PlanKey, ProductGoal, ProductYear, SavingMethod
from app.checks.products import ENERGY_INDICATORS
from app.checks.progress import Standing
from app.filings.sheet import Keyed, RowCheck, Sheet, SheetRow, field
from app.filings.sheets.units import DENOMINATOR, INDICATOR, TCE
from app.filings.values import Kind, Need, quotient


def _goals(line: Line) -> Goals:
    return line.book.course.goals if line.book.course else Goals()


def _plan(line: Line) -> PlanKey | None:
    key = line.book.course.plan if line.book.course else ""
    return next((plan for plan in PlanKey if plan.value == key), None)


def _energy(line: Line) -> Decimal | None:
    """FM-03 from the beginning of the year."""
    course = line.book.course
    return course.energy(_energy_now(line.book)) if course else None


def _energy_now(book: Book) -> Decimal:
    return book.number("S1", "", "comprehensive_energy_calorific")


def _energy_before(line: Line) -> Decimal | None:
    return line.book.course.energy_before() if line.book.course else None


def _usage(line: Line) -> Decimal | None:
    """FM-18."""
    energy = _energy(line)
    return None if energy is None else progress.usage(energy, _goals(line).annual_energy)


def _saved_before(line: Line) -> Decimal | None:
    return line.book.course.saved_before if line.book.course else None


def _saving(line: Line) -> Decimal | None:
    """FM-13 or FM-14, by the method chosen; from the beginning of the year, unrounded."""
    method, course = line.values.get("saving_method"), line.book.course
    if course is None or method is None:
        return None
    if method is SavingMethod.PRODUCT:
        found = [_product_saving(row) for row in line.lines("S4B")]
        known = [saving for saving in found if saving is not None]
        return sum(known, reckoning.ZERO) if known else None
    output = line.book.number("S1", "", "gross_output_comparable")
    return course.saving_by_output(_energy_now(line.book), output)


def _saved(line: Line) -> Decimal | None:
    """FM-16: the chain of years; this year counts as nothing until it can be compared."""
    before = _saved_before(line)
    return None if before is None else before + (_saving(line) or reckoning.ZERO)


def _completion(line: Line) -> Decimal | None:
    return line.book.course.completion(_saved(line)) if line.book.course else None


def _standing(line: Line) -> Standing:
    return line.book.course.standing(_saved(line)) if line.book.course else Standing.NO_TARGET


def _keeps_the_method(line: Line) -> bool:
    chosen = line.book.course.method if line.book.course else None
    return chosen is None or line.values.get("saving_method") in (None, chosen)


def _shown(value: Decimal | None) -> Decimal | None:
    return None if value is None else reckoning.shown(value)


class ProgressRow(SheetRow):
    __tablename__ = "filing_progress"

    sheet = Sheet(
        "S4",
        _l("Progress against energy-saving targets"),
        checks=(
            RowCheck(
                "FM-13",
                "saving_method",
                _l("Within a plan savings are reckoned by one method; another was chosen earlier."),
                _keeps_the_method,
            ),
        ),
    )

    # fmt: off
    plan_period: Mapped[PlanKey | None] = field(_l("Five-year plan"), Kind.CHOICE, choices=PlanKey, formula=_plan)
    five_year_saving_target: Mapped[Decimal | None] = field(_l("Saving target of the plan"), Kind.TCE, unit=TCE, formula=lambda line: _goals(line).saving)
    five_year_energy_cap: Mapped[Decimal | None] = field(_l("Cap of energy in the last year of the plan (calorific value)"), Kind.TCE, unit=TCE, formula=lambda line: _goals(line).cap)
    annual_energy_target: Mapped[Decimal | None] = field(_l("Energy target of the year (calorific value)"), Kind.TCE, unit=TCE, formula=lambda line: _goals(line).annual_energy)
    saving_method: Mapped[SavingMethod | None] = field(_l("Method of reckoning savings"), Kind.CHOICE, Need.REQUIRED, choices=SavingMethod)
    energy_ytd: Mapped[Decimal | None] = field(_l("Comprehensive energy, this year so far (calorific value)"), Kind.TCE, unit=TCE, formula=lambda line: _shown(_energy(line)))
    energy_ly_ytd: Mapped[Decimal | None] = field(_l("The same quarters of last year (calorific value)"), Kind.TCE, unit=TCE, formula=lambda line: _shown(_energy_before(line)))
    annual_usage_rate: Mapped[Decimal | None] = field(_l("Used of the year's target"), Kind.PCT, unit="%", formula=lambda line: quotient(_usage(line), Kind.PCT))
    saving_prior_years: Mapped[Decimal | None] = field(_l("Saved in earlier years of the plan"), Kind.TCE, unit=TCE, formula=lambda line: _shown(_saved_before(line)))
    saving_ytd: Mapped[Decimal | None] = field(_l("Saved this year so far"), Kind.TCE, unit=TCE, formula=lambda line: _shown(_saving(line)))
    saving_cumulative: Mapped[Decimal | None] = field(_l("Saved in the plan so far"), Kind.TCE, unit=TCE, formula=lambda line: _shown(_saved(line)))
    five_year_completion_rate: Mapped[Decimal | None] = field(_l("Done of the plan's target"), Kind.PCT, unit="%", formula=lambda line: quotient(_completion(line), Kind.PCT))
    time_progress: Mapped[Decimal | None] = field(_l("Time gone of the plan"), Kind.PCT, unit="%", formula=lambda line: quotient(line.book.course.time() if line.book.course else None, Kind.PCT))
    progress_status: Mapped[Standing | None] = field(_l("Standing"), Kind.CHOICE, choices=Standing, formula=_standing)
    lag_explanation: Mapped[str | None] = field(_l("Why it lags, and what is done"), Kind.TEXT, length=2000, needed_when=lambda line: _standing(line) is Standing.LAGGING)
    # fmt: on


def _with_progress(book: Book) -> list[str]:
    """The products of part B: those with a target, and all energy of products filed this year."""
    if book.course is None:
        return []
    filed = {key for one in book.course.earlier for key in book.course.filed[one].products}
    now = {key for key in book.rows("S6") if book.products[key].indicator in ENERGY_INDICATORS}
    return sorted((filed | now | set(book.course.goals.products)) & set(book.products))


def _year(line: Line) -> ProductYear:
    """The product in this quarter and those of the year before it."""
    row = line.book.rows("S6").get(line.key, {})
    names = ("numerator", "denominator", "ly_numerator", "ly_denominator")
    figures = [row.get(name) for name in names]
    now = ProductYear(*(figure or reckoning.ZERO for figure in figures))
    course: Course | None = line.book.course
    return course.product(line.key, now) if course else now


def _goal(line: Line) -> ProductGoal:
    return _goals(line).products.get(line.key, ProductGoal())


def _product_saving(line: Line) -> Decimal | None:
    return _year(line).saving(line.product.scale)


class ProductProgressRow(SheetRow):
    __tablename__ = "filing_product_progress"

    sheet = Sheet("S4B", _l("Progress of products"), keyed=Keyed.PRODUCT, made=_with_progress)

    # fmt: off
    b_five_year_decline_target: Mapped[Decimal | None] = field(_l("Decline to be reached over the plan"), Kind.PCT, unit="%", formula=lambda line: _goal(line).decline)
    b_annual_decline_target: Mapped[Decimal | None] = field(_l("Decline to be reached in the year"), Kind.PCT, unit="%", formula=lambda line: _goal(line).annual_decline)
    b_base_unit_consumption: Mapped[Decimal | None] = field(_l("Unit consumption in the base year"), Kind.QTY, unit=INDICATOR, formula=lambda line: _goal(line).base)
    b_ly_unit_consumption: Mapped[Decimal | None] = field(_l("Unit consumption, the same quarters of last year"), Kind.QTY, unit=INDICATOR, formula=lambda line: quotient(_year(line).unit_before(line.product.scale), Kind.QTY))
    b_unit_consumption: Mapped[Decimal | None] = field(_l("Unit consumption, this year so far"), Kind.QTY, unit=INDICATOR, formula=lambda line: quotient(_year(line).unit(line.product.scale), Kind.QTY))
    b_output_ytd: Mapped[Decimal | None] = field(_l("Output, this year so far"), Kind.QTY, unit=DENOMINATOR, formula=lambda line: _year(line).denominator)
    b_decline_rate: Mapped[Decimal | None] = field(_l("Decline against last year"), Kind.PCT, unit="%", formula=lambda line: quotient(_year(line).decline(line.product.scale), Kind.PCT))
    b_product_saving: Mapped[Decimal | None] = field(_l("Saving of the product"), Kind.TCE, unit=TCE, formula=lambda line: _shown(_product_saving(line)))
    # fmt: on
