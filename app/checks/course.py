"""How a year and a plan have gone so far: what sheet 4 is reckoned from.

Energy in tce by its calorific value, output in 10^4 CNY at comparable prices.  A year is its
quarters up to the one at hand, beside the same quarters of the year before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.checks import products, progress
from app.checks.progress import Pair, ProductPair, Standing
from app.checks.reckoning import ZERO
from app.core.enums import Labelled
from app.core.period import Quarter


class SavingMethod(Labelled):
    """By what savings are reckoned (GB/T 13234): products where there are any listed."""

    PRODUCT = "product", _l("By products")
    OUTPUT_VALUE = "output_value", _l("By output value")


class PlanKey(Labelled):
    """The five-year plans by name; those in force are rows of the region's calendar of plans."""

    THIRTEENTH = "13th", _l("13th five-year plan")
    FOURTEENTH = "14th", _l("14th five-year plan")
    FIFTEENTH = "15th", _l("15th five-year plan")
    SIXTEENTH = "16th", _l("16th five-year plan")


@dataclass(frozen=True, slots=True)
class ProductYear:
    """A product in some quarters and in the same of the year before, as it was filed."""

    numerator: Decimal = ZERO
    denominator: Decimal = ZERO
    numerator_before: Decimal = ZERO
    denominator_before: Decimal = ZERO

    def plus(self, other: "ProductYear") -> "ProductYear":
        return ProductYear(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.numerator_before + other.numerator_before,
            self.denominator_before + other.denominator_before,
        )

    def unit(self, scale: Decimal) -> Decimal | None:
        """FM-10, unrounded."""
        return products.indicator(self.numerator, self.denominator, scale)

    def unit_before(self, scale: Decimal) -> Decimal | None:
        return products.indicator(self.numerator_before, self.denominator_before, scale)

    def decline(self, scale: Decimal) -> Decimal | None:
        """FM-19, percent against the same quarters of the year before."""
        now, before = self.unit(scale), self.unit_before(scale)
        return None if now is None or before is None else progress.decline(now, before)

    def saving(self, scale: Decimal) -> Decimal | None:
        """FM-13, tce; nothing where one of the years made none of it."""
        now, before = self.unit(scale), self.unit_before(scale)
        if now is None or before is None:
            return None
        return progress.product_saving(ProductPair(before, now, self.denominator, scale))


@dataclass(frozen=True, slots=True)
class Filed:
    """A quarter that was filed earlier."""

    energy: Decimal
    output: Decimal
    products: Mapping[str, ProductYear] = field(default_factory=dict)  # energy indicators only


@dataclass(frozen=True, slots=True)
class ProductGoal:
    """Targets of a product: its decline over the plan against `base`, and within the year."""

    base: Decimal | None = None
    decline: Decimal | None = None
    annual_decline: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Goals:
    """T1 and T2 of an enterprise; empty where none is set."""

    saving: Decimal | None = None
    cap: Decimal | None = None
    annual_energy: Decimal | None = None
    products: Mapping[str, ProductGoal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """The time, the goals, and what was filed before the quarter at hand."""

    period: Quarter
    plan: str = ""  # the key of the five-year plan; empty where the year lies in none
    years: Sequence[int] = ()  # of the plan
    goals: Goals = Goals()
    filed: Mapping[Quarter, Filed] = field(default_factory=dict)
    saved_before: Decimal = ZERO  # in the earlier years of the plan
    method: SavingMethod | None = None  # chosen earlier in the plan

    @property
    def earlier(self) -> list[Quarter]:
        """The quarters of this year before the one at hand that were filed."""
        year, quarter = self.period.year, self.period.quarter
        all_of_them = (Quarter(year, n) for n in range(1, quarter))
        return [one for one in all_of_them if one in self.filed]

    def energy(self, now: Decimal) -> Decimal:
        """本年累计: *now* is that of the quarter at hand."""
        return sum((self.filed[one].energy for one in self.earlier), now)

    def energy_before(self) -> Decimal | None:
        """The same quarters of the year before; nothing where one of them is not known."""
        quarters = [one.a_year_before for one in (*self.earlier, self.period)]
        if any(one not in self.filed for one in quarters):
            return None
        return sum((self.filed[one].energy for one in quarters), ZERO)

    def product(self, key: str, now: ProductYear) -> ProductYear:
        """A product from the beginning of the year; *now* is the quarter at hand."""
        whole = now
        for one in self.earlier:
            whole = whole.plus(self.filed[one].products.get(key, ProductYear()))
        return whole

    def saving_by_output(self, energy: Decimal, output: Decimal) -> Decimal | None:
        """FM-14 over the quarters of which the year before is known too."""
        now = Filed(energy, output)
        pairs = [
            (self.filed.get(one, now), self.filed[one.a_year_before])
            for one in (*self.earlier, self.period)
            if one.a_year_before in self.filed
        ]
        if not pairs:
            return None
        return progress.saving_between(
            Pair(
                sum((this.energy for this, _before in pairs), ZERO),
                sum((this.output for this, _before in pairs), ZERO),
                sum((before.energy for _this, before in pairs), ZERO),
                sum((before.output for _this, before in pairs), ZERO),
            )
        )

    def time(self) -> Decimal | None:
        """FM-17, percent; nothing outside a plan."""
        if not self.years:
            return None
        return progress.time_progress(
            self.years[0], self.years[-1], self.period.year, self.period.quarter
        )

    def completion(self, saved: Decimal | None) -> Decimal | None:
        """FM-16, percent of the five-year target."""
        return None if saved is None else progress.completion(saved, self.goals.saving)

    def standing(self, saved: Decimal | None) -> Standing:
        time = self.time()
        if time is None or self.goals.saving is None:
            return Standing.NO_TARGET
        return progress.standing(self.completion(saved), time)
