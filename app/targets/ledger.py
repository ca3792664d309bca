"""The sums that must hold: annual targets against the plan, enterprises against the quota.

Pure, exact: what is set is added up to the last digit and compared unrounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app.checks.progress import chained_decline
from app.checks.reckoning import ZERO
from app.core.enums import Labelled


class Finding(Labelled):
    """What the comparison of a whole with its parts says."""

    HOLDS = "holds", _l("Holds")
    OPEN = "open", _l("Still open")
    BROKEN = "broken", _l("Does not hold")
    NOTHING = "nothing", _l("Nothing to compare")


@dataclass(frozen=True, slots=True)
class Balance:
    """*parts* against the *whole* that was set; `missing` are the years without a part."""

    whole: Decimal | None
    parts: Decimal
    missing: tuple[int, ...] = ()
    at_least: bool = True  # savings must reach the whole, energy must stay within it

    @property
    def difference(self) -> Decimal | None:
        """What the parts are above the whole (+), or below it (-)."""
        return None if self.whole is None else self.parts - self.whole

    @property
    def finding(self) -> Finding:
        if self.whole is None:
            return Finding.NOTHING
        fits = self.parts >= self.whole if self.at_least else self.parts <= self.whole
        if self.at_least:
            return Finding.HOLDS if fits else Finding.OPEN if self.missing else Finding.BROKEN
        if self.missing:
            return Finding.OPEN
        return Finding.HOLDS if fits else Finding.BROKEN


def saving_balance(
    whole: Decimal | None, set_by_year: Mapping[int, Decimal | None], years: Sequence[int]
) -> Balance:
    """The annual savings of a plan against its five-year saving, tce."""
    given = {y: value for y in years if (value := set_by_year.get(y)) is not None}
    missing = tuple(year for year in years if year not in given)
    return Balance(whole, sum(given.values(), ZERO), missing)


def cap_balance(
    cap: Decimal | None, set_by_year: Mapping[int, Decimal | None], years: Sequence[int]
) -> Balance:
    """The energy target of the plan's last year against the cap of the plan, tce."""
    last = years[-1]
    energy = set_by_year.get(last)
    if energy is None:
        return Balance(cap, ZERO, (last,), at_least=False)
    return Balance(cap, energy, at_least=False)


def decline_balance(
    whole: Decimal | None, set_by_year: Mapping[int, Decimal], years: Sequence[int]
) -> Balance:
    """The annual declines of a product, which multiply, against that of the plan, percent."""
    given = [set_by_year[year] for year in years if year in set_by_year]
    missing = tuple(year for year in years if year not in set_by_year)
    return Balance(whole, chained_decline(given), missing)
