"""The registry by Excel: looked through first, errors by cell, all or nothing, once."""

import re
from io import BytesIO
from time import monotonic

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.credit_code import check_character
from app.core.db import db
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.names import name_key
from app.enterprises.xlsx import COLUMNS, FIRST_ROW, MOST_ROWS
from tests.world import COUNTY, NEXT_COUNTY, OTHER_COUNTY

AT = {name: number for number, name in enumerate(COLUMNS, start=1)}
PAGE = "/enterprise-import/"


def code(number):
    body = f"91150221MA1{number:05d}X"
    return body + check_character(body)


def fetch(world, who="league", everything=False):
    answer = world.client(who).get(PAGE + "template.xlsx" + ("?all=1" if everything else ""))
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.data))


def put(book, row=FIRST_ROW, **cells):
    page = book["enterprises"]
    for name, value in cells.items():
        page.cell(row, AT[name]).value = value
    return row


def new(number=1, **more):
    return {
        "credit_code": code(number),
        "name": f"内蒙古第{number}号晨曦化工有限公司",
        "county": "150221",
        "industry_code": "26",
        **more,
    }


def send(world, book, who="league", client=None):
    book.save(file := BytesIO())
    file.seek(0)
    client = client or world.client(who)
    return client.post(PAGE, data={"file": (file, "enterprises.xlsx")})


def token(answer):
    found = re.search(r'name="token" value="([^"]+)"', answer.text)
    return found[1] if found else ""


def take(world, book, who="league", **more):
    client = world.client(who)
    looked = send(world, book, client=client)
    assert looked.status_code == 200, re.findall(r"<li><code>.*", looked.text)
    return client.post(PAGE + "take", data={"token": token(looked), **more})


def everyone(world):
    with world.seen_from():
        rows = db.session.scalars(select(Enterprise).order_by(Enterprise.id))
        return [(r.registry_number, r.name, r.place, r.version) for r in rows]


def problem(answer, cell):
    [line] = [one for one in answer.text.splitlines() for one in one.split("<li>") if cell in one]
    return line


def test_looking_writes_nothing_and_taking_enters_everything_once(world):
    before = everyone(world)
    book = fetch(world)
    put(book, **new(1, address="创业路 1 号", enterprise_class="Ten-thousand class"))
    put(book, FIRST_ROW + 1, **new(2, county="150222 包头市 固阳县"))
    client = world.client("league")
    looked = send(world, book, client=client)
    assert looked.status_code == 200
    assert "内蒙古第1号晨曦化工有限公司" in looked.text
    assert everyone(world) == before
    for _time in range(2):
        answer = client.post(PAGE + "take", data={"token": token(looked)})
        assert answer.status_code == 302
    made = everyone(world)[4:]
    assert [(number, place) for number, _name, place, _v in made] == [
        ("000005", COUNTY + "000005/"),
        ("000006", NEXT_COUNTY + "000006/"),
    ]
    with world.seen_from():
        first = world.enterprise("内蒙古第1号晨曦化工有限公司")
        assert (first.address, first.enterprise_class) == (
            "创业路 1 号",
            EnterpriseClass.TEN_THOUSAND,
        )
        told = select(func.count(AuditEntry.id)).where(AuditEntry.tag == "enterprise:register")
        assert db.session.scalar(told) == 6


def test_a_workbook_fetched_filled_changes_what_was_changed_in_it(world):
    book = fetch(world, everything=True)
    page = book["enterprises"]
    names = [page.cell(row, AT["name"]).value for row in range(FIRST_ROW, FIRST_ROW + 4)]
    assert names == ["Here", "Large", "Next", None]
    put(book, contact_name="孙丽")
    client = world.client("league")
    looked = send(world, book, client=client)
    assert "孙丽" in looked.text
    for _time in range(2):
        answer = client.post(PAGE + "take", data={"token": token(looked)})
        assert answer.status_code == 302
    with world.seen_from():
        here = world.enterprise()
        assert (here.contact_name, here.version) == ("孙丽", 2)
        query = select(AuditEntry).where(AuditEntry.tag == "enterprise:change")
        [entry] = db.session.scalars(query)
        assert '"contact_name":["","孙丽"]' in entry.facts


