"""A few invented starts and stops: out of production, merged, classified, left out, planned."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from sqlalchemy import insert, update

from app.core.answers import XLSX
from app.core.db import db
from app.core.period import Quarter
from app.core.uploads import LARGEST, storage
from app.enterprises.models import Enterprise, StartStop, StopFile, StopReason
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.registry import Made

AT = datetime(2026, 10, 20, 2, 30, tzinfo=UTC)
NEXT, YEAR_AFTER = Quarter(2026, 4), Quarter(2027, 1)
# which of the enterprises, from when, why, in what words; None: started again
CHANGES = (
    (7, NEXT, StopReason.STOPPED, "全厂停产检修，预计明年恢复生产（演示）。"),
    (7, YEAR_AFTER, None, "恢复生产（演示）。"),
    (44, YEAR_AFTER, StopReason.MERGED, "自明年起并入集团内另一企业（演示）。"),
    (120, NEXT, StopReason.CLASSIFIED, "承担涉密任务，暂停填报（演示）。"),
    (201, NEXT, StopReason.DEREGISTERED, "已办理注销登记（演示）。"),
)
LEFT_OUT = (60, "数据存疑，核实前不纳入统计（演示）。")


def write_switches(
    made: Sequence[Made], people: Mapping[str, tuple[int, str]], journal: Journal
) -> None:
    """What the leagues have entered; the same every time."""
    numbers: dict[int, int] = {}
    for at, period, reason, words in CHANGES:
        one = made[at]
        numbers[at] = numbers.get(at, 0) + 1
        change = {
            "enabled": reason is None,
            "effective": period.index,
            "stop_reason": reason,
            "in_statistics": None,
        }
        pk = _enter(one, numbers[at], words, people, change)
        facts: dict[str, Any] = {
            "effective": str(period),
            "stop_reason": reason,
            "reason": words,
        }
        if reason is not None:
            facts["files"] = [_application(one, pk)]
        tag = "enterprise:start" if reason is None else "enterprise:stop"
        subject = ("enterprise", one.id, one.name)
        journal.add(AT, tag, one.place, subject, _league(one, people), **facts)
    at, words = LEFT_OUT
    one = made[at]
    nothing = {"enabled": None, "effective": None, "stop_reason": None, "in_statistics": False}
    _enter(one, 1, words, people, nothing)
    db.session.execute(
        update(Enterprise).where(Enterprise.id == one.id).values(in_statistics=False),
        execution_options={"synchronize_session": False},
    )
    subject = ("enterprise", one.id, one.name)
    tag = "enterprise:leave_out"
    journal.add(AT, tag, one.place, subject, _league(one, people), reason=words)


def _league(one: Made, people: Mapping[str, tuple[int, str]]) -> tuple[int, str]:
    return people[f"league_{one.place.split('/')[1]}"]


def _enter(
    one: Made,
    number: int,
    words: str,
    people: Mapping[str, tuple[int, str]],
    change: Mapping[str, Any],
) -> int:
    actor = _league(one, people)
    statement = insert(StartStop).values(
        enterprise_id=one.id,
        place=one.place,
        number=number,
        description=words,
        actor_id=actor[0],
        actor_name=actor[1],
        at=AT,
        **change,
    )
    pk: int = db.session.execute(statement.returning(StartStop.id)).scalar_one()
    return pk


def _application(one: Made, change: int) -> str:
    """A workbook in place of the stamped paper; returns its hash."""
    book = Workbook()
    book.active.append(["停用申请（演示）", one.name, one.number])
    # the same every time: a workbook says when it was written
    book.properties.created = book.properties.modified = AT.replace(tzinfo=None)
    book.save(file := BytesIO())
    file.seek(0)
    kept = storage().put(file, LARGEST)
    values = {
        "change_id": change,
        "enterprise_id": one.id,
        "place": one.place,
        "file_name": f"停用申请 {one.name}.xlsx",
        "media_type": XLSX,
        "size": kept.size,
        "sha256": kept.sha256,
    }
    db.session.execute(insert(StopFile).values(**values))
    return kept.sha256
