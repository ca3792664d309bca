"""Twelve quarters of filings, with their versions, decisions and journal."""

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from app.checks.book import Book
from app.checks.progress import Standing
from app.checks.reckoning import is_large
from app.core.canonical import ALGORITHM, digest
from app.core.clock import PLACE_TIME
from app.core.db import db
from app.core.period import Quarter
from app.core.search import search_text
from app.enterprises.models import EnergyLevel, EnterpriseLevel, LevelSource
from app.filings.figures import Figures, derive, worked_out, written
from app.filings.models import KIND, Filing, FilingVersion
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.review.models import Review
from app.review.workflow import Action, State, route_for
from app.targets.queries import plan_of
from app.upkeep.demonstration.attachments import Files, Held
from app.upkeep.demonstration.figures import POWER, Plant, energy_of, quarter_figures
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.profile import profile
from app.upkeep.demonstration.progress import METHODS, WHY_IT_LAGS, course, product_rows
from app.upkeep.demonstration.registry import Made
from app.upkeep.demonstration.steps import CHUNK, Told, who
from app.upkeep.demonstration.story import PERIODS, TURNS, events, opened_at
from app.upkeep.demonstration.targets import PRODUCTS, TargetWriter

People = dict[str, tuple[int, str]]  # number and name by user name


def _day(moment: datetime) -> date:
    """The day in Inner Mongolia."""
    return moment.astimezone(PLACE_TIME).date()


@dataclass(slots=True)
class World:
    """What the filings are made from."""

    books: dict[Quarter, Book]  # the catalogues of each quarter
    county_review: dict[str, bool]  # by the path of the county
    people: People