def test_all_wrong_cells_are_told_at_once_with_what_was_found_and_is_allowed(world):
    before = everyone(world)
    book = fetch(world)
    with world.seen_from():
        here, there = world.enterprise().credit_code, world.enterprise("There").credit_code
    put(book, 4, **new(1, credit_code="12345"))
    put(book, 5, **new(2, county=OTHER_COUNTY.split("/")[2]))
    put(book, 6, **new(3, industry_code="99", enterprise_class="huge"))
    put(book, 7, **new(4, name="", address="x" * 201))
    put(book, 8, **new(5, credit_code=here))
    put(book, 9, **new(6, credit_code=there))
    put(book, 10, **new(7, enterprise_class="hundred"))
    put(book, 11, **new(8, registry_number="999999"))
    put(book, 12, **new(7))
    put(book, 13, **new(9, name="=1+1"))
    answer = send(world, book)
    assert answer.status_code == 422
    for cell, text in {
        "C4": "“12345” is no credit code: 18 characters",
        "F5": "“150302” is no county of your area.",
        "G6": "“99” is no industry; choose one of the list.",
        "H6": "“huge” is no class; allowed: Hundred class, Thousand class, Ten-thousand class",
        "D7": "A value is needed here.",
        "I7": "201 characters; at most 200 are allowed.",
        "C8": "This code is registered as 000001 Here;",
        "C9": "This code is registered in another area.",
        "H10": "Only the region sets the hundred and the thousand class.",
        "A11": "There is no such enterprise in your area.",
        "C12": "The same stands in row 10.",
    }.items():
        assert text in problem(answer, f"<code>enterprises!{cell}</code>"), cell
    assert "<code>enterprises!D13</code> Formulas are not taken" in answer.text
    assert "There" not in answer.text.replace("There is no", "")
    assert token(answer) == ""
    assert everyone(world) == before


@pytest.mark.parametrize(
    ("cells", "cell", "told"),
    [
        ({"county": "150222"}, "F4", "An enterprise moves to another county on its own page."),
        ({"enterprise_class": "unlisted"}, "H4", "The class is set on the page"),
        ({"version": "7", "address": "x"}, "A4", "changed after the workbook was fetched"),
    ],
)
def test_what_has_its_own_page_is_not_changed_by_workbook(world, cells, cell, told):
    before = everyone(world)
    book = fetch(world, everything=True)
    put(book, **cells)
    answer = send(world, book)
    assert answer.status_code == 422
    assert told in problem(answer, f"<code>enterprises!{cell}</code>")
    assert everyone(world) == before


@pytest.mark.parametrize(
    "name",
    [
        "晨曦化工有限公司",
        "内蒙古　晨曦化工（集团）有限责任公司",
        "内蒙古自治区晨曦化工股份有限公司",
    ],
)
def test_a_name_that_resembles_another_warns_and_must_be_confirmed(world, name):
    book = fetch(world)
    put(book, **new(1, name="内蒙古晨曦化工有限公司"))
    assert take(world, book).status_code == 302
    before = everyone(world)
    book = fetch(world)
    put(book, **new(2, name=name))
    looked = send(world, book)
    assert looked.status_code == 200
    assert "resembles 000005 内蒙古晨曦化工有限公司" in looked.text
    assert take(world, book).status_code == 422
    assert everyone(world) == before
    assert take(world, book, another="on").status_code == 302
    assert len(everyone(world)) == len(before) + 1


def test_two_rows_that_resemble_each_other_warn_too(world):
    book = fetch(world)
    put(book, **new(1, name="晨曦化工有限公司"))
    put(book, 5, **new(2, name="晨曦化工（集团）有限公司"))
    assert "resembles row 4 of this workbook" in send(world, book).text


def test_names_of_other_leagues_are_not_told(world):
    book = fetch(world, "other_league")
    put(book, **new(1, county="150302", name="内蒙古晨曦化工有限公司"))
    assert take(world, book, "other_league").status_code == 302
    book = fetch(world)
    put(book, **new(2, name="晨曦化工有限公司"))
    assert "resembles" not in send(world, book).text


def test_a_form_asks_whether_it_is_another_and_loses_nothing(world):
    data = {**new(1), "county": COUNTY, "enterprise_class": "unlisted"}
    client = world.client("league")
    assert 'name="another"' not in client.get("/enterprises/add").text
    assert client.post("/enterprises/add", data=data).status_code == 302
    before = everyone(world)
    again = {**data, "credit_code": code(2), "name": "第1号晨曦化工有限责任公司", "address": "某路"}
    answer = client.post("/enterprises/add", data=again)
    assert answer.status_code == 422
    assert "The name resembles 000005 内蒙古第1号晨曦化工有限公司" in answer.text
    assert "第1号晨曦化工有限责任公司" in answer.text
    assert "某路" in answer.text
    assert 'name="another"' in answer.text
    assert everyone(world) == before
    assert client.post("/enterprises/add", data={**again, "another": "y"}).status_code == 302
    assert len(everyone(world)) == len(before) + 1


