"""The same story through the API: same operations, same scope, same errors."""

import pytest

from app.core.db import db
from app.core.unit import unit_of_work
from app.filings.sheets import SHEETS
from app.regions.models import Region
from app.review.workflow import Route, State
from tests.flows.test_quarterly_filing import REASON, STORIES
from tests.samples import EXAMPLE, SHEET_ROWS
from tests.world import LEAGUE

API = "/api/v1/filings/"


class Program:
    """Somebody's program, with a token."""

    def __init__(self, world, name):
        self.client, self.headers = world.app.test_client(), world.token(name)

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def post(self, path, **data):
        return self.client.post(path, json=data, headers=self.headers)

    def put(self, path, **data):
        return self.client.put(path, json=data, headers=self.headers)


def enterprise_of(program):
    [one] = program.get("/api/v1/enterprises/").json["result"]
    return one["id"]


def opened(world, name):
    program = Program(world, name)
    made = program.post(
        API, enterprise_id=enterprise_of(program), report_year=2026, report_quarter=1
    )
    assert made.status_code == 201, made.json
    for key, rows in SHEET_ROWS.items():
        saved = program.put(f"{API}{made.json['id']}/sheets/{key}", rows=rows)
        assert saved.status_code == 200, saved.json
    return program, made.json["id"]


@pytest.mark.parametrize("route", Route)
def test_a_filing_climbs_its_route_through_the_api(world, route):
    confirmer, county_reviews, approvers, after_rollback = STORIES[route]
    with world.seen_from(), unit_of_work():
        db.session.get(Region, LEAGUE).county_review = county_reviews
    program, filing = opened(world, confirmer)
    address = f"{API}{filing}/"
    world.ready(confirmer, filing)
    submitted = program.post(address + "submit")
    assert submitted.json["result"]["status"] == "submitted"
    assert submitted.json["result"]["route"] == route.value
    assert program.post(address + "submit").status_code == 409
    for approver in approvers:
        assert Program(world, approver).post(address + "approve").status_code == 200
    final = program.get(f"{API}{filing}").json["result"]
    assert final["status"] == (State.REGION_FINAL if route.is_large else State.LEAGUE_FINAL)
    above = Program(world, "super")
    assert above.post(address + "rollback").status_code == 422
    assert above.post(address + "rollback", reason="asked for").json["result"]["status"] == (
        after_rollback
    )
    assert above.post(address + "rollback", reason="again").status_code == 409
    last = Program(world, approvers[-1])
    short = last.post(address + "return", reason="short")
    assert (short.status_code, short.json["details"][0]["where"]) == (422, "reason")
    assert last.post(address + "return", reason=REASON).json["result"]["version_no"] == 2
    history = program.get(address + "history").json
    assert [step["action"] for step in history["decisions"]] == [
        "submit",
        *["approve"] * len(approvers),
        "rollback",
        "return",
    ]
    assert {step["data_hash"] for step in history["decisions"]} == {
        history["versions"][0]["data_hash"]
    }


def test_figures_come_back_exact_and_as_text(world):
    program, filing = opened(world, "confirmer")
    [profile] = program.get(f"{API}{filing}/sheets/S1").json["rows"]
    expected = EXAMPLE["expected"]
    assert profile["comprehensive_energy_calorific"] == str(
        expected["comprehensive_energy_calorific"]
    )
    assert profile["comprehensive_energy_primary"] == str(expected["comprehensive_energy_primary"])


def test_derived_columns_are_not_taken_from_outside(world):
    program, filing = opened(world, "confirmer")
    rows = [{**SHEET_ROWS["S1"][0], "comprehensive_energy_calorific": 1}]
    refused = program.put(f"{API}{filing}/sheets/S1", rows=rows)
    assert refused.status_code == 422
    assert refused.json["details"][0]["where"] == "S1/comprehensive_energy_calorific"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"enterprise_id": "1", "report_year": 2026, "report_quarter": 1}, 422),
        ({"enterprise_id": 10**30, "report_year": 2026, "report_quarter": 1}, 404),
        ({"enterprise_id": 1, "report_year": 2026, "report_quarter": 5}, 404),
        ({"enterprise_id": 1, "report_year": 1999, "report_quarter": 1}, 404),
        ({"enterprise_id": True, "report_year": 2026, "report_quarter": 1}, 422),
        ({"enterprise_id": 4, "report_year": 2026, "report_quarter": 1}, 404),  # a neighbour
    ],
)
def test_a_wrong_request_to_open_is_told_so(world, body, status):
    program = Program(world, "confirmer")
    answer = program.post(API, **body)
    assert answer.status_code == status, answer.json
    assert answer.json["message"]
    assert program.get(API).json["count"] == 0