@dataclass(slots=True)
class Past:
    """What an enterprise carries from quarter to quarter."""

    stocks: dict[str, Decimal] = field(default_factory=dict)
    figures: dict[Quarter, Figures] = field(default_factory=dict)
    energy: dict[int, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    levels: dict[int, EnergyLevel] = field(default_factory=dict)


class Writer:
    """Rows by table, inserted in chunks; numbers are given out here."""

    def __init__(self, world: World, targets: TargetWriter) -> None:
        self.world = world
        self.targets = targets
        self.rows: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        self.journal = Journal()
        self.files = Files()
        self.filings = 0
        self.told: dict[int, Told] = {}  # by filing, those that were handed in
        self.energy: dict[int, dict[int, Decimal]] = {}  # by enterprise and year, made whole

    def write(self, enterprises: list[Made]) -> None:
        for number, enterprise in enumerate(enterprises):
            self._enterprise(number, enterprise)
        for table, rows in self.rows.items():
            for start in range(0, len(rows), CHUNK):
                db.session.execute(insert(table), rows[start : start + CHUNK])

    def _enterprise(self, number: int, made: Made) -> None:
        rng, past = random.Random(made.seed), Past()  # noqa: S311  the same every time
        self.journal.add(
            opened_at(PERIODS[0].shifted(-2), number),
            "enterprise:register",
            made.place,
            ("enterprise", made.id, made.name),
            (None, "system"),
            name=made.name,
            credit_code=made.code,
        )
        standing = profile(rng, made.head, made.contact, made.phone)
        turns = TURNS[number % len(TURNS)]
        growth = rng.uniform(-0.012, 0.018)
        filed = []
        for n, period in enumerate(PERIODS):
            aim = turns[n - len(PERIODS)] if n >= len(PERIODS) - 2 else "final"
            if aim is None:
                break
            if period.quarter == 1 or n == 0:
                self._level(made, past, period.year)
            energy = made.energy * (1 + growth) ** n
            self._figures(made, past, period, energy, standing, rng)
            filed.append((period, aim))
        self.energy[made.id] = {
            year: sum(known, Decimal(0)) / len(known) * 4 for year, known in past.energy.items()
        }
        self.targets.enterprise(number, made, self.energy[made.id], self.journal)
        for period, aim in filed:
            self._progress(made, past, period)
            self._filing(number, made, past, period, aim, past.figures[period])

    def _level(self, made: Made, past: Past, year: int) -> None:
        """FM-20: from the four quarters of the year before; at first from what is known."""
        known = past.energy.get(year - 1, [])
        energy = sum(known, Decimal(0)) if len(known) == 4 else None
        large = is_large(energy if energy is not None else Decimal(int(made.energy * 4)))
        past.levels[year] = EnergyLevel.GE_500K if large else EnergyLevel.LT_500K
        self.rows[EnterpriseLevel].append(
            {
                "enterprise_id": made.id,
                "place": made.place,
                "year": year,
                "level": past.levels[year],
                "source": LevelSource.FIGURES if energy is not None else LevelSource.REGION,
                "energy": energy,
                "reason": "" if energy is not None else "平台启用前的名单",
            }
        )

    def _figures(
        self,
        made: Made,
        past: Past,
        period: Quarter,
        energy: float,
        standing: dict[str, Any],
        rng: random.Random,
    ) -> None:
        book = self.world.books[period]
        figures = quarter_figures(
            book.carriers,
            Plant(made.id, made.industry, PERIODS[0].index),
            energy,
            period,
            past.stocks,
            rng,
        )
        figures["S1"][""] |= {**standing, "address": "工业园区创业路 1 号"}
        figures["F0"] = {
            "": {
                "unit_head": made.head,
                "prepared_by": made.contact,
                "prepared_phone": made.phone,
                "prepared_on": opened_at(period, made.id).date(),
            }
        }
        figures["S6"] = product_rows(
            book.products,
            made.industry,
            PRODUCTS.get(made.industry, ()),
            energy_of(figures, fuel=made.industry == POWER),
            period.index - PERIODS[0].index,
            rng,
        )
        around = replace(
            book,
            year_before=past.figures.get(period.a_year_before, {}),
            registry={"name": made.name, "credit_code": made.code},
        )
        worked = worked_out(figures, around)
        past.figures[period] = worked
        past.energy[period.year].append(worked["S1"][""]["comprehensive_energy_calorific"])

    def _progress(self, made: Made, past: Past, period: Quarter) -> None:
        """Sheet 4, when the targets are known and all quarters before it."""
        figures = past.figures[period]
        plan = self.targets.plans.get((made.id, plan_of(period.year)))
        annual = self.targets.years.get((made.id, period.year))
        so_far = course(period, past.figures, plan, annual)
        row: dict[str, Any] = {"saving_method": METHODS[bool(figures["S6"])]}
        figures["S4"] = {"": row}
        derive(figures, replace(self.world.books[period], course=so_far), ("S4B", "S4"))
        row["lag_explanation"] = WHY_IT_LAGS if row["progress_status"] is Standing.LAGGING else None

    def _filing(
        self,
        number: int,
        made: Made,
        past: Past,
        period: Quarter,
        aim: str,
        figures: Figures,
    ) -> None:
        self.filings += 1
        pk = self.filings
        codes = made.place.split("/")
        county = "/".join(codes[:3]) + "/"
        level = past.levels[period.year]
        reviewed = self.world.county_review[county]
        route = route_for(is_large=level is EnergyLevel.GE_500K, county_review=reviewed)
        told = events(period, route, aim, number)
        title = f"{made.name} {period}"
        header = {
            "enterprise": made.number,
            "report_year": period.year,
            "report_quarter": period.quarter,
            "value_basis": "quarter",
        }
        content = written(figures, header)
        data_hash = digest(content)
        confirmer = self.world.people[f"confirmer_{made.number}"]
        filler = self.world.people[f"filler_{made.number}"]
        state = told[-1].end if told else State.DRAFT
        submitted = [event for event in told if event.action is Action.SUBMIT]
        self.rows[Review].append(
            {
                "id": pk,
                "place": made.place,
                "kind": KIND,
                "title": title,
                "search": f"{search_text(made.name, '', made.code)} {period}".lower(),
                "period": str(period),
                "state": state,
                "route": route if told else None,
                "since": told[-1].at if told else opened_at(period, number),
                "submitted_at": submitted[-1].at if submitted else None,
                "version": 1 + len(told),
            }
        )
        self.rows[Filing].append(
            {
                "id": pk,
                "place": made.place,
                "enterprise_id": made.id,
                "year": period.year,
                "quarter": period.quarter,
                "value_basis": "quarter",
                "energy_level": level,
                "enterprise_class": made.enterprise_class,
                "county_review_enabled": reviewed,
                "region_code": codes[2],
                "industry_code": made.industry,
                "version_no": (told[-1].version if told else 1) + (state is State.RETURNED),
                "data_hash": data_hash if told else "",
                "earlier_waived": False,
                "first_submitted_on": _day(submitted[0].at) if submitted else None,
                "last_edited_by_id": filler[0],
                "review_id": pk,
                "revision": 2,
            }
        )
        for sheet, kind in SHEETS.items():
            for key, row in figures.get(sheet, {}).items():
                self.rows[kind].append({"place": made.place, "filing_id": pk, "key": key, **row})
        self.journal.add(
            opened_at(period, number),
            "filing:open",
            made.place,
            ("filing", pk, title),
            filler,
            period=str(period),
        )
        held = Held(made, pk, period, data_hash, filler)
        self.rows[Attachment] += self.files.of_filing(held, told, self.journal)
        for event in submitted:
            self.rows[FilingVersion].append(
                {
                    "place": made.place,
                    "filing_id": pk,
                    "number": event.version,
                    "content": content,
                    "algorithm": ALGORITHM,
                    "hash": data_hash,
                    "submitted_at": event.at,
                    "submitted_by_id": confirmer[0],
                    "submitted_by": confirmer[1],
                }
            )
        if told:
            actors = [self.world.people[who(made, event.by)] for event in told]
            self.told[pk] = Told(held, told, route, actors)
