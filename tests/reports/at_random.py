"""A region of enterprises with random filings, and its rows as plain values to reckon with."""

import random
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.audit.actor import SYSTEM
from app.checks.products import LimitLevel
from app.checks.rules import Addressee, Severity
from app.core.clock import now
from app.core.credit_code import check_character
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseClass
from app.enterprises.operations import register
from app.filings.alarms.models import Checkup, FrozenAlarm
from app.filings.catalogue import Carrier, WasteClass
from app.filings.models import KIND, Filing, ReportingPeriod
from app.filings.sheets import SHEETS
from app.filings.sheets.project import ProjectStatus, ProjectType
from app.filings.values import Kind
from app.regions.queries import counties_within
from app.regions.scope import EVERYWHERE
from app.reports.progress import HANDED_IN
from app.review.models import Review
from app.review.operations import begin
from app.review.workflow import FINAL, Action, State
from app.targets.products import Product

FIRST, QUARTERS = Quarter(2025, 1), 8
INDUSTRIES = ("06", "25", "26", "44")
CODES = ("A-01", "C-02", "E-03")


class Chance(random.Random):
    def number(self, kind):
        """A figure, a nought or nothing."""
        if self.random() < 0.1:
            return None
        places = 2 if kind is Kind.MONEY else 4
        return Decimal(self.choice((0, self.randrange(1, 10**9)))).scaleb(-places)

    def row(self, kind):
        """Random values for all columns of figures of a sheet."""
        return {
            name: self.number(what.kind)
            for name, what in kind.fields().items()
            if what.kind in (Kind.QTY, Kind.TCE, Kind.MONEY)
        }


def let_there_be(world, seed, enterprises=9):
    """Enterprises in several counties with filings of two years in any state."""
    chance = Chance(seed)
    with world.seen_from():
        counties = [node.path for node in counties_within(EVERYWHERE)]
        counties = chance.sample(counties, 5)
        made = [_enterprise(n, chance, counties) for n in range(enterprises)]
        carriers = list(db.session.scalars(select(Carrier.code).where(Carrier.level == "leaf")))
        products = list(db.session.scalars(select(Product.key)))
        wastes = list(db.session.scalars(select(WasteClass.code).distinct()))
        known = {
            "S2": sorted(chance.sample(carriers, 6)),
            "S6": sorted(chance.sample(products, 4)),
            "R1": sorted(chance.sample(wastes, 3)),
            "S5": ["2025Q1-01", "2025Q2-01"],
        }
        for n in range(QUARTERS):
            _period(FIRST.shifted(n))
        for number, enterprise in enumerate(made):
            for n in range(QUARTERS):
                if chance.random() < 0.8:
                    # some lay elsewhere before; what was filed stays there
                    elsewhere = chance.choice(counties) + enterprise.place.split("/")[3] + "/"
                    place = elsewhere if number < 3 and n < QUARTERS // 2 + 2 else enterprise.place
                    _filing(enterprise, place, FIRST.shifted(n), chance, known)
        db.session.commit()


def _enterprise(n, chance, counties):
    body = f"91150200MA8{n:05d}X"
    enterprise = Enterprise(
        name=f"Enterprise {n}",
        credit_code=body + check_character(body),
        industry_code=chance.choice(INDUSTRIES),
        enterprise_class=chance.choice(list(EnterpriseClass)),
    )
    register(enterprise, chance.choice(counties), actor=SYSTEM)
    enterprise.in_statistics = chance.random() < 0.85
    return enterprise


def _period(period):
    """A day until which the quarter is in time, where the world has none."""
    known = select(ReportingPeriod).where(
        ReportingPeriod.year == period.year, ReportingPeriod.quarter == period.quarter
    )
    if db.session.scalars(known).one_or_none() is None:
        end = date(period.year, period.months[-1], 28)
        row = ReportingPeriod(year=period.year, quarter=period.quarter, open_on=end)
        row.due_on, row.grace_days = end + timedelta(days=20), 5
        db.session.add(row)
        db.session.flush()


