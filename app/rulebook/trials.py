"""Back-tests: a version and the one it would follow, over the filings of past quarters."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.checks.rules import read_rule
from app.core.canonical import canonical
from app.core.clock import now
from app.core.db import db
from app.core.errors import Forbidden, Invalid, NotFound, Problem
from app.core.period import Quarter, this_quarter
from app.filings.alarms.schema import SCHEMA
from app.filings.rules.models import RuleVersion
from app.filings.rules.operations import last_active
from app.jobs.kinds import Kind
from app.jobs.operations import enqueue
from app.jobs.work import Run
from app.regions.queries import root_path
from app.rulebook.models import RuleTrial
from app.rulebook.reading import Filed, Said, read_quarter

MOST_QUARTERS = 8
MOST_SHOWN = 300  # new alarms, and gone ones, that are kept by name
SIDES = ("draft", "active")
RECKONED = (
    "severity fourth_quarter_only expression tolerance industries actual expected deviation"
).split()


def fingerprint_of(version: RuleVersion) -> str:
    """The same as long as the rule would say the same of every filing."""
    told = {name: getattr(version, name) for name in RECKONED}
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def ask_for_trial(
    version: RuleVersion, quarters: Sequence[Quarter], *, actor: Actor, once: str
) -> RuleTrial:
    """Enter a trial of *version* and the job that does it; *once* is the same on a second click."""
    if not actor.scope.admits(root_path()):
        raise Forbidden(_("Only the region keeps the rules."))
    chosen = sorted(set(quarters))
    if not 1 <= len(chosen) <= MOST_QUARTERS:
        text = _("Choose from 1 to %(n)s quarters.", n=MOST_QUARTERS)
        raise Invalid(text, [Problem("quarters", text)])
    if chosen[-1] >= this_quarter():
        text = _("A back-test goes over quarters that are past.")
        raise Invalid(text, [Problem("quarters", text)])
    key = f"{TRIAL.key}/{actor.id}/{once}"
    against = last_active(version.code)
    trial = RuleTrial(
        rule_version_id=version.id,
        against_id=against.id if against is not None and against.id != version.id else None,
        fingerprint=fingerprint_of(version),
        quarters=",".join(map(str, chosen)),
        asked_by_id=actor.id,
        asked_by=actor.name[:128],
        place=root_path(),
    )
    db.session.add(trial)
    db.session.flush()
    job = enqueue(TRIAL.key, {"trial": trial.id}, actor=actor, place=root_path(), key=key)
    if job.arguments["trial"] != trial.id:  # clicked twice: the first one is under way
        db.session.delete(trial)
        db.session.flush()
        first: RuleTrial | None = db.session.get(RuleTrial, job.arguments["trial"])
        if first is None:
            raise NotFound(_("There is no such record."))
        return first
    trial.job_id = job.id
    told = {"quarters": trial.quarters, "code": version.code}
    record("rule:try", version, actor=actor, place=root_path(), **told)
    return trial


def trials_of(version: RuleVersion) -> list[RuleTrial]:
    """The trials of this very text, newest first."""
    query = select(RuleTrial).where(
        RuleTrial.rule_version_id == version.id, RuleTrial.fingerprint == fingerprint_of(version)
    )
    return list(db.session.scalars(query.order_by(RuleTrial.id.desc())))


def finished_trial(version: RuleVersion) -> RuleTrial | None:
    """The newest trial of this very text that has come to its end."""
    return next((one for one in trials_of(version) if one.ended_at is not None), None)


def carry_out(run: Run, trial: int) -> dict[str, object]:
    """Read both versions over the filings of every quarter, and keep the comparison."""
    row = db.session.get(RuleTrial, trial)
    if row is None:
        raise NotFound(_("There is no such record."))
    versions = [row.rule_version, db.session.get(RuleVersion, row.against_id or 0)]
    rules = [read_rule(one.text, SCHEMA) for one in versions if one is not None]
    quarters = [Quarter.parse(one) for one in row.quarters.split(",")]
    result = _Comparison()
    for count, period in enumerate(quarters):
        filed, said = read_quarter(period, rules, _telling(run, period, count, len(quarters)))
        result.add(period, filed, said)
    with run.unit():
        kept = db.session.get(RuleTrial, trial)
        if kept is None:
            raise NotFound(_("There is no such record."))
        kept.filings, kept.content, kept.ended_at = result.filings, result.as_json(), now()
    counts = {name: result.total(name) for name in SIDES}
    return {"filings": result.filings, **counts}


def _telling(run: Run, period: Quarter, count: int, of: int) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        percent = (count * 100 + done * 100 // max(total, 1)) // of
        run.report(percent, 100, f"{period}: {done:,} / {total:,}")

    return tell


class _Comparison:
    """What both versions said, counted by quarter, league and industry."""

    def __init__(self) -> None:
        self.filings = 0
        self.counts: dict[tuple[str, str], Counter[str]] = {}
        self.changed: dict[str, list[dict[str, Any]]] = {"new": [], "gone": []}
        self.changes: Counter[str] = Counter()

    def add(self, period: Quarter, filed: Sequence[Filed], said: Sequence[Said]) -> None:
        self.filings += len(filed)
        alarms = _by_filing(said)
        for one in filed:
            groups = (
                ("quarters", str(period)),
                ("leagues", league_of(one.place)),
                ("industries", one.industry[:2]),
            )
            for group in groups:
                self._count(self.counts.setdefault(group, Counter()), alarms.get(one.id, ()))
            self._compare(period, one, alarms.get(one.id, ()))

    @staticmethod
    def _count(counter: Counter[str], said: Sequence[Said]) -> None:
        counter["filings"] += 1
        for at, side in enumerate(SIDES):
            mine = [one for one in said if one.rule == at]
            rows = sum(one.ran for one in mine)
            counter[f"{side}_filings"] += rows > 0
            counter[f"{side}_rows"] += rows
            counter[f"{side}_not_run"] += any(not one.ran for one in mine)

    def _compare(self, period: Quarter, filed: Filed, said: Sequence[Said]) -> None:
        draft, active = (
            {(one.key, one.column, one.label): one for one in said if one.rule == at and one.ran}
            for at in (0, 1)
        )
        for name, those in (
            ("new", {k: v for k, v in draft.items() if k not in active}),
            ("gone", {k: v for k, v in active.items() if k not in draft}),
        ):
            self.changes[name] += len(those)
            room = MOST_SHOWN - len(self.changed[name])
            self.changed[name] += [
                {
                    "filing": filed.id,
                    "period": str(period),
                    "variable": one.variable,
                    "key": one.key,
                    "column": one.column,
                    "label": one.label,
                }
                for one in list(those.values())[: max(room, 0)]
            ]

    def total(self, side: str) -> int:
        return sum(c[f"{side}_filings"] for (g, _n), c in self.counts.items() if g == "quarters")

    def as_json(self) -> dict[str, Any]:
        groups: dict[str, list[dict[str, Any]]] = {"quarters": [], "leagues": [], "industries": []}
        for (group, name), counter in sorted(self.counts.items()):
            groups[group].append({"name": name, **counter})
        return {
            **groups,
            **self.changed,
            "new_count": self.changes["new"],
            "gone_count": self.changes["gone"],
        }


def league_of(place: str) -> str:
    """The path of the league in which *place* lies."""
    return "".join(f"{code}/" for code in place.split("/")[:2])


def _by_filing(said: Sequence[Said]) -> Mapping[int, list[Said]]:
    found: dict[int, list[Said]] = {}
    for one in said:
        found.setdefault(one.filing, []).append(one)
    return found


TRIAL = Kind(
    "rules.trial",
    _l("Back-test of a rule"),
    carry_out,
    one_unit=False,  # it reads for long and writes once
    labels={
        "filings": _l("Filings read"),
        "draft": _l("Filings with alarms by the draft"),
        "active": _l("Filings with alarms by the active version"),
    },
)
