"""What the rules said of the newest invented filings, how it was explained, and frozen.

All filings of a quarter are asked at once, and only those in which a rule does not hold one by
one: what is frozen is what `app.filings.alarms.freezing` would have written.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert

from app.checks.case import Case
from app.checks.many import BROKEN, COULD_NOT_RUN, ManyReader
from app.checks.needs import needs_of
from app.checks.rules import Addressee, Alarm, Rule, Severity, Verdict, check
from app.checks.sentences import Words
from app.core.db import db
from app.core.period import Quarter
from app.filings.alarms.checking import Raised, Said, mark_of
from app.filings.alarms.freezing import alarm_row, checkup_row
from app.filings.alarms.models import Answer, Checkup, Explanation, FrozenAlarm
from app.filings.alarms.panels import panels
from app.filings.rules.models import RuleVersion
from app.filings.rules.queries import rules_in_force, wordings
from app.review.workflow import Action, State
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.saying import ASKED_AGAIN, explanation_of
from app.upkeep.demonstration.steps import Told
from app.upkeep.demonstration.story import NEWEST, PERIODS, Event

NOBODY = {"answer": Answer.NONE, "remark": ""}
NOT_KEPT = Case(PERIODS[-1], {})  # nothing is read of it
EMPTY = Verdict((), (), {})


@dataclass(slots=True)
class Froze:
    """Rows by table; and the hash of what each step saw, by filing and number of the step."""

    journal: Journal
    rows: dict[Any, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[tuple[int, int], str] = field(default_factory=dict)
    asked_again: list[int] = field(default_factory=list)  # filings

    def write(self, filings: Mapping[int, Told]) -> None:
        """Ask the rules of the *filings* of the newest quarters, which are there already."""
        for period in PERIODS[-NEWEST:]:
            known = wordings(period)
            for pk, verdict in _asked(period):
                self._filing(filings[pk], verdict, known)
        for table, rows in self.rows.items():
            db.session.execute(insert(table), rows)

    def _filing(self, told: Told, verdict: Verdict, known: Mapping[str, RuleVersion]) -> None:
        given = {
            mark_of(alarm): self._explained(told, alarm, number)
            for number, alarm in enumerate(verdict.alarms, told.held.made.id)
            if alarm.severity is Severity.WARNING and alarm.addressee is Addressee.ENTERPRISE
        }
        self.rows[Explanation] += given.values()
        for number, event in enumerate(told.events):
            raised = [
                Raised(alarm, known[alarm.code], Words(), _as_of(given.get(mark_of(alarm)), event))
                for alarm in verdict.alarms
            ]
            said = Said(NOT_KEPT, verdict, raised, [])
            self._freeze(told, number, said)

    def _freeze(self, told: Told, number: int, said: Said) -> None:
        event, held = told.events[number], told.held
        pk = len(self.rows[Checkup]) + 1
        where = {"filing_id": held.id, "place": held.made.place}
        row = checkup_row(held.id, event.version, said)
        self.rows[Checkup].append(
            {
                **row,
                **where,
                "id": pk,
                "number": number + 1,
                "action": event.action,
                "at": event.at,
                "by": told.actors[number][1],
            }
        )
        self.rows[FrozenAlarm] += [{"checkup_id": pk, **where, **alarm_row(o)} for o in said.raised]
        self.seen[held.id, number] = str(row["hash"])

    def _explained(self, told: Told, alarm: Alarm, number: int) -> dict[str, Any]:
        held = told.held
        reason, text = explanation_of(alarm, number)
        given_at = told.events[0].at - timedelta(hours=2, minutes=number % 40)
        code, key, column, label = mark_of(alarm)
        answer = self._answer(told, number)
        place, subject = held.made.place, ("filing", held.id, held.title)
        self.journal.add(
            given_at,
            "filing:explain",
            place,
            subject,
            held.filler,
            rule=code,
            row=key,
            reason=reason,
            text=text,
            sha256=None,
        )
        if answer["answered_at"] is not None:
            self.journal.add(
                answer["answered_at"],
                "filing:answer_explanation",
                place,
                subject,
                (answer["answered_by_id"], answer["answered_by"]),
                rule=code,
                row=key,
                answer=answer["answer"],
                remark=answer["remark"],
            )
        return {
            "filing_id": held.id,
            "place": place,
            "code": code,
            "key": key,
            "column": column,
            "label": label,
            "fingerprint": alarm.fingerprint,
            "reason": reason,
            "text": text,
            "given_by_id": held.filler[0],
            "given_by": held.filler[1],
            "given_at": given_at,
            **answer,
            "version": 1 if answer["answered_at"] is None else 2,
        }

    def _answer(self, told: Told, number: int) -> dict[str, Any]:
        """Asked again in the first few that went back; most of those that went on, accepted."""
        done = [event.action for event in told.events]
        again, went_back = len(self.asked_again), told.events[-1].end is State.RETURNED
        if went_back and again < len(ASKED_AGAIN) and told.held.id not in self.asked_again:
            said, remark, at = Answer.ASKED_AGAIN, ASKED_AGAIN[again], len(done) - 1
            self.asked_again.append(told.held.id)
        elif Action.APPROVE in done and number % 5:
            said, remark, at = Answer.ACCEPTED, "", done.index(Action.APPROVE)
        else:
            return {**NOBODY, "answered_by_id": None, "answered_by": "", "answered_at": None}
        return {
            "answer": said,
            "remark": remark,
            "answered_by_id": told.actors[at][0],
            "answered_by": told.actors[at][1],
            "answered_at": told.events[at].at - timedelta(minutes=15),
        }


def _as_of(row: dict[str, Any] | None, event: Event) -> Explanation | None:
    """An explanation as it stood when a step was taken."""
    if row is None:
        return None
    answered: datetime | None = row["answered_at"]
    return Explanation(**{**row, **(NOBODY if answered is None or answered > event.at else {})})


def _asked(period: Quarter) -> Iterator[tuple[int, Verdict]]:
    """Every submitted filing of *period* with what all rules in force say of it."""
    rules = rules_in_force(period)
    versions = {rule.code: rule.text.version for rule in rules}
    for heads, panel, _whole in panels(period, needs_of(rules, period)):
        concerned: dict[int, list[Rule]] = defaultdict(list)
        reader = ManyReader(panel)
        for rule in rules:
            owners = [
                result.owner[np.isin(result.outcome, (BROKEN, COULD_NOT_RUN))]
                for result in reader.results(rule)
            ]
            for owner in np.unique(np.concatenate(owners)).tolist() if owners else ():
                concerned[owner].append(rule)
        for number, head in enumerate(heads):
            some = concerned.get(number)
            verdict = check(some, panel.case(number)) if some else EMPTY
            yield head.id, replace(verdict, versions=versions)
