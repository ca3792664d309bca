"""Invented targets and quotas: plausible beside what was filed, some missing, some missed."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import insert

from app.core.canonical import ALGORITHM, canonical, digest
from app.core.db import db
from app.enterprises.models import EnterpriseClass
from app.targets.models import (
    AnnualProduct,
    AnnualTarget,
    LeagueQuota,
    PlanProduct,
    PlanTarget,
    TargetAct,
    TargetKind,
    TargetVersion,
)
from app.targets.reading import (
    AnnualDetails,
    AnnualLine,
    Details,
    PlanDetails,
    PlanLine,
    QuotaDetails,
    as_content,
)
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.registry import Made

YEARS = (2024, 2025, 2026)
PRODUCTS = {  # one or two products of each industry that has some, and a usual unit consumption
    "06": (("0601E", 6),),
    "08": (("0802E", 3),),
    "25": (("2501E", 128),),
    "26": (("2611E", 860), ("2612E", 215)),
    "30": (("3001E", 112), ("3002E", 90)),
    "31": (("3103E", 392), ("3101E", 49)),
    "32": (("3201E", 1700),),
    "38": (("3901E", 6400),),
    "39": (("3901E", 6400),),
    "44": (("4405C", 309),),
    "45": (("2506E", 1.25),),
}
LEAGUE_CODES = 14
CORRECTED = "按自治区核定的基期能耗调整。"
ENTERED_LATE = "规划期初下达，平台启用后补录。"
People = dict[str, tuple[int, str]]


@dataclass(slots=True)
class Sums:
    """What is set in a league for a plan or a year: the quotas are made to fit, nearly."""

    energy: Decimal = Decimal(0)
    saving: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a version is one of, and why it was made."""

    kind: TargetKind
    place: str
    span: str
    title: str
    number: int
    late: bool
    reason: str


