"""Lists as people use them: quarter, columns, several rows at once, and as a workbook."""

import re
from io import BytesIO

import pytest
from flask_appbuilder.security.sqla.models import User
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import export
from app.core.db import db
from app.enterprises.models import Enterprise
from app.review.workflow import Action
from tests.world import PEOPLE, QUARTER

BOXES = re.compile(r'type="checkbox" form="bulk" name="id" value="(\d+)"')


TAG = re.compile(r"<[^>]+>")


def heads(page):
    table = page.partition("<thead>")[2].partition("</thead>")[0]
    return [TAG.sub("", head) for head in re.findall(r"<th [^>]*>(.*?)</th>", table, re.DOTALL)]


def setting(world, name, **settings):
    data = {key.replace("__", ":"): value for key, value in settings.items()}
    assert world.client(name).post("/account/preferences/", data=data).status_code == 302


def lines(answer):
    assert answer.status_code == 200, answer.text
    page = load_workbook(BytesIO(answer.data)).active
    return [list(row) for row in page.iter_rows(values_only=True)]


def number_of(world, name):
    with world.seen_from():
        return db.session.scalar(select(User.id).where(User.username == name))


def active(world, *names):
    with world.seen_from():
        query = select(User.active).where(User.username.in_(names))
        return set(db.session.scalars(query))


# columns, size, density


def test_a_person_chooses_the_columns_and_their_order_stays(world):
    client = world.client("league")
    before = heads(client.get("/enterprises/list/").text)
    assert before[0] == "Enterprise"
    assert "Address" not in before
    data = {"columns:EnterpriseView": "", "column": ["registry_number", "industry"]}
    client.post("/account/preferences/", data=data)
    assert heads(client.get("/enterprises/list/").text) == [
        "Enterprise",
        "Industry",
        "Registry number",
    ]
    assert heads(world.client("region").get("/enterprises/list/").text) == before
    client.post("/account/preferences/", data={"columns:EnterpriseView": ""})
    assert heads(client.get("/enterprises/list/").text) == before


def test_columns_that_are_none_are_not_shown(world):
    client = world.client("league")
    before = heads(client.get("/enterprises/list/").text)
    client.post(
        "/account/preferences/", data={"columns:EnterpriseView": "", "column": ["password"]}
    )
    assert heads(client.get("/enterprises/list/").text) == before


def test_size_and_density_are_remembered(world):
    setting(world, "league", size="50", density="compact")
    page = world.client("league").get("/filings/list/").text
    assert 'name="size" value="50" checked' in page
    world.filled("confirmer")
    assert 'class="scroll listing dense"' in world.client("league").get("/filings/list/").text


# the quarter of the top bar


def test_the_quarter_of_the_top_bar_holds_until_another_is_asked_for(world):
    world.filled("confirmer")
    there = f"{QUARTER}</td>"
    setting(world, "league", period="2025Q4")
    client = world.client("league")
    page = client.get("/filings/list/").text
    assert there not in page
    assert "<b>2025Q4</b>" in page  # said as a filter that can be taken away
    assert 'href="/filings/list/?period=all"' in page
    assert there in client.get("/filings/list/?period=all").text
    assert there in client.get(f"/filings/list/?period={QUARTER}").text


def test_programs_get_all_quarters_whatever_the_top_bar_says(world):
    world.filled("confirmer")
    setting(world, "league", period="2025Q4")
    answer = world.app.test_client().get("/api/v1/filings/", headers=world.token("league"))
    assert answer.json["count"] == 1


# days


@pytest.mark.parametrize(("asked", "found"), [("2020-01-01", True), ("2099-01-01", False)])
def test_a_list_is_narrowed_by_days(world, asked, found):
    world.act("confirmer", Action.SUBMIT, world.filled("confirmer"))
    page = world.client("league").get(f"/reviews/list/?since_from={asked}").text
    assert ("Here 2026Q1</a>" in page) is found
    page = world.client("league").get(f"/reviews/list/?since_to={asked}").text
    assert ("Here 2026Q1</a>" in page) is not found


@pytest.mark.parametrize("asked", ["yesterday", "2026-13-01", "9999-12-31", "<b>"])
def test_a_day_that_is_none_is_refused_in_words(world, asked):
    answer = world.client("league").get("/reviews/list/", query_string={"since_to": asked})
    assert answer.status_code == 422
    assert "is not a day" in answer.text
    assert "<b>”" not in answer.text


# suggestions


def test_enterprises_are_suggested_from_ones_own_area_only(world):
    client = world.client("league")
    found = client.get("/enterprises/choices?q=here").json
    assert [one["label"].split()[-1] for one in found] == ["Here"]
    assert found[0]["county"] == PEOPLE["county"][1]
    assert client.get("/enterprises/choices?q=There").json == []
    assert len(world.client("region").get("/enterprises/choices").json) == 4


def test_the_one_chosen_is_called_by_its_name(world):
    with world.seen_from():
        here, there = (world.enterprise(name).id for name in ("Here", "There"))
    client = world.client("league")
    assert "<b>Here</b>" in client.get(f"/filings/list/?enterprise_id={here}").text
    assert f"<b>{there}</b>" in client.get(f"/filings/list/?enterprise_id={there}").text


