"""Energy managers of the demonstration, on record, waiting, returned, overdue; their charts."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.core.clock import now, today
from app.core.db import db
from app.core.uploads import TYPES, storage
from app.energy_staff.chart_rows import ChartKind, next_verified_on
from app.energy_staff.fields import Annex
from app.energy_staff.models import EnergyChart, EnergyForm, FormState, RecordCounter
from app.enterprises.unit_types import UnitType
from app.upkeep.demonstration.attachments import DIGITS, blank
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.names import mobile, person_name
from app.upkeep.demonstration.registry import Made

ADDRESS = "工业园区创业路 1 号"
POSTS = ("能源管理岗", "能源统计岗", "能源计量岗")
DUTIES = (
    "组织编制节能规划和年度节能计划并监督实施；\n负责能源计量、统计和能源利用状况报告；\n"
    "组织能源审计、节能诊断和节能技术改造；\n开展节能宣传和岗位培训。"
)
WHY = "分管领导联系电话与负责人表不一致，请核对后重新提交。"


def write_energy_forms(
    made: list[Made], people: Mapping[str, tuple[int, str]], journal: Journal
) -> None:
    """Annex 1 of nearly all, annex 2 of every third; the same every time."""
    serials: Counter[str] = Counter()
    scan = blank("Signed form of an energy manager").replace(b"#" * DIGITS, b"%0*d" % (DIGITS, 1))
    kept = storage().put_small(scan)
    signed: dict[str, Any] = {
        "file_name": "签字盖章.pdf",
        "media_type": TYPES["pdf"],
        "size": kept.size,
        "sha256": kept.sha256,
    }
    rows: list[dict[str, Any]] = []
    for one in made:
        rng = random.Random(one.seed + 7)  # noqa: S311  invented, and the same every time
        filler = people[f"filler_{one.number}"]
        rows.extend(_heads(one, rng, filler[1]))
        for row in _persons(one, rng, filler[1]):
            if row["state"] is FormState.IN_FORCE:
                code = one.place.split("/")[2]
                serials[code] += 1
                row["record_no"] = f"{code}-{today().year}-{serials[code]:04d}"
                row["accepted_by"] = people[f"league_{one.place.split('/')[1]}"][1]
            rows.append({**row, **signed})
    db.session.execute(insert(EnergyForm), [{**EMPTY, **row, "version": 2} for row in rows])
    counters = [{"code": c, "year": today().year, "last": n} for c, n in serials.items()]
    db.session.execute(insert(RecordCounter), counters)
    charts = [chart for one in made if one.id % 2 for chart in _charts(one, people)]
    db.session.execute(insert(EnergyChart), charts)
    actors = {one.id: people[f"filler_{one.number}"] for one in made}
    for row in rows:
        facts = {"kind": row["annex"], "name": row["person"], "number": row["number"]}
        subject = ("energy_form", row["enterprise_id"], f"{row['annex']} {row['line']}")
        at, actor = row["handed_in_at"], actors[row["enterprise_id"]]
        journal.add(at, "energy_form:hand_in", row["place"], subject, actor, **facts)


EMPTY: Mapping[str, Any] = {
    "open_for": None,
    "staff": [],
    "person": "",
    "record_no": None,
    "reason": "",
    "file_name": None,
    "media_type": None,
    "size": None,
    "sha256": None,
    "in_force_at": None,
    "accepted_by": "",
}


def _heads(one: Made, rng: random.Random, filler: str) -> Iterator[dict[str, Any]]:
    if one.id % 10 == 0:
        return  # has not handed one in yet
    late = one.id % 4 == 0  # not renewed in January
    at = datetime(today().year - late, 1, rng.randrange(4, 26), 2, tzinfo=UTC)
    staff = [
        {
            "name": "".join(person_name(rng)),
            "position": post,
            "professional_title": rng.choice(("工程师", "高级工程师", "能源管理师")),
            "years_in_position": str(rng.randrange(1, 18)),
            "training": f"{at.year - 1} 年自治区重点用能单位节能培训",
            "phone": mobile(rng),
        }
        for post in POSTS[: rng.randrange(1, 4)]
    ]
    yield {
        **_row(one, Annex.HEADS, at, filler),
        "state": FormState.IN_FORCE,
        "in_force_at": at,
        "staff": staff,
        "fields": {
            "enterprise_name": one.name,
            "unit_nature": rng.choice(list(UnitType)).value,
            "legal_person_code": one.code,
            "legal_representative": one.head,
            "legal_phone": mobile(rng),
            "energy_leader_name": "".join(person_name(rng)),
            "energy_leader_phone": mobile(rng),
            "address": ADDRESS,
            "energy_department": "能源管理部",
            "department_head_name": one.contact,
            "department_head_phone": one.phone,
            "prepared_by": filler,
            "prepared_on": at.date().isoformat(),
        },
    }


def _persons(one: Made, rng: random.Random, filler: str) -> Iterator[dict[str, Any]]:
    if one.id % 3 != 1:
        return
    waits, returned = one.id % 11 == 1, one.id % 17 == 1
    at = datetime(today().year, 1, rng.randrange(6, 28), 3, tzinfo=UTC)
    if waits or returned:
        at = now() - timedelta(days=rng.randrange(2, 12))
    state = FormState.IN_FORCE
    if waits:
        state = FormState.HANDED_IN
    elif returned:
        state = FormState.RETURNED
    name = "".join(person_name(rng))
    yield {
        **_row(one, Annex.PERSON, at, filler),
        "state": state,
        "open_for": None if state is FormState.IN_FORCE else f"{one.id}/{Annex.PERSON}/1",
        "in_force_at": at + timedelta(days=3) if state is FormState.IN_FORCE else None,
        "reason": WHY if state is FormState.RETURNED else "",
        "person": name,
        "fields": {
            "enterprise_name": one.name,
            "postcode": "014000",
            "mail_address": ADDRESS,
            "name": name,
            "professional_title": rng.choice(("工程师", "高级工程师")),
            "gender": rng.choice(("male", "female")),
            "birth_year": str(rng.randrange(1970, 1998)),
            "position": "能源管理负责人",
            "major": rng.choice(("热能与动力工程", "电气工程", "化学工程与工艺")),
            "office_phone": "",
            "mobile": mobile(rng),
            "fax": "",
            "email": f"energy_{one.number}@example.invalid",
            "supervisor_name": "".join(person_name(rng)),
            "supervisor_phone": mobile(rng),
            "duties": DUTIES,
            "head_opinion": "同意聘任，报请备案。",
        },
    }


def _charts(one: Made, people: Mapping[str, tuple[int, str]]) -> Iterator[dict[str, Any]]:
    """Annexes 3 and 4 of every second enterprise; one of its meters is soon to be verified."""
    saved = {
        "enterprise_id": one.id,
        "place": one.place,
        "saved_by": people[f"filler_{one.number}"][1],
        "saved_at": now() - timedelta(days=30),
        "version": 1,
    }
    boxes = [
        dict(zip(BOX, line.split("|"), strict=True))
        for line in (
            f"1||节能领导小组|leader_group|{one.head}|总经理|{one.phone}",
            f"2|1|能源管理部|department|{one.contact}|部长|{one.phone}",
            "3|2|能源统计岗|post|||",
            "4|2|能源计量岗|post|||",
            "5|1|一车间|workshop|||",
            "6|5|节能班组|team|||",
        )
    ]
    yield {**saved, "kind": ChartKind.ORGANISATION, "rows": boxes, "next_due_on": None}
    verified = today() - timedelta(days=350 if one.id % 5 == 1 else 120)
    meters = [_meter(line, verified if n % 2 else today()) for n, line in enumerate(METERS)]
    due = [day for row in meters if (day := next_verified_on(row))]
    yield {**saved, "kind": ChartKind.METERS, "rows": meters, "next_due_on": min(due)}


BOX = "node parent title role person position phone".split()
METERS = (
    "E-01||进线总电能表|33|1|全厂用电",
    "E-11|E-01|一车间电能表|33|2|一车间",
    "E-12|E-01|动力车间电能表|33|2|动力车间",
    "E-111|E-11|1# 电机电能表|33|3|1# 主电机",
    "C-01||进厂煤汽车衡|01|1|原煤",
    "C-11|C-01|锅炉皮带秤|01|2|1# 锅炉",
)


def _meter(line: str, verified: date) -> dict[str, str]:
    number, parent, name, code, level, measured = line.split("|")
    return {
        "meter_no": number,
        "parent": parent,
        "name": name,
        "energy_code": code,
        "level": level,
        "measured_object": measured,
        "model": "DTZ341" if code == "33" else "SCS-100",
        "accuracy_class": "0.5S" if code == "33" else "0.5",
        "range": "",
        "maker": "",
        "serial_no": f"2019{number[-2:]}",
        "location": "",
        "state": "qualified",
        "last_verified_on": verified.isoformat(),
        "verification_months": "12",
    }


def _row(one: Made, annex: Annex, at: datetime, filler: str) -> dict[str, Any]:
    return {
        "enterprise_id": one.id,
        "place": one.place,
        "annex": annex,
        "line": 1,
        "number": 1,
        "person": "",
        "created_at": at - timedelta(days=1),
        "handed_in_at": at,
        "written_by": filler,
    }