@dataclass(slots=True)
class TargetWriter:
    """Rows by table; numbers are given out here."""

    people: People
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    sums: dict[tuple[str, str], Sums] = field(default_factory=lambda: defaultdict(Sums))
    plans: dict[tuple[int, str], PlanDetails] = field(default_factory=dict)  # of an enterprise
    years: dict[tuple[int, int], AnnualDetails] = field(default_factory=dict)

    def write(self, journal: Journal) -> None:
        """Write what was made of every `enterprise`, and quotas that nearly fit."""
        self._quotas(journal)
        for table, rows in self.rows.items():
            db.session.execute(insert(table), rows)

    def enterprise(
        self,
        number: int,
        made: Made,
        filed: dict[int, Decimal],
        journal: Journal,
    ) -> None:
        """Its targets; *filed* is its annual energy in tce, an unfinished year made whole."""
        rng = random.Random(made.seed + 1)  # noqa: S311  the same every time
        now = filed[max(filed)]
        decline = Decimal("8.5")
        lines = [
            (
                key,
                _near(Decimal(base), rng.uniform(0.93, 1.1)),
                _near(decline, rng.uniform(0.7, 1.4)),
            )
            for key, base in PRODUCTS.get(made.industry, ())
        ]
        for key, missing in (("14th", 17), ("15th", 6)):
            if number % missing == 2:
                continue
            self._plan(number, made, key, now, lines, rng, journal)
        for year in YEARS:
            if number % 11 == 7 and year == YEARS[-1]:
                continue  # nobody has set it yet
            energy = filed.get(year, now)
            # most have a little room; every fifth one does not
            room = rng.uniform(0.93, 0.985) if number % 5 == 3 else rng.uniform(1.0, 1.06)
            self._year(number, made, year, _near(energy, room), lines, rng, journal)

    def _plan(
        self,
        number: int,
        made: Made,
        plan: str,
        now: Decimal,
        lines: list[tuple[str, Decimal, Decimal]],
        rng: random.Random,
        journal: Journal,
    ) -> None:
        first = plan == "14th"
        saving = _whole(now * Decimal("0.11"))
        details = PlanDetails(
            saving_target=saving,
            energy_cap=_whole(now * Decimal(str(round(rng.uniform(1.0, 1.08), 3)))),
            intensity_decline=Decimal("14.5") if first else Decimal(12),
            saved_before=_near(saving, rng.uniform(0.55, 0.95)) if first else None,
            saved_until=2024 if first else None,
            document=f"内工信节能字〔{2021 if first else 2026}〕{number % 40 + 11}号",
            products=tuple(PlanLine(*line) for line in lines),
        )
        at = datetime(2025 if first else 2026, 3, 5, 2, number % 60, tzinfo=UTC)
        self.plans[made.id, plan] = details
        versions = [details]
        if not first and number % 13 == 5:  # set once, corrected once
            more = _whole(saving * Decimal("1.08"))
            versions = [PlanDetails(saving_target=more, document=details.document), details]
        self._versions(made, TargetKind.PLAN, plan, versions, at, journal, late=first)
        pk = len(self.rows[PlanTarget]) + 1
        content = as_content(details)
        products = content.pop("products")
        self.rows[PlanTarget].append(
            {
                **content,
                "id": pk,
                "place": made.place,
                "enterprise_id": made.id,
                "period_key": plan,
                "version": 1,
            }
        )
        self.rows[PlanProduct] += [
            {"target_id": pk, "place": made.place, "product_key": key, **line}
            for key, line in products.items()
        ]
        self._add(made, plan, details.energy_cap, details.saving_target)

    def _year(
        self,
        number: int,
        made: Made,
        year: int,
        energy: Decimal,
        lines: list[tuple[str, Decimal, Decimal]],
        rng: random.Random,
        journal: Journal,
    ) -> None:
        details = AnnualDetails(
            energy_target=energy,
            saving_target=_near(energy, 0.021 * rng.uniform(0.9, 1.15)),
            document=f"内工信节能字〔{year}〕{number % 40 + 51}号",
            products=tuple(AnnualLine(key, _near(decline, 0.14)) for key, _base, decline in lines),
        )
        self.years[made.id, year] = details
        at = datetime(year, 2, 20, 3, number % 60, tzinfo=UTC)
        self._versions(made, TargetKind.ANNUAL, str(year), [details], at, journal)
        pk = len(self.rows[AnnualTarget]) + 1
        content = as_content(details)
        products = content.pop("products")
        self.rows[AnnualTarget].append(
            {
                **content,
                "id": pk,
                "place": made.place,
                "enterprise_id": made.id,
                "year": year,
                "version": 1,
            }
        )
        self.rows[AnnualProduct] += [
            {"target_id": pk, "place": made.place, "product_key": key, **line}
            for key, line in products.items()
        ]
        self._add(made, str(year), details.energy_target, details.saving_target)

    def _add(self, made: Made, span: str, energy: Decimal | None, saving: Decimal | None) -> None:
        sums = self.sums[made.place[:LEAGUE_CODES], span]
        sums.energy += energy or 0
        sums.saving += saving or 0

    def _quotas(self, journal: Journal) -> None:
        """A little more energy than is set, of every fourth league a little less."""
        region = self.people["region"]
        for number, ((league, span), sums) in enumerate(sorted(self.sums.items())):
            room = Decimal("0.985") if number % 4 == 1 else Decimal("1.03")
            year = span if span.isdigit() else "2026" if span == "15th" else "2021"
            details = QuotaDetails(
                _whole(sums.energy * room),
                _whole(sums.saving * (Decimal("1.04") if number % 6 == 2 else Decimal("0.96"))),
                f"内工信节能字〔{year}〕7号",
            )
            at = datetime(int(year), 1, 28, 1, number % 60, tzinfo=UTC)
            pk = number + 1
            self.rows[LeagueQuota].append(
                {
                    "id": pk,
                    "place": league,
                    "span": span,
                    "energy": details.energy,
                    "saving": details.saving,
                    "document": details.document,
                    "version": 1,
                }
            )
            entry = Entry(TargetKind.QUOTA, league, span, span, 1, late=False, reason="")
            self._keep(entry, details, at, region, journal)

    def _versions(
        self,
        made: Made,
        kind: TargetKind,
        span: str,
        versions: Sequence[Details],
        at: datetime,
        journal: Journal,
        *,
        late: bool = False,
    ) -> None:
        own = (EnterpriseClass.TEN_THOUSAND, EnterpriseClass.UNLISTED)
        league = made.place.split("/")[1]
        setter = f"league_{league}" if made.enterprise_class in own else "region"
        actor = self.people[setter]
        for number, details in enumerate(versions, start=1):
            reason = CORRECTED if number > 1 else ENTERED_LATE if late else ""
            entry = Entry(kind, made.place, span, f"{made.name} {span}", number, late, reason)
            self._keep(entry, details, at.replace(hour=at.hour + number - 1), actor, journal)

    def _keep(
        self,
        entry: Entry,
        details: Details,
        at: datetime,
        actor: tuple[int, str],
        journal: Journal,
    ) -> None:
        content = canonical(as_content(details))
        act = TargetAct.CHANGE if entry.number > 1 else TargetAct.SET
        told = {name: value for name, value in asdict(entry).items() if name != "title"}
        self.rows[TargetVersion].append(
            {
                **told,
                "act": act,
                "content": content,
                "algorithm": ALGORITHM,
                "hash": digest(content),
                "document": details.document,
                "actor_id": actor[0],
                "actor_name": actor[1],
                "at": at,
            }
        )
        journal.add(
            at,
            f"target:{act}_{entry.kind}",
            entry.place,
            ("target_version", len(self.rows[TargetVersion]), entry.title),
            actor,
            span=entry.span,
            number=entry.number,
            reason=entry.reason,
            document=details.document,
            late=entry.late,
            after=as_content(details),
            hash=digest(content),
        )


def _near(value: Decimal, factor: float) -> Decimal:
    """*value* times about *factor*, to two places."""
    exact = value * Decimal(f"{factor:.4f}")
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
