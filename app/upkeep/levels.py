"""The level of a year, from the final figures of the year before (FM-20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import and_, select

from app.audit.actor import SYSTEM, Actor
from app.audit.record import record
from app.checks.reckoning import is_large
from app.core.db import db
from app.core.errors import Forbidden
from app.core.period import Quarter
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel, LevelSource
from app.enterprises.start_stop import is_enabled_in
from app.filings.models import Filing
from app.filings.sheets.profile import ProfileRow
from app.regions.models import Region
from app.regions.scope import Tier
from app.review.models import Review
from app.review.workflow import FINAL

LEAGUE = 14  # the letters of a league's path: two codes of six digits, each with its slash


@dataclass(frozen=True, slots=True)
class Standing:
    """One enterprise at the turn of the year.

    `former` is in force until then; `level` is what last year's figures give, None while they
    are not final, and then `why` says what is missing; `row` is what is written for the year.
    """

    enterprise_id: int
    number: str
    name: str
    place: str
    former: EnergyLevel
    energy: Decimal | None
    level: EnergyLevel | None
    why: str
    row: EnterpriseLevel | None

    @property
    def crosses(self) -> bool:
        return self.level is not None and self.level is not self.former

    @property
    def by_hand(self) -> bool:
        """The region's own word stands: figures do not take it back (FM-20)."""
        return self.row is not None and self.row.source is LevelSource.REGION

    @property
    def is_set(self) -> bool:
        row = self.row
        return row is not None and (row.level, row.energy) == (self.level, self.energy)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a run has done: how many levels it wrote, who crossed 500,000 tce, who waits."""

    year: int
    written: int
    unchanged: int
    up: Sequence[Standing]
    down: Sequence[Standing]
    by_hand: Sequence[Standing]
    unset: Sequence[Standing]


def standings(year: int) -> list[Standing]:
    """Every enterprise in sight, in three statements however many there are.

    Not those stopped when the year before ended: of them no year's figures are awaited.
    """
    filed = _filed(year - 1)
    former: dict[int, EnergyLevel] = {}
    rows: dict[int, EnterpriseLevel] = {}
    query = select(EnterpriseLevel).where(EnterpriseLevel.year <= year)
    for row in db.session.scalars(query.order_by(EnterpriseLevel.year)):
        if row.year == year:
            rows[row.enterprise_id] = row
        else:
            former[row.enterprise_id] = row.level
    found = (
        select(Enterprise.id, Enterprise.registry_number, Enterprise.name, Enterprise.place)
        .where(is_enabled_in(Quarter(year - 1, 4)))
        .order_by(Enterprise.place)
    )
    made = []
    for pk, number, name, place in db.session.execute(found):
        energy, why = _sum_of(filed.get(pk, {}), year - 1)
        level = None if energy is None else _level_for(energy)
        old = former.get(pk, EnergyLevel.LT_500K)
        made.append(Standing(pk, number, name, place, old, energy, level, why, rows.get(pk)))
    return made


def _filed(year: int) -> dict[int, dict[int, tuple[bool, Decimal | None]]]:
    """By enterprise and quarter: whether it is final, and its comprehensive energy in tce."""
    query = (
        select(
            Filing.enterprise_id,
            Filing.quarter,
            Review.state,
            ProfileRow.comprehensive_energy_calorific,
        )
        .join(Filing.review)
        .outerjoin(ProfileRow, and_(ProfileRow.filing_id == Filing.id))
        .where(Filing.year == year)
    )
    filed: dict[int, dict[int, tuple[bool, Decimal | None]]] = {}
    for pk, quarter, state, energy in db.session.execute(query):
        filed.setdefault(pk, {})[quarter] = state in FINAL, energy
    return filed


def _sum_of(
    quarters: dict[int, tuple[bool, Decimal | None]], year: int
) -> tuple[Decimal | None, str]:
    """The year's energy, or what keeps it from being known."""
    missing = [f"{year}Q{q}" for q in (1, 2, 3, 4) if q not in quarters]
    if missing:
        return None, _("not filed: %(quarters)s", quarters=", ".join(missing))
    waiting = [f"{year}Q{q}" for q, (final, _energy) in sorted(quarters.items()) if not final]
    if waiting:
        return None, _("not final: %(quarters)s", quarters=", ".join(waiting))
    figures = [energy for _final, energy in quarters.values() if energy is not None]
    if len(figures) < 4:
        return None, _("the comprehensive energy of a quarter is missing")
    return sum(figures, Decimal(0)), ""


def _level_for(energy: Decimal) -> EnergyLevel:
    return EnergyLevel.GE_500K if is_large(energy) else EnergyLevel.LT_500K


def settle_levels(year: int, *, actor: Actor = SYSTEM) -> Settled:
    """Set the level of *year* for every enterprise whose four quarters before are final.

    The others keep their former level, and so does who was set by hand.  A second run writes
    only what has changed since.
    """
    if actor.scope.tier > Tier.REGION:
        raise Forbidden(_("Only the region sets the levels of a year."))
    everyone = standings(year)
    known = [one for one in everyone if one.level is not None]
    changed = [one for one in known if not one.by_hand and not one.is_set]
    for one in changed:
        row = one.row
        if one.level is None:
            continue
        if row is None:
            row = EnterpriseLevel(enterprise_id=one.enterprise_id, place=one.place, year=year)
            db.session.add(row)
        row.level, row.energy = one.level, one.energy
        row.source, row.reason = LevelSource.FIGURES, ""
    _tell(year, changed, actor)
    settled = [one for one in known if not one.by_hand]
    return Settled(
        year,
        written=len(changed),
        unchanged=len(settled) - len(changed),
        up=[one for one in settled if one.crosses and one.level is EnergyLevel.GE_500K],
        down=[one for one in settled if one.crosses and one.level is EnergyLevel.LT_500K],
        by_hand=[one for one in everyone if one.by_hand],
        unset=[one for one in everyone if one.level is None and not one.by_hand],
    )


def _tell(year: int, changed: Sequence[Standing], actor: Actor) -> None:
    """One entry a league names all levels written, and every crossing has its own.

    An entry for each of thousands that stay below would take minutes and tell nobody anything.
    """
    db.session.flush()
    leagues: dict[str, list[list[str]]] = {}
    for one in changed:
        told = [one.number, str(one.level), str(one.energy)]
        leagues.setdefault(one.place[:LEAGUE], []).append(told)
    for path, levels in sorted(leagues.items()):
        league = db.session.get_one(Region, path)
        record("level:settle", league, actor=actor, place=path, year=year, levels=levels)
    for one in changed:
        if one.crosses:
            record(
                "enterprise:set_level",
                db.session.get_one(Enterprise, one.enterprise_id),
                actor=actor,
                place=one.place,
                year=year,
                before=one.former,
                after=one.level,
                source=LevelSource.FIGURES,
                energy=one.energy,
                reason="",
            )