# several rows at once


def test_several_people_are_kept_out_and_let_in_again(world):
    ids = [number_of(world, name) for name in ("county", "staff")]
    client = world.client("league")
    assert {str(one) for one in ids} <= set(BOXES.findall(client.get("/people/list/").text))
    for action, is_active in (("keep_out", False), ("keep_out", False), ("let_in", True)):
        data = {"action": action, "id": ids, "back": "/people/list/?page=1"}
        answer = client.post("/people/bulk", data=data)
        assert (answer.status_code, answer.location) == (302, "/people/list/?page=1")
        assert active(world, "county", "staff") == {is_active}


@pytest.mark.parametrize("stranger", ["other_league", "region", "super"])
def test_one_who_is_not_ones_own_stops_all(world, stranger):
    ids = [number_of(world, "county"), number_of(world, stranger)]
    answer = world.client("league").post("/people/bulk", data={"action": "keep_out", "id": ids})
    assert answer.status_code in (403, 404)
    assert active(world, "county", stranger) == {True}


@pytest.mark.parametrize(
    ("who", "data", "status"),
    [
        ("league", {"action": "keep_out"}, 422),
        ("league", {"action": "nothing", "id": ["1"]}, 404),
        ("league", {"action": "keep_out", "id": ["x"]}, 404),
        ("league", {"action": "keep_out", "id": [str(n) for n in range(1, 102)]}, 422),
        ("region", {"action": "keep_out", "id": ["1"]}, 403),
        ("county", {"action": "keep_out", "id": ["1"]}, 403),
    ],
)
def test_what_cannot_be_done_to_several_is_refused(world, who, data, status):
    assert world.client(who).post("/people/bulk", data=data).status_code == status
    assert active(world, *PEOPLE) == {True}


def test_the_last_super_administrator_cannot_be_kept_out_with_others(world):
    ids = [number_of(world, name) for name in ("county", "super")]
    answer = world.client("super").post("/people/bulk", data={"action": "keep_out", "id": ids})
    assert answer.status_code == 409
    assert active(world, "county", "super") == {True}


# as a workbook


def test_a_workbook_has_all_rows_that_the_filters_leave(world):
    client = world.client("region")
    found = lines(client.get("/enterprises/list.xlsx"))
    assert found[0][:2] == ["Enterprise", "Credit code"]
    assert sorted(row[0] for row in found[1:]) == ["Here", "Large", "Next", "There"]
    assert [row[0] for row in lines(client.get("/enterprises/list.xlsx?q=next"))[1:]] == ["Next"]
    names = [row[0] for row in lines(client.get("/enterprises/list.xlsx?sort=-name"))[1:]]
    assert names == ["There", "Next", "Large", "Here"]


def test_a_workbook_has_the_chosen_columns_and_numbers_as_numbers(world):
    world.filled("confirmer")
    data = {"columns:FilingView": "", "column": ["version", "state"]}
    client = world.client("league")
    client.post("/account/preferences/", data=data)
    found = lines(client.get("/filings/list.xlsx"))
    assert found == [["Enterprise", "State", "Version"], ["Here", "Being filled in", 1]]


def test_a_text_that_looks_like_a_formula_stays_text(world):
    with world.seen_from():
        world.enterprise("Here").name = '=HYPERLINK("http://evil")'
        db.session.commit()
    answer = world.client("league").get("/enterprises/list.xlsx?sort=name")
    cell = load_workbook(BytesIO(answer.data)).active["A2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://evil")', "s")


def test_too_many_rows_are_refused_in_words(world, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 3)
    answer = world.client("region").get("/enterprises/list.xlsx")
    assert answer.status_code == 422
    assert "narrow the filters" in answer.text


def test_taking_a_list_away_stands_in_the_journal(world):
    world.client("league").get("/enterprises/list.xlsx?q=here")
    with world.seen_from():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "enterprise:export")
        ).one()
        assert entry.facts == '{"filters":{"q":"here"},"rows":1}'
        assert entry.place == PEOPLE["league"][1]


@pytest.mark.parametrize("who", ["filler", "staff"])
def test_who_may_not_export_gets_nothing(world, who):
    assert world.client(who).get("/enterprises/list.xlsx").status_code == 403
    assert "list.xlsx" not in world.client(who).get("/enterprises/list/").text


def test_a_page_of_a_list_is_light(world):
    with world.seen_from():
        rows = [
            Enterprise(
                **{
                    **{
                        name: getattr(world.enterprise("Here"), name)
                        for name in ("industry_code", "enterprise_class")
                    },
                    "name": f"内蒙古准格尔旗某某煤化工能源集团有限责任公司{number:03d}",
                    "credit_code": f"91150200MA0{number:05d}XY",
                    "registry_number": f"T{number:05d}",
                    "search": f"名{number}",
                    "place": f"{PEOPLE['county'][1]}T{number:05d}/",
                    "contact_name": "张海燕",
                }
            )
            for number in range(100, 200)
        ]
        db.session.add_all(rows)
        db.session.commit()
    page = world.client("region").get("/enterprises/list/").text
    assert page.count("<tr>") == 26
    assert len(page.encode()) <= 38 * 1024
