"""企业填报确认附件汇总: which files each has handed in for a quarter, and who lacks what.

Only what was handed in counts: nothing of a draft, and of a returned filing what was attached
before it was submitted last.  A quarter from before the installation has no files, and lacks none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select

from app.core.among import among
from app.core.archive import Entry, folders
from app.core.clock import as_shown
from app.core.db import db
from app.core.enums import Labelled
from app.core.errors import Invalid, NotFound
from app.core.period import Quarter
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel
from app.enterprises.start_stop import is_enabled_in, shows_figures
from app.filings.models import Filing
from app.filings.sheets.attachment import Attachment, AttachmentKind
from app.regions.queries import names_by_path
from app.regions.scope import RegionScope, Tier, path_to
from app.reports.progress import joined
from app.review.models import Review
from app.review.workflow import OPEN, State

MOST_BYTES = 2 << 30  # of one zip
MOST_FILES = 20_000
HANDED_IN = Review.submitted_at.is_not(None)
COUNTS = HANDED_IN & (
    Review.state.not_in(OPEN) | (Attachment.uploaded_at <= Review.submitted_at)
)  # of an attachment, beside its filing and review


class Lack(Labelled):
    """What an enterprise has not handed in."""

    FILING = "filing", _l("The filing itself")
    STAMPED = "stamped", _l("Stamped summary")
    MONTHLY = "monthly", _l("Monthly production reports")
    ANNUAL = "annual", _l("Annual production report")


def asked_in(period: Quarter) -> Sequence[Lack]:
    """What is asked for in *period*: the annual report with the fourth quarter only."""
    return [one for one in Lack if one is not Lack.ANNUAL or period.quarter == 4]


def enterprises_in(period: Quarter) -> Select[tuple[Enterprise]]:
    """The enterprises that have to file, each with its filing and review, if there are any."""
    query = joined(select(Enterprise), period)
    return query.where(is_enabled_in(period), shows_figures())


def lacks(what: Lack, period: Quarter) -> ColumnElement[bool]:
    """Of `enterprises_in` rows: whether *what* is missing; of what is not asked for, nothing is."""
    if what not in asked_in(period):
        return false()
    if what is Lack.FILING:
        missing: ColumnElement[bool] = ~func.coalesce(HANDED_IN, False)
    elif what is Lack.MONTHLY:
        named = literal(",") + Attachment.months_covered + ","
        there = [
            _has(AttachmentKind.MONTHLY_REPORT, named.contains(f",{month},"))
            for month in period.months
        ]
        missing = ~and_(*there)
    elif what is Lack.STAMPED:
        missing = ~_has(AttachmentKind.STAMPED_SUMMARY)
    else:
        missing = ~_has(AttachmentKind.ANNUAL_REPORT)
    return missing & or_(Filing.id.is_(None), ~Filing.imported)


def lacks_anything(period: Quarter) -> ColumnElement[bool]:
    return or_(*(lacks(one, period) for one in asked_in(period)))


def _has(kind: AttachmentKind, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    its = (Attachment.filing_id == Filing.id, Attachment.kind == kind, COUNTS)
    return exists().where(*its, *conditions).correlate(Filing, Review)


def level_in(period: Quarter) -> ColumnElement[EnergyLevel]:
    """Of `enterprises_in` rows: the level it was filed at, else the one in force (FM-20)."""
    kept = (
        select(EnterpriseLevel.level)
        .where(EnterpriseLevel.enterprise_id == Enterprise.id, EnterpriseLevel.year <= period.year)
        .order_by(EnterpriseLevel.year.desc())
        .limit(1)
        .correlate(Enterprise)
        .scalar_subquery()
    )
    return func.coalesce(Filing.energy_level, kept, EnergyLevel.LT_500K)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many enterprises a selection has, and how many of them have each thing."""

    enterprises: int
    have: Mapping[Lack, int]
    complete: int


def counts_of(rows: Select[Any], period: Quarter) -> Counts:
    """Of `enterprises_in` rows, further chosen from; one statement."""

    def without(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 0), else_=1)), 0)

    asked = asked_in(period)
    wanted = [without(lacks(one, period)) for one in asked]
    query = rows.order_by(None).with_only_columns(
        func.count(), without(lacks_anything(period)), *wanted, maintain_column_froms=True
    )
    enterprises, complete, *have = map(int, db.session.execute(query).one())
    return Counts(enterprises, dict(zip(asked, have, strict=True)), complete)


