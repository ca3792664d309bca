"""Supervision documents of the demonstration: most are there, some missing, expired, replaced.

Every enterprise hands in as its kind does: diligent, so-so, or hardly at all.  All files of one
document are one page; in the county whose people the README names they stand in the journal.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.core.db import db
from app.core.storage import Kept
from app.core.uploads import TYPES, storage
from app.inspection.catalogue import documents_in
from app.inspection.kinds import Frequency, Question
from app.inspection.models import (
    InspectionAnswer,
    InspectionDocument,
    InspectionFile,
    InspectionRemark,
)
from app.inspection.operations import ALWAYS
from app.upkeep.demonstration.attachments import DIGITS, blank
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.notices import SHOWN
from app.upkeep.demonstration.registry import Made

YEARS = (2024, 2025, 2026)
DILIGENCE = ((0.55, 0.97), (0.85, 0.8), (1.0, 0.3))  # up to which share, how much is handed in
LATER = {"D8101": (4, 10), "D8201": (3, 10)}  # months in which others are handed in than January
YES = {
    Question.OBSOLETE_EQUIPMENT: (0.2, "厂内有列入淘汰目录的电机。", "已完成落后设备淘汰。"),
    Question.METERING_RULES: (0.6, "已制定配套制度。", "计量管理制度已包含相关内容。"),
    Question.CERTIFIED_SYSTEM: (0.35, "已通过第三方认证。", "尚未开展认证。"),
    Question.UNCERTIFIED_SYSTEM: (0.3, "体系试运行。", "未建立能源管理体系。"),
}
REMARKS = (
    ("D1101", "结构图未标明计量管理岗位，请补充。"),
    ("D2201", "台账缺少上次检定日期，请按附件4补齐。"),
    ("D1302", "年度计划请分解到车间、班组。"),
)
Row = dict[str, Any]


def write_documents(
    made: Sequence[Made], people: Mapping[str, tuple[int, str]], journal: Journal
) -> None:
    """Files, answers and remarks; the same every time."""
    kept = {one.code: _page(number, one) for number, one in enumerate(documents_in(YEARS[-1]), 1)}
    files: list[Row] = []
    answers: list[Row] = []
    for one in made:
        rng = random.Random(one.seed)  # noqa: S311  the same files every time
        share = next(part for part in DILIGENCE if rng.random() <= part[0])[1]
        told = list(_answers(one, people, rng, share))
        answers += told
        said = {row["question"]: row["yes"] for row in told}
        files += _files(one, people, rng, share, said, kept)
    db.session.execute(insert(InspectionFile), files)
    db.session.execute(insert(InspectionAnswer), answers)
    db.session.execute(insert(InspectionRemark), list(_remarks(made, people)))
    names = {one.id: one.name for one in made}
    for row in files:
        if row["place"].startswith(SHOWN) and row["year"] == YEARS[-1]:
            _tell(row, names[row["enterprise_id"]], journal)


def _page(number: int, document: InspectionDocument) -> Kept:
    page = blank(f"{document.code} Supervision document")
    return storage().put_small(page.replace(b"#" * DIGITS, b"%0*d" % (DIGITS, number)))


def _files(
    one: Made,
    people: Mapping[str, tuple[int, str]],
    rng: random.Random,
    share: float,
    said: Mapping[Question, bool],
    kept: Mapping[str, Kept],
) -> Iterator[Row]:
    for document in documents_in(YEARS[-1]):
        wanted = document.question is None or said.get(document.question)
        if document.taken_from or not wanted:
            continue
        once = document.frequency in (Frequency.ONCE, Frequency.FIVE_YEAR)
        years = _years(document, rng, share)
        for part in range(1, len(document.parts) + 1):
            if part > 1 and rng.random() >= share:
                continue
            for at, year in enumerate(years):
                after = years[at + 1] if once and at + 1 < len(years) else None
                yield _file(one, people, rng, document, part, year, after, kept[document.code])


def _years(document: InspectionDocument, rng: random.Random, share: float) -> list[int]:
    """For which years it is handed in; of what is asked once, now and then again for the newest."""
    if document.frequency not in (Frequency.ONCE, Frequency.FIVE_YEAR):
        return [year for year in YEARS if rng.random() < share]
    if rng.random() >= share:
        return []
    if document.frequency is Frequency.FIVE_YEAR:
        return [YEARS[-1]]
    first = rng.choice(YEARS[:2])
    return [first, YEARS[-1]] if rng.random() < 0.12 else [first]


def _file(
    one: Made,
    people: Mapping[str, tuple[int, str]],
    rng: random.Random,
    document: InspectionDocument,
    part: int,
    year: int,
    after: int | None,
    kept: Kept,
) -> Row:
    month = rng.choice(LATER.get(document.code, (1,)))
    moment = datetime(year, month, rng.randint(4, 28), rng.randint(1, 9), 15, tzinfo=UTC)
    by = people[f"filler_{one.number}"]
    expires = None
    if document.expires:
        expires = date(2026, 6, 1) + timedelta(days=rng.randint(0, 700))
    return {
        "enterprise_id": one.id,
        "place": one.place,
        "code": document.code,
        "part": part,
        "year": year,
        "quarter": 0,
        "number": 1,
        "file_name": f"{document.name_zh}{f'（{part}）' if part > 1 else ''} {year}.pdf",
        "media_type": TYPES["pdf"],
        "size": kept.size,
        "sha256": kept.sha256,
        "valid_from": expires and expires - timedelta(days=730),
        "expires_on": expires,
        "uploaded_by_id": by[0],
        "uploaded_by": by[1],
        "uploaded_at": moment,
        "replaced_year": after,
        "replaced_at": after and moment.replace(year=after),
        "replaced_by": by[1] if after else "",
    }


def _answers(
    one: Made, people: Mapping[str, tuple[int, str]], rng: random.Random, share: float
) -> Iterator[Row]:
    """Who has a certified system has no other papers; who hands in little answers little."""
    certified = False
    for question, (likely, because, because_not) in YES.items():
        yes = rng.random() < likely
        if question is Question.CERTIFIED_SYSTEM:
            certified = yes
        reason = because if yes else because_not
        if question is Question.UNCERTIFIED_SYSTEM and certified:
            yes, reason = False, "能源管理体系已通过认证。"
        if rng.random() >= share:
            continue
        by = people[f"confirmer_{one.number}"]
        first, last = ALWAYS
        yield {
            "enterprise_id": one.id,
            "place": one.place,
            "question": question,
            "number": 1,
            "yes": yes,
            "reason": reason,
            "from_year": first,
            "until_year": last,
            "answered_by_id": by[0],
            "answered_by": by[1],
            "answered_at": datetime(2024, 1, rng.randint(3, 28), 2, 40, tzinfo=UTC),
        }


def _remarks(made: Sequence[Made], people: Mapping[str, tuple[int, str]]) -> Iterator[Row]:
    """Of every eleventh enterprise, by its league."""
    for at, one in enumerate(made[::11]):
        by = people[f"league_{one.place.split('/')[1]}"]
        code, text = REMARKS[at % len(REMARKS)]
        yield {
            "enterprise_id": one.id,
            "place": one.place,
            "code": code,
            "year": YEARS[-1],
            "text": text,
            "by_id": by[0],
            "by": by[1],
            "at": datetime(2026, 2, 9, 3, at % 60, tzinfo=UTC),
        }


def _tell(row: Row, name: str, journal: Journal) -> None:
    journal.add(
        row["uploaded_at"],
        "inspection:upload",
        row["place"],
        ("enterprise", row["enterprise_id"], name),
        (row["uploaded_by_id"], row["uploaded_by"]),
        **{key: row[key] for key in ("code", "year", "file_name", "sha256", "size", "expires_on")},
        replaced=[],
    )