def test_a_change_of_name_is_compared_and_one_of_the_address_is_not(world):
    data = {**new(1), "county": COUNTY, "enterprise_class": "unlisted"}
    client = world.client("league")
    assert client.post("/enterprises/add", data=data).status_code == 302
    with world.seen_from():
        here = world.enterprise()
        change = {
            "name": "第1号晨曦化工公司",
            "credit_code": here.credit_code,
            "industry_code": "26",
            "version": here.version,
        }
        pk = here.id
    assert client.post(f"/enterprises/edit/{pk}", data=change).status_code == 422
    with world.seen_from():
        assert db.session.get(Enterprise, pk).name == "Here"
    change = {**change, "name": "Here", "address": "x"}
    assert client.post(f"/enterprises/edit/{pk}", data=change).status_code == 302


@pytest.mark.parametrize("who", ["county", "staff", "observer", "confirmer", "filler"])
def test_others_import_nothing(world, who):
    book = fetch(world)
    put(book, **new())
    before = everyone(world)
    assert send(world, book, who).status_code == 403
    assert world.client(who).get(PAGE).status_code == 403
    assert world.client(who).get(PAGE + "template.xlsx?all=1").status_code == 403
    assert world.client(who).post(PAGE + "take", data={"token": "x"}).status_code == 403
    assert everyone(world) == before


def test_nobody_takes_over_the_workbook_of_another(world):
    before = everyone(world)
    book = fetch(world)
    put(book, **new())
    found = token(send(world, book))
    for stolen in (found, "", "x.y.z"):
        answer = world.client("other_league").post(PAGE + "take", data={"token": stolen})
        assert answer.status_code == 422
    assert everyone(world) == before


def test_other_files_are_not_taken(world):
    book = Workbook()
    book.active.append(["hello"])
    assert send(world, book).status_code == 422
    book = fetch(world)
    book["enterprises"]["A1"] = "targets"
    answer = send(world, book)
    assert answer.status_code == 422
    assert "expected: enterprises 1" in answer.text
    for data in ({}, {"file": (BytesIO(b"PK\x03\x04nonsense"), "x.xlsx")}):
        assert world.client("league").post(PAGE, data=data).status_code == 422
    assert send(world, fetch(world)).status_code == 422


def test_what_begins_like_a_formula_leaves_as_text(world):
    with world.acting("super"):
        world.enterprise("Here").name = "=HYPERLINK(1)"
    cell = fetch(world, everything=True)["enterprises"].cell(FIRST_ROW, AT["name"])
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_more_rows_than_fit_are_refused_and_not_cut(world):
    book = fetch(world)
    put(book, **new(1))
    put(book, FIRST_ROW + MOST_ROWS, **new(2))
    answer = send(world, book)
    assert answer.status_code == 422
    assert "At most 5000 enterprises" in answer.text


def test_what_stands_far_below_is_named_and_not_cut(world):
    before = everyone(world)
    book = fetch(world)
    put(book, **new(1))
    put(book, row := 10 * MOST_ROWS, **new(2))
    answer = send(world, book)
    assert answer.status_code == 422
    assert answer.text.count("outside of the table") == len(new())
    assert f"{row}</code>" in answer.text
    assert token(answer) == ""
    assert everyone(world) == before


def test_two_keys_are_alike_or_not():
    assert name_key("内蒙古 晨曦（化工）有限责任公司") == name_key("晨曦(化工)有限公司")
    assert name_key("ＡＢＣ有限公司") == name_key("abc公司") == "abc"
    assert name_key("晨曦化工") != name_key("晨光化工")
    assert name_key("有限公司") == "有限公司"
    assert name_key("内蒙古") == "内蒙古"


def test_a_thousand_rows_are_looked_through_in_a_few_seconds(world):
    book = fetch(world)
    for number in range(1000):
        put(book, FIRST_ROW + number, **new(number))
    began = monotonic()
    assert send(world, book).status_code == 200
    assert monotonic() - began < 15
