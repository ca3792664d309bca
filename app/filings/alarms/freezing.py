"""The alarms as they stood when a step was taken: written down once, and read back."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.audit.actor import Actor
from app.checks.book import Book
from app.checks.explaining import Side, Why
from app.checks.rules import Addressee, Alarm, Severity
from app.checks.single import Touched
from app.core.canonical import ALGORITHM, canonical, digest
from app.core.clock import now
from app.core.db import db
from app.filings.alarms.checking import (
    Mark,
    Raised,
    Said,
    explanations_of,
    mark_of,
    said_of,
)
from app.filings.alarms.models import Answer, Checkup, Explanation, FrozenAlarm, Reason
from app.filings.figures import Figures
from app.filings.models import Filing
from app.filings.queries import book_around, fills_in, latest_version
from app.review.workflow import Action

RESTORED: dict[str, Callable[[Any], Any]] = {
    "number": Decimal,
    "set": frozenset,
    "day": date.fromisoformat,
}


def freeze(filing: Filing, action: Action, figures: Figures, *, actor: Actor) -> Checkup:
    """Write down what all rules in force say of *figures* as *action* is taken."""
    said = said_of(filing, figures, book_around(filing))
    where = {"filing_id": filing.id, "place": filing.place}
    checkup = Checkup(
        **where,
        **checkup_row(filing.id, filing.version_no, said),
        number=_next_number(filing),
        action=action,
        at=now(),
        by=actor.name[:128],
    )
    db.session.add(checkup)
    db.session.flush()
    rows = ({"checkup_id": checkup.id, **where, **alarm_row(one)} for one in said.raised)
    db.session.add_all(FrozenAlarm(**row) for row in rows)
    db.session.flush()
    return checkup


def checkup_row(filing_id: int, version_no: int, said: Said) -> dict[str, Any]:
    """The columns of a checkup that follow from what the rules *said* of a version."""
    content = canonical(_told(filing_id, version_no, said))
    of_enterprise = [one for one in said.raised if not one.for_league]
    warnings = [one for one in of_enterprise if one.alarm.severity is Severity.WARNING]
    return {
        "version_no": version_no,
        "errors": len(of_enterprise) - len(warnings),
        "warnings": len(warnings),
        "unexplained": sum(not one.explained for one in warnings),
        "not_run": len(said.not_run),
        "content": content,
        "algorithm": ALGORITHM,
        "hash": digest(content),
    }


def alarm_row(one: Raised) -> dict[str, Any]:
    """The columns of a frozen alarm, without those that say of which checkup it is."""
    alarm = one.alarm
    return {
        "code": alarm.code,
        "rule_version": alarm.version,
        "severity": alarm.severity,
        "addressee": alarm.addressee,
        "key": alarm.key,
        "column": alarm.column,
        "label": alarm.label,
        "explained": one.explained,
        "fingerprint": alarm.fingerprint,
    }


def _next_number(filing: Filing) -> int:
    query = select(func.max(Checkup.number)).where(Checkup.filing_id == filing.id)
    return (db.session.scalar(query) or 0) + 1


def checkups_of(filing: Filing) -> list[Checkup]:
    """The newest first."""
    query = select(Checkup).where(Checkup.filing_id == filing.id)
    return list(db.session.scalars(query.order_by(Checkup.number.desc())))


def frozen_in(checkup: Checkup) -> Sequence[FrozenAlarm]:
    """The alarms that were frozen, without their numbers; see `alarms_in`."""
    query = select(FrozenAlarm).where(FrozenAlarm.checkup_id == checkup.id)
    return db.session.scalars(query.order_by(FrozenAlarm.id)).all()


def newest_checkup(filing: Filing) -> Checkup | None:
    query = select(Checkup).where(Checkup.filing_id == filing.id)
    return db.session.scalars(query.order_by(Checkup.number.desc()).limit(1)).first()


# -- as text -------------------------------------------------------------------------------------


def _told(filing_id: int, version_no: int, said: Said) -> dict[str, Any]:
    return {
        "filing": filing_id,
        "version_no": version_no,
        "rules": said.verdict.versions,
        "alarms": [_alarm(one) for one in said.raised],
        "not_run": [
            {"code": one.code, "version": one.version, "reason": one.reason}
            for one, _rule in said.not_run
        ],
    }


def _alarm(one: Raised) -> dict[str, Any]:
    alarm, found = one.alarm, one.alarm.why
    return {
        "code": alarm.code,
        "version": alarm.version,
        "severity": alarm.severity,
        "addressee": alarm.addressee,
        "variable": alarm.variable,
        "key": alarm.key,
        "column": alarm.column,
        "label": alarm.label,
        "actual": _side(found.actual),
        "expected": _side(found.expected),
        "deviation": _side(found.deviation),
        "cells": [[c.sheet, c.key, c.name, c.back, _value(c.value)] for c in found.cells],
        "fingerprint": alarm.fingerprint,
        "explained": one.explained,
        "explanation": _explanation(one.explanation) if not one.fell else None,
    }


def _side(side: Side | None) -> list[Any] | None:
    return None if side is None else [_value(side.value), side.unit]


def _explanation(said: Explanation | None) -> dict[str, Any] | None:
    if said is None:
        return None
    names = ("reason", "text", "file_name", "sha256", "given_by", "given_at", "answer", "remark")
    return {name: getattr(said, name) for name in names}


def _value(value: Any) -> Any:
    """With its type, so that it comes back as it was."""
    if isinstance(value, Decimal):
        return {"number": value}
    if isinstance(value, frozenset):
        return {"set": sorted(value)}
    if isinstance(value, date):
        return {"day": value}
    return value


def _restored(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    ((kind, value),) = told.items()
    return RESTORED[kind](value)


def alarms_in(checkup: Checkup) -> Sequence[Alarm]:
    """The alarms that were frozen; the inverse of what was written."""
    return [_read_back(told) for told in json.loads(checkup.content)["alarms"]]


def explanations_in(checkup: Checkup) -> dict[Mark, dict[str, Any]]:
    """What stood beside them, by what it spoke of."""
    told = json.loads(checkup.content)["alarms"]
    return {mark_of(_read_back(one)): one["explanation"] for one in told if one["explanation"]}


def said_to(actor: Actor, filing: Filing, figures: Figures, book: Book) -> Said:
    """What the rules say of *figures*, as *actor* reads it."""
    given = handed_in_for(actor, filing)
    version = None if given is None else latest_version(filing)
    return said_of(filing, figures, book, version=version, given=given)


def handed_in_for(actor: Actor, filing: Filing) -> Mapping[Mark, Explanation] | None:
    """The explanations that *actor* reads instead of those that the enterprise works on now."""
    if fills_in(filing, actor) or not filing.review.state.is_open:
        return None
    checkup = newest_checkup(filing)
    return None if checkup is None else _handed_in(filing, checkup)


def _handed_in(filing: Filing, checkup: Checkup) -> dict[Mark, Explanation]:
    """In no session; one has a number as long as its file is the one that stands."""
    standing, given = explanations_of(filing), explanations_in(checkup)
    found = {}
    for alarm in alarms_in(checkup):
        mark = mark_of(alarm)
        if (told := given.get(mark)) is None:
            continue
        same = standing.get(mark)
        found[mark] = Explanation(
            id=same.id if same is not None and same.sha256 == told["sha256"] else None,
            filing_id=filing.id,
            place=filing.place,
            code=alarm.code,
            key=alarm.key,
            column=alarm.column,
            label=alarm.label,
            fingerprint=alarm.fingerprint,
            reason=Reason.named(told["reason"]),
            answer=Answer.named(told["answer"]),
            text=told["text"],
            remark=told["remark"],
            file_name=told["file_name"],
            sha256=told["sha256"],
            given_by=told["given_by"],
            given_at=datetime.fromisoformat(told["given_at"]),
        )
    return found


def _read_back(told: dict[str, Any]) -> Alarm:
    def side(name: str) -> Side | None:
        return None if told[name] is None else Side(_restored(told[name][0]), told[name][1])

    cells = tuple(
        Touched(sheet, key, name, back, _restored(value))
        for sheet, key, name, back, value in told["cells"]
    )
    return Alarm(
        code=told["code"],
        version=told["version"],
        severity=Severity.named(told["severity"]),
        addressee=Addressee.named(told["addressee"]),
        variable=told["variable"],
        key=told["key"],
        column=told["column"],
        label=told["label"],
        why=Why(side("actual"), side("expected"), side("deviation"), cells),
        fingerprint=told["fingerprint"],
    )
