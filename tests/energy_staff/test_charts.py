"""Annexes 3 and 4: a table that is a tree, what is wrong in it, and the picture drawn from it."""

from datetime import date
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image
from sqlalchemy import select

from app.core.db import db
from app.energy_staff.chart_layout import laid_out
from app.energy_staff.chart_rows import (
    ChartKind,
    flaws,
    left_to_say,
    next_verified_on,
    tidied,
)
from app.energy_staff.models import EnergyChart

TODAY = date(2026, 11, 28)
BOX = "node parent title role person position phone".split()
BOXES = ["1||节能领导小组|leader_group|王五|总经理|13904720001", "2|1|<能源>管理部|department|||"]
BOXES += ["3|2|能源统计岗|post|||"]
METER = "meter_no parent name energy_code level state last_verified_on verification_months".split()
METERS = [
    "E1||总表|33|1|qualified|2026-01-31|12",
    "E2|E1|一车间|33|2|qualified|2025-12-10|12",
    "C1||汽车衡|01|1|out_of_use||",
]
PLACES = {
    ChartKind.ORGANISATION: ("organisation-chart", BOX, BOXES),
    ChartKind.METERS: ("meter-network", METER, METERS),
}


def table(kind, lines=None):
    _place, names, usual = PLACES[kind]
    rows = [dict(zip(names, line.split("|"), strict=True)) for line in lines or usual]
    return tidied(kind, rows)


def wrong(kind, lines):
    return {one.where for one in flaws(kind, table(kind, lines), TODAY)}


@pytest.fixture
def words(app):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("kind", "lines", "places"),
    [
        (ChartKind.ORGANISATION, BOXES, ""),
        (ChartKind.ORGANISATION, [*BOXES, "4||第二个|team|||"], "4/parent"),
        (ChartKind.ORGANISATION, ["1|2|a|team|||", "2|1|b|team|||"], "1/parent 2/parent"),
        (ChartKind.ORGANISATION, [*BOXES, "3|9||chief|||"], "4/title 4/role 4/node 4/parent"),
        (ChartKind.METERS, METERS, ""),
        (ChartKind.METERS, [*METERS, "E3|E1|表|01|2|qualified||"], "4/energy_code"),
        (ChartKind.METERS, [*METERS, "E3|E2|表|33|1|qualified||"], "4/level"),
        (ChartKind.METERS, ["E1||表|33|4|good||"], "1/level 1/state"),
        (
            ChartKind.METERS,
            ["E1||表|33|1|qualified|2026-11-29|0"],
            "1/last_verified_on 1/verification_months",
        ),
        (ChartKind.METERS, ["E1|E1|表|33|1|qualified||"], "1/parent"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(words, kind, lines, places):
    assert wrong(kind, lines) == set(places.split())


@pytest.mark.parametrize(
    ("last", "months", "due"),
    [
        ("2026-01-31", "1", date(2026, 2, 28)),
        ("2024-02-29", "12", date(2025, 2, 28)),
        ("2024-02-29", "48", date(2028, 2, 29)),
        ("2025-12-10", "12", date(2026, 12, 10)),
        ("", "12", None),
        ("2025-12-10", "", None),
    ],
)
def test_the_next_verification_is_reckoned_over_years_and_short_months(last, months, due):
    assert next_verified_on({"last_verified_on": last, "verification_months": months}) == due


def test_what_is_left_to_do_is_told_thirty_days_before(words):
    rows = table(ChartKind.METERS)
    assert left_to_say(ChartKind.METERS, rows, date(2026, 11, 9)) == []
    assert left_to_say(ChartKind.METERS, rows, date(2026, 11, 10)) == [
        "一车间: to be verified by 2026-12-10."
    ]
    assert "ran out" in left_to_say(ChartKind.METERS, rows, date(2026, 12, 11))[0]
    assert left_to_say(ChartKind.ORGANISATION, table(ChartKind.ORGANISATION), TODAY) == []
    alone = table(ChartKind.ORGANISATION, ["1||小组|leader_group|||"])
    assert len(left_to_say(ChartKind.ORGANISATION, alone, TODAY)) == 3


def test_boxes_stand_apart_and_each_link_leads_to_the_right():
    drawing = laid_out(ChartKind.METERS, table(ChartKind.METERS))
    places = {(box.x, box.y) for box in drawing.boxes}
    assert len(places) == len(drawing.boxes) == 3
    assert [(a.level, b.level) for a, b in drawing.links] == [(0, 1)]


def fill(world, kind, who="confirmer", version=0, lines=None):
    place, names, usual = PLACES[kind]
    sent = {"version": version}
    for number, line in enumerate(lines or usual, 1):
        sent |= {f"{number}/{n}": v for n, v in zip(names, line.split("|"), strict=True)}
    return world.client(who).post(f"/{place}/1/fill", data=sent)


def saved(world):
    with world.seen_from():
        return [
            (one.kind, len(one.rows), one.version)
            for one in db.session.scalars(select(EnergyChart))
        ]


@pytest.mark.parametrize("kind", ChartKind)
def test_a_table_is_saved_shown_and_taken_away_as_a_picture(world, kind):
    place, _names, lines = PLACES[kind]
    assert fill(world, kind).status_code == 302
    assert saved(world) == [(kind, 3, 1)]
    assert fill(world, kind, version=0).status_code == 409  # a second click, or a colleague
    assert fill(world, kind, "league").status_code == 403
    bad = fill(world, kind, version=1, lines=[*lines, lines[0]])
    assert bad.status_code == 422
    assert "Another row has this already." in bad.text
    assert saved(world) == [(kind, 3, 1)]
    page = world.client("league").get(f"/{place}/1").text
    assert "<svg" in page
    assert "<能源>" not in page  # escaped
    assert 'style="' not in page
    svg = world.client("observer").get(f"/{place}/1/picture.svg", buffered=True)
    assert "attachment" in svg.headers["Content-Disposition"]
    ElementTree.fromstring(svg.data)  # noqa: S314  ours
    png = world.client("observer").get(f"/{place}/1/picture.png", buffered=True)
    assert Image.open(BytesIO(png.data)).size[0] > 200
    for part in ("", "/fill", "/picture.svg", "/picture.png"):
        assert world.client("other_league").get(f"/{place}/1{part}").status_code in (403, 404)


def test_telephones_are_left_out_for_who_is_not_in_the_chain(world):
    fill(world, ChartKind.ORGANISATION)
    address = "/organisation-chart/1"
    assert "13904720001" in world.client("league").get(address).text
    for who in ("observer", "staff", "super"):
        page = world.client(who).get(address).text
        assert "王五" in page
        assert "13904720001" not in page