def _filing(enterprise, place, period, chance, known):
    review = begin(KIND, f"{enterprise.name} {period}", place, str(period))
    review.state = chance.choice([*State, *FINAL, *FINAL, *FINAL])
    filing = Filing(
        enterprise=enterprise,
        place=place,
        year=period.year,
        quarter=period.quarter,
        review=review,
        # what it was when it was filed need not be what it is
        energy_level=chance.choice(list(EnergyLevel)),
        enterprise_class=chance.choice(list(EnterpriseClass)),
        industry_code=chance.choice(INDUSTRIES),
        county_review_enabled=True,
        region_code=place.split("/")[2],
        first_submitted_on=date(period.year, period.months[-1], 28)
        + timedelta(days=chance.randrange(10, 60)),
    )
    db.session.add(filing)
    db.session.flush()
    keys = {"S1": [""], "W1": [""], **known}
    for sheet, all_of_them in keys.items():
        kind = SHEETS[sheet]
        for key in all_of_them:
            if key and chance.random() < 0.4:
                continue
            values = chance.row(kind)
            if sheet == "S5":
                values["project_type"] = chance.choice(list(ProjectType)[:3])
                values["status"] = chance.choice(list(ProjectStatus))
            if sheet == "S6":
                values["limit_level"] = chance.choice(list(LimitLevel))
                values |= {"indicator_value": Decimal(7), "level3": Decimal(5)}
            row = kind(filing_id=filing.id, place=place, key=key, **values)
            db.session.add(row)
    if review.state in HANDED_IN:
        _checkups(filing, chance)


def _checkups(filing, chance):
    for number in range(1, chance.randrange(2, 4)):
        checkup = Checkup(
            filing_id=filing.id,
            place=filing.place,
            number=number,
            version_no=1,
            action=Action.SUBMIT,
            at=now(),
            by="x",
            errors=0,
            warnings=0,
            unexplained=0,
            not_run=0,
            content="",
            algorithm="",
            hash="",
        )
        db.session.add(checkup)
        db.session.flush()
        for n in range(chance.randrange(4)):
            db.session.add(
                FrozenAlarm(
                    checkup_id=checkup.id,
                    filing_id=filing.id,
                    place=filing.place,
                    code=chance.choice(CODES),
                    rule_version=1,
                    severity=chance.choice((Severity.WARNING, Severity.WARNING, Severity.ERROR)),
                    addressee=Addressee.ENTERPRISE,
                    key=str(n),
                    column="",
                    label="",
                    explained=chance.random() < 0.5,
                    fingerprint="",
                )
            )


class Raw:
    """All rows as they lie in the tables, read past everything that reports use."""

    def __init__(self):
        self.enterprises = self._of(Enterprise)
        calendars = self._of(ReportingPeriod).values()
        self.late_after = {
            (one["year"], one["quarter"]): one["due_on"] + timedelta(days=one["grace_days"])
            for one in calendars
        }
        reviews = self._of(Review)
        self.filings = self._of(Filing)
        for one in self.filings.values():
            one["state"] = reviews[one["review_id"]]["state"]
            one["enterprise"] = self.enterprises[one["enterprise_id"]]
        self.rows = {sheet: list(self._of(kind).values()) for sheet, kind in SHEETS.items()}
        self.checkups = self._of(Checkup)
        self.alarms = list(self._of(FrozenAlarm).values())

    @staticmethod
    def _of(kind):
        table = kind.__table__
        return {row["id"]: dict(row) for row in db.session.execute(select(table)).mappings()}

    def is_late(self, filing):
        last = self.late_after.get((filing["year"], filing["quarter"]))
        return last is not None and filing["first_submitted_on"] > last

    def meant(self, what):
        """The filings that *what* speaks of, whatever their state."""
        for one in self.filings.values():
            if one["year"] != what.year or one["quarter"] not in what.quarters:
                continue
            if not one["place"].startswith(what.place):
                continue
            if not one["industry_code"].startswith(what.industry):
                continue
            if what.enterprise_class not in (None, one["enterprise_class"]):
                continue
            if what.level not in (None, one["energy_level"]):
                continue
            if what.enterprise_id not in (None, one["enterprise_id"]):
                continue
            yield one

    def counted(self, what):
        return [
            one
            for one in self.meant(what)
            if one["state"] in FINAL and one["enterprise"]["in_statistics"]
        ]

    def of(self, sheet, filings):
        """The rows of a sheet of these filings, each with its filing."""
        known = {one["id"]: one for one in filings}
        return [
            (known[row["filing_id"]], row) for row in self.rows[sheet] if row["filing_id"] in known
        ]

    @staticmethod
    def part(what, filing):
        """The key of the line in which a filing stands."""
        by = what.grouping
        return {
            "league": filing["place"][:14],
            "county": filing["place"][:21],
            "enterprise": filing["enterprise_id"],
            "industry": filing["industry_code"][:2],
            "class": filing["enterprise_class"],
            "level": filing["energy_level"],
        }[by.value]


def added(rows, name, what=None, over="sum"):
    """The sum of a column of (filing, row); what no row has stays empty."""
    if over != "sum":
        at = what.quarters[0 if over == "first" else -1]
        rows = [(filing, row) for filing, row in rows if filing["quarter"] == at]
    known = [row[name] for _filing, row in rows if row[name] is not None]
    return sum(known, Decimal(0)) if known else None
