"""What a report is about: a span of quarters, a part of the country, and what it is divided by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, String, and_, case, func, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.enums import Labelled
from app.core.errors import NotFound
from app.core.language import in_english
from app.core.period import Quarter
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseClass, Industry
from app.enterprises.start_stop import shows_figures
from app.filings.models import Filing
from app.filings.sheet import Over, SheetRow
from app.filings.sheets.profile import ProfileRow
from app.regions.queries import names_by_path
from app.regions.scope import SEEN_BY, Tier, path_asked, tier_of
from app.review.models import Review
from app.review.workflow import FINAL

K = TypeVar("K", bound=Labelled)
CODE = 7  # a code of the tree and its slash
DIVISION = 2  # digits of an industry's division in GB/T 4754
THEN = {SEEN_BY: Filing}  # what was filed here counts here, also of who has moved away


class Reach(Labelled):
    """Which quarters are added up."""

    QUARTER = "quarter", _l("the quarter")
    SO_FAR = "so_far", _l("the year up to the quarter")
    YEAR = "year", _l("the whole year")


class By(Labelled):
    """What the lines of a table are."""

    LEAGUE = "league", _l("League or city")
    COUNTY = "county", _l("Banner or county")
    ENTERPRISE = "enterprise", _l("Enterprise")
    INDUSTRY = "industry", _l("Industry")
    CLASS = "class", _l("Class")
    LEVEL = "level", _l("Level")


class Basis(Labelled):
    """Which value of electricity and heat is meant (FM-03, FM-04)."""

    CALORIFIC = "calorific", _l("Calorific value")
    PRIMARY = "primary", _l("Primary value")


class Ask(Enum):
    """What can be chosen above a report; the value is the name in the address."""

    REACH = "reach"
    BY = "by"
    BASIS = "basis"
    INDUSTRY = "industry"
    CLASS = "class"
    LEVEL = "level"


@dataclass(frozen=True)
class Selection:
    """Filings of `year`, by what they were when they were filed.

    `place` is the path of a league, a county or an enterprise, `industry` a division.
    """

    year: int
    quarter: int = 4
    reach: Reach = Reach.YEAR
    place: str = ""
    industry: str = ""
    enterprise_class: EnterpriseClass | None = None
    level: EnergyLevel | None = None
    enterprise_id: int | None = None
    by: By | None = None
    basis: Basis = Basis.CALORIFIC

    @classmethod
    def asked(cls, said: Mapping[str, str], latest: Quarter) -> "Selection":
        """What an address asks for; what it does not say, or says wrongly, is left open."""
        industry, enterprise = said.get("industry", ""), said.get("enterprise", "")
        year = _whole(said.get("year"), latest.year, 2000, 2100)
        usual = latest.quarter if year == latest.year else 4
        return cls(
            year=year,
            quarter=_whole(said.get("quarter"), usual, 1, 4),
            reach=_member(Reach, said.get("reach")) or Reach.QUARTER,
            place=path_asked(said.get("place")),
            industry=industry if industry.isascii() and industry.isdigit() else "",
            enterprise_class=_member(EnterpriseClass, said.get("class")),
            level=_member(EnergyLevel, said.get("level")),
            enterprise_id=_whole(enterprise, 0, 1, 2**31 - 1) or None,
            by=_member(By, said.get("by")),
            basis=_member(Basis, said.get("basis")) or Basis.CALORIFIC,
        )

    def said(self, **changes: Any) -> str:
        """The query of an address that asks for this, with *changes*."""
        one = replace(self, **changes)
        told = {
            "year": one.year,
            "quarter": one.quarter,
            "reach": one.reach,
            "place": one.place,
            "industry": one.industry,
            "class": one.enterprise_class,
            "level": one.level,
            "enterprise": one.enterprise_id,
            "by": one.by,
            "basis": one.basis if one.basis is Basis.PRIMARY else None,
        }
        return urlencode({name: str(value) for name, value in told.items() if value})

    @cached_property
    def quarters(self) -> range:
        """The quarters that are added up."""
        if self.reach is Reach.QUARTER:
            return range(self.quarter, self.quarter + 1)
        return range(1, 5 if self.reach is Reach.YEAR else self.quarter + 1)

    @property
    def last(self) -> Quarter:
        return Quarter(self.year, self.quarters[-1])

    @property
    def title(self) -> str:
        if self.reach is Reach.YEAR:
            return str(self.year)
        if self.reach is Reach.QUARTER or self.quarter == 1:
            return f"{self.year}Q{self.quarter}"
        return f"{self.year}Q1–Q{self.quarter}"

    @property
    def grouping(self) -> By:
        """As chosen, else the next level below the place."""
        if self.by is not None:
            return self.by
        below = {Tier.PLATFORM: By.LEAGUE, Tier.REGION: By.LEAGUE, Tier.LEAGUE: By.COUNTY}
        return below.get(tier_of(self.place), By.ENTERPRISE)

    # -- in a query of filings --

    def chosen(self, statement: Select[Any]) -> Select[Any]:
        """The filings of *statement* that are meant, whatever their state."""
        first, last = self.quarters[0], self.quarters[-1]
        within = [Filing.year == self.year, Filing.quarter.between(first, last)]
        within += along(Filing.place, self.place)
        if self.industry:
            within.append(Filing.industry_code.startswith(self.industry))
        if self.enterprise_class is not None:
            within.append(Filing.enterprise_class == self.enterprise_class)
        if self.level is not None:
            within.append(Filing.energy_level == self.level)
        if self.enterprise_id is not None:
            within.append(Filing.enterprise_id == self.enterprise_id)
        return statement.where(*within)

    def counted(self, statement: Select[Any]) -> Select[Any]:
        """Of those: what counts in sums, joined with the enterprise and the review."""
        joined = statement.join(Filing.enterprise).join(Filing.review)
        return self.chosen(joined.where(Review.state.in_(FINAL), *in_sums()))

    def of(self, kind: type[SheetRow], *columns: Any) -> Select[Any]:
        """*columns* of the rows of a sheet, of all filings that count."""
        rows = select(*columns).select_from(Filing).join(kind, kind.filing_id == Filing.id)
        return self.counted(rows)

    def summed(self, kind: type[SheetRow], name: str) -> ColumnElement[Any]:
        """A column of a sheet over the quarters (FM-24): flows add, stocks are first or last."""
        column, over = getattr(kind, name), kind.fields()[name].over_quarters
        if over is Over.SUM:
            return func.sum(column).label(name)
        at = self.quarters[0 if over is Over.FIRST else -1]
        return func.sum(case((Filing.quarter == at, column))).label(name)

    def part(self) -> ColumnElement[Any]:
        """What the lines are told apart by."""
        keys: dict[By, Any] = {
            By.LEAGUE: func.substr(Filing.place, 1, 2 * CODE, type_=String),
            By.COUNTY: func.substr(Filing.place, 1, 3 * CODE, type_=String),
            By.ENTERPRISE: Filing.enterprise_id,
            By.INDUSTRY: func.substr(Filing.industry_code, 1, DIVISION, type_=String),
            By.CLASS: Filing.enterprise_class,
            By.LEVEL: Filing.energy_level,
        }
        return keys[self.grouping].label("part")

    # -- around a line --

    def narrowed(self, key: Any) -> "Selection":
        """Only what stands in the line under *key*; of a county, no more than the county."""
        by = self.grouping
        if by in (By.LEAGUE, By.COUNTY):
            return replace(self, place=max(key, self.place, key=len), by=None)
        if by is By.INDUSTRY:
            key = max(key, self.industry, key=len)
        part: dict[By, str] = {
            By.ENTERPRISE: "enterprise_id",
            By.INDUSTRY: "industry",
            By.CLASS: "enterprise_class",
            By.LEVEL: "level",
        }
        return replace(self, **{part[by]: key}, by=None)


def along(column: Any, place: str) -> list[ColumnElement[bool]]:
    """Whether a place lies along *place*; the empty path leaves nothing out."""
    return [column >= place, column < place + "~"] if place else []


def with_year_before(query: Select[Any]) -> tuple[Select[Any], Any]:
    """*query* of filings with the final filing of the same quarter a year before, if there is one.

    Gives the profile of that one as well, an alias.
    """
    before, review, profile = aliased(Filing), aliased(Review), aliased(ProfileRow)
    same = and_(
        before.enterprise_id == Filing.enterprise_id,
        before.quarter == Filing.quarter,
        before.year == Filing.year - 1,
    )
    query = query.outerjoin(before, same)
    query = query.outerjoin(review, and_(review.id == before.review_id, review.state.in_(FINAL)))
    its = and_(profile.filing_id == before.id, review.id.is_not(None))
    return query.outerjoin(profile, its), profile


def in_sums() -> tuple[Any, ...]:
    """Of `Enterprise`: whether it counts in sums that whoever asks may see."""
    return (Enterprise.in_statistics, shows_figures())


def names_of(by: By, keys: list[Any]) -> dict[Any, str]:
    """What lines are called; enterprises are not named here, their names come with the lines."""
    if by in (By.LEAGUE, By.COUNTY):
        return dict(names_by_path(keys))
    if by is By.CLASS:
        return {one: str(one.label) for one in EnterpriseClass}
    if by is By.LEVEL:
        return {one: str(one.label) for one in EnergyLevel}
    if by is By.INDUSTRY:
        return industries()
    return {}


def industries() -> dict[str, str]:
    """The divisions by code, with their names."""
    name = Industry.name_en if in_english() else Industry.name_zh
    query = select(Industry.code, name).where(func.length(Industry.code) == DIVISION)
    rows = db.session.execute(query.order_by(Industry.code))
    return {code: f"{code} {told}" for code, told in rows}


def _whole(text: str | None, otherwise: int, least: int, most: int) -> int:
    if text and text.isascii() and text.isdigit() and len(text) < 11:
        return min(max(int(text), least), most)
    return otherwise


def _member(kind: type[K], text: str | None) -> K | None:
    """The member that *text* names, if it names one."""
    if not text:
        return None
    try:
        return kind.named(text)
    except NotFound:
        return None