def test_a_neighbours_filing_is_not_found_by_any_call(world):
    _program, filing = opened(world, "confirmer")
    for name in ("other_league", "other_confirmer", "other_county", "next_confirmer"):
        stranger = Program(world, name)
        assert stranger.get(API).json["count"] == 0
        assert stranger.get(f"{API}{filing}").status_code == 404
        for part in ("sheets/S2", "history"):
            assert stranger.get(f"{API}{filing}/{part}").status_code == 404
        assert stranger.post(f"{API}{filing}/submit").status_code in (403, 404)
        assert stranger.put(f"{API}{filing}/sheets/S2", rows=[]).status_code in (403, 404)


@pytest.mark.parametrize(
    ("sheet", "cells"),
    [
        ("F0", {"unit_head": "a\x00b"}),
        ("S1", {"employees": "1e999999999"}),
        ("S1", {"employees": "-1e-999999999"}),
        ("S1", {"employees": 10**400}),
        ("F0", {"prepared_on": "2026-07-15 and more"}),
    ],
)
def test_strange_cells_are_addressed_and_never_break_anything(world, sheet, cells):
    program, filing = opened(world, "confirmer")
    before = program.get(f"{API}{filing}/sheets/{sheet}").json["rows"]
    refused = program.put(f"{API}{filing}/sheets/{sheet}", rows=[{**SHEET_ROWS[sheet][0], **cells}])
    assert refused.status_code == 422
    assert refused.json["details"][0]["where"] == f"{sheet}/{next(iter(cells))}"
    assert program.get(f"{API}{filing}/sheets/{sheet}").json["rows"] == before


def test_half_a_character_is_no_text(world):
    program, filing = opened(world, "confirmer")
    for sheet, cell in (("F0", "unit_head"), ("S1", "employees")):
        raw = f'{{"rows": [{{"{cell}": "\\ud800"}}]}}'.encode()
        address = f"{API}{filing}/sheets/{sheet}"
        answer = program.client.put(address, data=raw, headers=program.headers)
        assert answer.status_code == 422
        assert answer.json["message"]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 1),
        ({"status": "draft", "report_year": 2026, "report_quarter": 1, "period": "2026Q1"}, 1),
        ({"status": "submitted"}, 0),
        ({"report_year": 2025}, 0),
        ({"enterprise_id": "x"}, 0),
        ({"q": "here"}, 1),
        ({"level": "ge_500k"}, 0),
        ({"page": "99", "size": "100000"}, 1),
    ],
)
def test_lists_are_filtered(world, asked, count):
    program, _filing = opened(world, "confirmer")
    answer = program.client.get(API, query_string=asked, headers=program.headers)
    assert (answer.status_code, answer.json["count"]) == (200, count)


def test_without_a_token_nothing_is_told(world):
    client = world.app.test_client()
    for path in (API, f"{API}1", "/api/v1/enterprises/", "/api/v1/enterprises/1"):
        assert client.get(path).status_code == 401
    broken = client.get(API, headers={"Authorization": "Bearer not.a.token"})
    assert (broken.status_code, bool(broken.json["message"])) == (401, True)


def test_a_cookie_is_no_token(world):
    assert world.client("league").get(API).status_code == 401


def test_the_document_describes_every_call(world):
    paths = Program(world, "observer").get("/api/v1/_openapi").json["paths"]
    ours = {path: set(calls) for path, calls in paths.items() if "/filings/" in path}
    assert ours["/api/v1/filings/"] == {"get", "post"}
    assert ours["/api/v1/filings/{pk}/sheets/{key}"] == {"get", "put"}
    sheets = {
        call: next(p for p in told["parameters"] if p["name"] == "key")["schema"]["enum"]
        for call, told in paths["/api/v1/filings/{pk}/sheets/{key}"].items()
    }
    assert sheets["get"] == list(SHEETS)
    assert sheets["put"] == [key for key, kind in SHEETS.items() if kind.sheet.made is None]
    assert any("history" in path for path in ours)
    assert any("action" in path for path in ours)