@dataclass(frozen=True, slots=True)
class File:
    """A file that was handed in."""

    id: int
    kind: AttachmentKind
    months: frozenset[int]
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What one enterprise has handed in for a quarter."""

    period: Quarter
    level: EnergyLevel
    filing: int | None = None
    place: str = ""  # where it was filed: perhaps in the county it has left
    state: State | None = None
    imported: bool = False
    handed_in: bool = False
    files: Sequence[File] = ()

    def of(self, kind: AttachmentKind) -> Sequence[File]:
        return [one for one in self.files if one.kind is kind]

    @property
    def stamped(self) -> Sequence[File]:
        """The one that goes with what was submitted last; earlier ones stay with the filing."""
        return self.of(AttachmentKind.STAMPED_SUMMARY)[-1:]

    @property
    def months_missing(self) -> Sequence[int]:
        covered = {m for one in self.of(AttachmentKind.MONTHLY_REPORT) for m in one.months}
        return [month for month in self.period.months if month not in covered]

    @property
    def lacks(self) -> Sequence[Lack]:
        if self.imported:
            return ()
        there = {
            Lack.FILING: self.handed_in,
            Lack.STAMPED: bool(self.stamped),
            Lack.MONTHLY: not self.months_missing,
            Lack.ANNUAL: bool(self.of(AttachmentKind.ANNUAL_REPORT)),
        }
        return [one for one in asked_in(self.period) if not there[one]]


def handed_in_by(enterprise_ids: Iterable[int], period: Quarter) -> dict[int, HandedIn]:
    """What each of these enterprises has handed in; two statements, however many they are."""
    query = enterprises_in(period).where(among(Enterprise.id, enterprise_ids))
    own = (Filing.id, Filing.place, Review.state, Filing.imported, HANDED_IN.label("handed_in"))
    rows = db.session.execute(
        query.with_only_columns(Enterprise.id, level_in(period), *own, maintain_column_froms=True)
    ).all()
    files = _files_of([row[2] for row in rows if row.handed_in], period)
    return {
        pk: HandedIn(
            period=period,
            level=level,
            filing=filing,
            place=place or "",
            state=state,
            imported=bool(imported),
            handed_in=bool(handed_in),
            files=files.get(filing, ()),
        )
        for pk, level, filing, place, state, imported, handed_in in rows
    }


def _files_of(filings: Sequence[int], period: Quarter) -> dict[int, list[File]]:
    query = _files(enterprises_in(period).where(among(Filing.id, filings)))
    rows = db.session.execute(
        query.order_by(Attachment.id).with_only_columns(
            Attachment.filing_id,
            Attachment.id,
            Attachment.kind,
            Attachment.months_covered,
            Attachment.file_name,
            Attachment.media_type,
            maintain_column_froms=True,
        )
    )
    found: dict[int, list[File]] = {}
    for filing, pk, kind, months, name, media_type in rows if filings else ():
        covered = frozenset(int(month) for month in (months or "").split(",") if month)
        found.setdefault(filing, []).append(File(pk, kind, covered, name, media_type))
    return found


def _files(rows: Select[Any]) -> Select[Any]:
    """`enterprises_in` rows, once for each file that counts."""
    return rows.join(Attachment, Attachment.filing_id == Filing.id).where(COUNTS).order_by(None)


HEADS = (_l("Kind of attachment"), _l("Months covered"), _l("Uploaded by"), _l("Uploaded at"))


def files_of(rows: Select[Any], period: Quarter, scope: RegionScope) -> tuple[list[Entry], int]:
    """All files of a selection as a zip has them, and their bytes together.

    In folders by league, county, enterprise and quarter.  Of who has moved away only what lies in
    *scope*.  `NotFound` if there is none, `Invalid` for more than one zip takes.
    """
    within = [and_(Filing.place >= root, Filing.place < root + "~") for root in scope.roots]
    query = (
        _files(rows)
        .where(or_(false(), *within))
        .order_by(Enterprise.place, Enterprise.id, Attachment.id)
        .limit(MOST_FILES + 1)
        .with_only_columns(
            Attachment,
            Filing.place,
            Enterprise.registry_number,
            Enterprise.name,
            maintain_column_froms=True,
        )
    )
    found = db.session.execute(query).all()
    size = sum(row[0].size for row in found)
    if not found:
        raise NotFound(_("No file of this selection has been handed in."))
    if len(found) > MOST_FILES or size > MOST_BYTES:
        told = _("These are %(n)s files of %(mib)s MiB; one zip takes %(most)s MiB. Choose less.")
        told %= {"n": f"{len(found):,}", "mib": f"{size >> 20:,}", "most": f"{MOST_BYTES >> 20:,}"}
        raise Invalid(told)
    names = names_by_path(list({row.place for row in found}))
    return [_entry(*row, period, names) for row in found], size


def _entry(
    file: Attachment,
    place: str,
    number: str,
    enterprise: str,
    period: Quarter,
    names: Mapping[str, str],
) -> Entry:
    league, county = (names.get(path_to(place, tier), "") for tier in (Tier.LEAGUE, Tier.COUNTY))
    name = folders(league, county, f"{number} {enterprise}", period, f"{file.kind.label} {file}")
    by = (file.uploaded_by, as_shown(file.uploaded_at))
    return Entry(name, file.sha256, (str(file.kind.label), file.months_covered or "", *by))
