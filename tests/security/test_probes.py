"""The 48 ways in which a stock FAB application lets one area reach into another, tried on ours.

A league administrator ("league") and an enterprise ("confirmer") stand in one league; all that
is named "There" lies in another.  Where FAB's route is not there any more, the test says so.
"""

import re
from io import BytesIO

import pytest
from flask_appbuilder.security.sqla.models import Role, User
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.credit_code import check_character
from app.core.db import db
from app.core.uploads import storage
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel
from app.enterprises.operations import set_level
from app.filings.attaching import attach
from app.filings.models import Filing
from app.filings.sheets import SHEETS
from app.review.workflow import Action
from tests.security.probing import nothing_changes, statements
from tests.world import COUNTY, OTHER_COUNTY, OTHER_LEAGUE, PASSWORD, World

NEIGHBOUR = re.compile(r"There(?! is)")  # the name, not the beginning of a message
PDF = b"%PDF-1.4\n% a document of There\n%%EOF\n"


class Probe:
    """The two areas, and the numbers of what lies in them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.filing, self.foreign_filing = (
            world.filled("confirmer"),
            world.filled("other_confirmer"),
        )
        with world.acting("other_confirmer") as actor:
            filing = db.session.get(Filing, self.foreign_filing)
            kind = {"kind": "coefficient_report"}
            kept = attach(
                filing, BytesIO(PDF), "of there.pdf", kind, storage=storage(), actor=actor
            )
            db.session.flush()
            self.foreign_file, self.foreign_hash = kept.id, kept.sha256
        with world.seen_from():
            self.here, self.there = world.enterprise("Here").id, world.enterprise("There").id
            self.code_of_there = world.enterprise("There").credit_code
            people = dict(db.session.execute(select(User.username, User.id)).all())
            self.people: dict[str, int] = people
            self.super_role = db.session.scalars(
                select(Role.id).where(Role.name == "super_administrator")
            ).one()

    def form(self, **changes):
        """The form of the enterprise Here, as it stands."""
        with self.world.seen_from():
            row = self.world.enterprise("Here")
            shown = {
                "name": row.name,
                "credit_code": row.credit_code,
                "industry_code": row.industry_code,
                "enterprise_class": row.enterprise_class.value,
                "short_name": "H",
                "address": "Road 1",
                "contact_name": "Li",
                "contact_phone": "0472",
                "version": str(row.version),
            }
        return {**shown, **changes}

    def new(self, **changes):
        """The form of an enterprise that is not there yet."""
        body = "91150200MA0X0000X"
        code = body + check_character(body)
        return self.form(name="Planted", credit_code=code, county=COUNTY, **changes)

    def placed(self, name):
        with self.world.seen_from():
            query = select(Enterprise.place).where(Enterprise.name == name)
            return list(db.session.scalars(query))


@pytest.fixture
def probe(world) -> Probe:
    return Probe(world)


@pytest.fixture
def league(world):
    return world.client("league")


@pytest.fixture
def confirmer(world):
    return world.client("confirmer")


# pages, by number


def test_01_a_list_shows_nothing_of_the_neighbour(league, probe):
    for page in ("/enterprises/list/", "/filings/list/", "/journal/list/?size=100"):
        assert not NEIGHBOUR.search(league.get(page).text)
    assert "Here" in league.get("/enterprises/list/").text


def test_02_a_neighbours_row_cannot_be_shown(league, probe):
    assert league.get(f"/enterprises/show/{probe.there}").status_code == 404
    assert league.get(f"/filings/{probe.foreign_filing}").status_code == 404
    assert league.get(f"/enterprises/show/{probe.here}").status_code == 200


def test_03_its_form_cannot_be_opened(league, probe):
    assert league.get(f"/enterprises/edit/{probe.there}").status_code == 404
    assert league.get(f"/enterprises/edit/{probe.here}").status_code == 200


def test_04_it_cannot_be_changed(world, league, confirmer, probe):
    with nothing_changes(world):
        answer = league.post(f"/enterprises/edit/{probe.there}", data=probe.form(name="hacked"))
        assert answer.status_code == 404
        answer = confirmer.post(f"/filings/{probe.foreign_filing}/sheets/F0", data={})
        assert answer.status_code == 404


def test_05_it_cannot_be_deleted(world, league, confirmer, probe):
    file = f"/filings/{probe.foreign_filing}/attachments/{probe.foreign_file}/delete"
    through_own = f"/filings/{probe.filing}/attachments/{probe.foreign_file}/delete"
    with nothing_changes(world):
        assert league.post(f"/enterprises/delete/{probe.there}").status_code == 404
        assert league.post(f"/enterprises/delete/{probe.here}").status_code == 404
        assert confirmer.post(file).status_code == 404
        assert confirmer.post(through_own).status_code in (404, 409)


def test_06_no_action_reaches_it_by_its_number(world, league, probe):
    with nothing_changes(world):
        assert league.post(f"/enterprises/action/archive/{probe.there}").status_code == 404
        with world.seen_from():
            review = db.session.get(Filing, probe.foreign_filing).review_id
        for action in ("approve", "return"):
            assert league.post(f"/reviews/{review}/{action}").status_code == 404
        for action in ("submit", "withdraw"):
            assert world.client("confirmer").post(f"/reviews/{review}/{action}").status_code == 404


def test_07_no_bulk_action_exists(world, league, probe):
    with nothing_changes(world):
        data = {"action": "archive", "rowid": [str(probe.there)]}
        for base in ("/enterprises", "/filings", "/reviews", "/people"):
            assert league.post(f"{base}/action_post", data=data).status_code == 404


def test_08_a_neighbours_file_cannot_be_fetched(league, confirmer, probe):
    """Neither by a name, nor by its hash, nor through a filing of one's own."""
    addresses = [
        f"/filings/{probe.foreign_filing}/attachments/{probe.foreign_file}",
        f"/filings/{probe.filing}/attachments/{probe.foreign_file}",
        "/filings/download/of%20there.pdf",
        f"/enterprises/download/{probe.foreign_hash}",
        f"/static/uploads/{probe.foreign_hash}",
        f"/uploads/{probe.foreign_hash}",
    ]
    for address in addresses:
        for client in (league, confirmer):
            with client.get(address) as answer:
                assert answer.status_code == 404
                assert PDF not in answer.data


def test_09_no_master_page_lists_what_hangs_on_it(league, probe):
    for base in ("/enterprises", "/filings", "/reviews"):
        assert league.get(f"{base}/list/{probe.there}").status_code == 404


def test_10_a_form_offers_no_place_of_the_neighbour(league, confirmer, probe):
    for page in ("/enterprises/add", "/people/add", f"/people/{probe.people['county']}/places"):
        assert OTHER_LEAGUE not in league.get(page).text
        assert COUNTY in league.get(page).text
    assert not NEIGHBOUR.search(confirmer.get("/filings/list/").text)


def test_11_the_search_of_a_list_offers_none_either(league, probe):
    for page in ("/enterprises/list/", "/filings/list/", "/reviews/list/", "/people/list/"):
        assert OTHER_LEAGUE not in league.get(page).text


def test_12_a_new_row_cannot_point_at_the_neighbour(world, league, confirmer, probe):
    opened = {"enterprise": str(probe.there), "period": "2026Q2"}
    with nothing_changes(world):
        answer = league.post("/enterprises/add", data=probe.new() | {"county": OTHER_COUNTY})
        assert answer.status_code == 422
        assert confirmer.post("/filings/open", data=opened).status_code == 404


def test_13_an_own_row_cannot_be_made_to_point_there(world, league, probe):
    before = probe.placed("Here")
    moved = probe.form(county=OTHER_COUNTY, place=f"{OTHER_COUNTY}000001/", registry_number="9")
    assert league.post(f"/enterprises/edit/{probe.here}", data=moved).status_code == 302
    assert probe.placed("Here") == before
    with world.seen_from():
        assert world.enterprise("Here").registry_number != "9"


def test_14_an_address_with_a_relation_fills_in_nothing_new(world, league, confirmer, probe):
    address = f"/filings/open?_flt_0_enterprise={probe.there}&enterprise={probe.there}"
    with nothing_changes(world):
        assert confirmer.post(address, data={"period": "2026Q2"}).status_code == 404
    asked = "&".join(
        f"{name}={OTHER_COUNTY}" for name in ("_flt_0_county", "_flt_0_place", "county")
    )
    add = f"/enterprises/add?{asked}"
    assert league.post(add, data=probe.new()).status_code == 302
    assert [place[: len(COUNTY)] for place in probe.placed("Planted")] == [COUNTY]


def test_15_nor_in_a_row_that_is_there(league, probe):
    before = probe.placed("Here")
    address = f"/enterprises/edit/{probe.here}?_flt_0_levels=1&_flt_0_place={OTHER_COUNTY}"
    assert league.post(address, data=probe.form(short_name="changed")).status_code == 302
    assert probe.placed("Here") == before


def test_16_a_form_does_not_steal_what_belongs_to_the_neighbour(world, league, probe):
    with world.acting("region") as actor:
        there, level = world.enterprise("There"), EnergyLevel.LT_500K
        row = set_level(there, 2026, level, actor=actor, reason="measured")
        db.session.flush()
        number = row.id
    stolen = probe.form(levels=[str(number)], filings=[str(probe.foreign_filing)])
    assert league.post(f"/enterprises/edit/{probe.here}", data=stolen).status_code == 302
    with world.seen_from():
        assert db.session.get(EnterpriseLevel, number).enterprise_id == probe.there
        assert db.session.get(Filing, probe.foreign_filing).enterprise_id == probe.there


@pytest.mark.parametrize("asked", ["_oc_EnterpriseView={}&_od_EnterpriseView=asc", "sort={}"])
def test_17_a_list_is_not_sorted_by_a_column_it_does_not_show(world, league, probe, asked):
    for page, column in (
        ("/enterprises/list/", "search"),
        ("/enterprises/list/", "contact_phone"),
        ("/people/list/", "password"),
        ("/filings/list/", "data_hash"),
    ):
        with statements(world) as run:
            assert league.get(f"{page}?{asked.format(column)}").status_code == 200
        assert not [sql for sql, _values in run if column in sql.partition("ORDER BY")[2]]


def test_18_nor_by_a_column_of_a_related_row(world, league, probe):
    for asked in (
        "_oc_FilingView=enterprise.credit_code&_od_FilingView=asc",
        "sort=enterprise.credit_code",
    ):
        with statements(world) as run:
            assert league.get(f"/filings/list/?{asked}").status_code == 200
        assert not [sql for sql, _values in run if "credit_code" in sql.partition("ORDER BY")[2]]


@pytest.mark.parametrize(
    ("page", "column"),
    [
        ("/enterprises/list/", "contact_phone"),
        ("/people/list/", "password"),
        ("/filings/list/", "data_hash"),
    ],
)
def test_19_nor_filtered_by_one(world, league, probe, page, column):
    for asked in (f"_flt_2_{column}=S", f"{column}=S", f"_flt_0_{column}=S"):
        with statements(world) as run:
            assert league.get(f"{page}?{asked}").status_code == 200
        assert not [sql for sql, _values in run if f"{column} LIKE" in sql or f"{column} =" in sql]


@pytest.mark.parametrize("name", ["size", "psize", "psize_EnterpriseView", "page_size"])
def test_20_nobody_gets_a_page_without_an_end(world, league, probe, name):
    for client, page in (
        (league, f"/enterprises/list/?{name}=100000000"),
        (league, f"/filings/list/?{name}=100000000"),
        (world.client(), f"/api/v1/enterprises/?{name}=100000000"),
    ):
        with statements(world) as run:
            assert client.get(page, headers=world.token("league")).status_code == 200
        numbers = re.findall(r"\d{4,}", str([values for _sql, values in run]))
        assert "100000000" not in numbers


STRANGE = [
    "_flt_9_region=1",
    "_flt_0_region=zz",
    "psize_EnterpriseView=abc&size=abc",
    "page_EnterpriseView=x&page=x",
    "_flt_9_name=1&enterprise_class=",
    "_oc_EnterpriseView=nope&_od_EnterpriseView=asc&sort=nope",
    "psize_EnterpriseView=-5&size=-5",
    "page_EnterpriseView=-3&page=-3",
]


@pytest.mark.parametrize("asked", STRANGE, ids=[f"{n}" for n in range(21, 29)])
def test_21_to_28_a_strange_address_is_no_error(world, league, probe, asked):
    for page in ("/enterprises/list/", "/filings/list/", "/people/list/", "/reviews/list/"):
        assert league.get(f"{page}?{asked}").status_code == 200
    address = f"/api/v1/enterprises/?{asked}"
    assert world.client().get(address, headers=world.token("league")).status_code == 200


def test_29_a_report_adds_up_nothing_of_the_neighbour(world, league, probe):
    for name, action in (
        ("other_confirmer", Action.SUBMIT),
        ("other_county", Action.APPROVE),
        ("other_league", Action.APPROVE),
    ):
        world.act(name, action, probe.foreign_filing)
    for place in ("", OTHER_LEAGUE, OTHER_COUNTY, "150000/"):
        asked = f"year=2026&quarter=1&by=enterprise&place={place}"
        assert not NEIGHBOUR.search(league.get(f"/reports/status?{asked}").text)
        book = load_workbook(BytesIO(league.get(f"/reports/status.xlsx?{asked}").data))
        cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
        assert not [cell for cell in cells if "There" in str(cell)]
    assert league.get("/enterprises/chart/").status_code == 404
    own = world.client("other_league").get("/reports/status?year=2026&quarter=1&by=enterprise").text
    assert "There" in own


def test_30_no_compact_list_exists(app):
    """Nor any other kind of FAB view whose routes go around the filters."""
    ends = {rule.endpoint.rpartition(".")[2] for rule in app.url_map.iter_rules()}
    assert not ends & {"action", "action_post", "download", "delete", "api", "api_read", "chart"}
    assert not ends & {
        "api_column_add",
        "api_column_edit",
        "api_create",
        "api_delete",
        "api_update",
    }


def test_31_no_compact_form_writes_by_number(world, league, probe):
    with nothing_changes(world):
        for base in ("/compact", "/filings", "/reviews"):
            address = f"{base}/edit/{probe.there}"
            assert league.get(address).status_code == 404
            assert league.post(address, data=probe.form(name="hacked")).status_code == 404


# the API


def test_32_the_api_lists_nothing_of_the_neighbour(world, probe):
    client, token = world.client(), world.token("league")
    for address in ("/api/v1/enterprises/?size=100", "/api/v1/filings/?size=100"):
        answer = client.get(address, headers=token)
        assert answer.status_code == 200
        assert not NEIGHBOUR.search(answer.text)
        assert "Here" in answer.text


def test_33_nor_gives_out_a_row_of_it(world, probe):
    client, number = world.client(), probe.foreign_filing
    for name in ("league", "confirmer"):
        token = world.token(name)
        for address in (
            f"/api/v1/enterprises/{probe.there}",
            f"/api/v1/filings/{number}",
            f"/api/v1/filings/{number}/history",
            *(f"/api/v1/filings/{number}/sheets/{key}" for key in SHEETS),
        ):
            answer = client.get(address, headers=token)
            assert answer.status_code == 404
            assert not NEIGHBOUR.search(answer.text)


def test_34_nor_lets_it_be_changed(world, probe):
    client, token = world.client(), world.token("confirmer")
    with nothing_changes(world):
        answer = client.put(f"/api/v1/enterprises/{probe.there}", json={"name": "h"}, headers=token)
        assert answer.status_code in (404, 405)
        for key in SHEETS:
            address = f"/api/v1/filings/{probe.foreign_filing}/sheets/{key}"
            assert client.put(address, json={"rows": []}, headers=token).status_code == 404
        for action in ("submit", "withdraw", "approve", "return", "rollback"):
            address = f"/api/v1/filings/{probe.foreign_filing}/{action}"
            assert client.post(address, json={}, headers=token).status_code in (403, 404)


def test_35_nor_deleted(world, probe):
    client, token = world.client(), world.token("league")
    with nothing_changes(world):
        for address in (
            f"/api/v1/enterprises/{probe.there}",
            f"/api/v1/filings/{probe.foreign_filing}",
            "/api/v1/enterprises/9977164607401777152",
        ):
            assert client.delete(address, headers=token).status_code in (404, 405)


def test_36_no_endpoint_lists_what_could_be_chosen(world, probe):
    client, token = world.client(), world.token("league")
    for thing in ("enterprises", "filings"):
        answer = client.get(f"/api/v1/{thing}/_info?q=(keys:!(add_columns))", headers=token)
        assert answer.status_code == 404
        assert not NEIGHBOUR.search(answer.text)


def test_37_a_new_row_by_the_api_cannot_point_there(world, probe):
    body = {"enterprise_id": probe.there, "report_year": 2026, "report_quarter": 2}
    with nothing_changes(world):
        answer = world.client().post(
            "/api/v1/filings/", json=body, headers=world.token("confirmer")
        )
        assert answer.status_code == 404


def test_38_nothing_of_a_related_row_leaks_through_a_list(world, probe):
    client, token = world.client(), world.token("confirmer")
    for asked in (
        "q=(order_column:enterprise.name)",
        "sort=enterprise",
        "q=There",
        f"place={OTHER_LEAGUE}",
    ):
        answer = client.get(f"/api/v1/filings/?{asked}", headers=token)
        assert answer.status_code == 200
        assert not NEIGHBOUR.search(answer.text)
        assert probe.code_of_there not in answer.text


def test_39_a_row_cannot_be_put_in_another_area_by_naming_it(world, probe):
    body = {"enterprise_id": probe.here, "report_year": 2026, "report_quarter": 2}
    more = {"place": f"{OTHER_COUNTY}000004/", "region_code": "150302", "review_id": 1, "id": 999}
    client = world.client()
    answer = client.post("/api/v1/filings/", json=body | more, headers=world.token("confirmer"))
    assert answer.status_code == 201
    made = answer.json["result"]
    assert made["place"] == probe.placed("Here")[0]
    assert made["region_code"] == "150221"
    assert made["id"] != 999


def test_40_an_own_row_cannot_be_moved_to_another_area(world, probe):
    client, token = world.client(), world.token("confirmer")
    with nothing_changes(world):
        moved = {"place": f"{OTHER_COUNTY}000001/"}
        for address in (f"/api/v1/enterprises/{probe.here}", f"/api/v1/filings/{probe.filing}"):
            assert client.put(address, json=moved, headers=token).status_code == 405
            assert client.patch(address, json=moved, headers=token).status_code == 405


def test_41_rows_of_a_neighbours_sheet_cannot_be_taken_over(world, probe):
    """A sheet's rows name their carrier only; numbers and places sent along do nothing."""
    kind = SHEETS["S2"]
    with world.seen_from():
        query = select(kind).where(kind.filing_id == probe.foreign_filing)
        theirs = db.session.scalars(query).first()
        row = {"id": theirs.id, "key": theirs.key, "filing_id": probe.filing, "place": theirs.place}
        number, place = theirs.id, theirs.place
    address = f"/api/v1/filings/{probe.filing}/sheets/S2"
    client = world.client()
    client.put(address, json={"rows": [row]}, headers=world.token("confirmer"))
    with world.seen_from():
        theirs = db.session.get(kind, number)
        assert (theirs.filing_id, theirs.place) == (probe.foreign_filing, place)
        mine = db.session.scalars(select(kind).where(kind.filing_id == probe.filing)).all()
        assert {one.place for one in mine} == set(probe.placed("Here"))


# what a form tells, and whom it lets in


def test_42_a_form_does_not_take_a_place_that_it_does_not_ask_for(world, league, probe):
    planted = probe.new(place=f"{OTHER_COUNTY}000009/", registry_number="000009", id="4711")
    assert league.post("/enterprises/add", data=planted).status_code == 302
    with world.seen_from():
        row = world.enterprise("Planted")
        assert row.place == f"{COUNTY}{row.registry_number}/"
        assert row.registry_number != "000009"
        assert row.id != 4711


def test_43_a_code_taken_elsewhere_is_refused_without_a_word_about_the_neighbour(
    world, league, probe
):
    taken = probe.new() | {"credit_code": probe.code_of_there}
    with nothing_changes(world):
        answer = league.post("/enterprises/add", data=taken)
        assert answer.status_code == 409
        assert not NEIGHBOUR.search(answer.text)
        for word in ("Already exists", "UNIQUE", "IntegrityError", OTHER_COUNTY):
            assert word not in answer.text


def test_44_a_list_filtered_by_a_neighbours_row_shows_nothing_of_it(league, probe):
    number = probe.there
    for asked in (
        f"_flt_0_enterprise={number}",
        f"enterprise={number}",
        "q=There",
        f"place={OTHER_LEAGUE}",
    ):
        assert f"/filings/{probe.foreign_filing}" not in league.get(f"/filings/list/?{asked}").text


def test_45_the_api_tells_nothing_by_a_neighbours_child(world, probe):
    client, token = world.client(), world.token("league")
    for asked in (
        "q=(filters:!((col:levels,opr:rel_m_m,value:1)))",
        f'q={{"filters":[{{"col":"filings","opr":"rel_m_m","value":{probe.foreign_filing}}}]}}',
    ):
        answer = client.get(f"/api/v1/enterprises/?{asked}", headers=token)
        assert answer.status_code == 200
        assert not NEIGHBOUR.search(answer.text)


# who looks after people


def test_46_a_league_administrator_sees_no_people_of_the_neighbour(league, probe):
    text = league.get("/people/list/?size=100").text
    for name in ("other_league", "other_county", "other_confirmer", "super", "region"):
        assert f">{name}<" not in text
        assert league.get(f"/people/show/{probe.people[name]}").status_code == 404
    assert league.get("/users/list/").status_code == 404
    assert league.get("/roles/list/").status_code == 403


def test_47_nor_issues_a_password_to_any_but_ones_own(world, league, probe):
    taken = {"password": "Owned-Pass-123", "conf_password": "Owned-Pass-123"}
    with nothing_changes(world):
        for name in ("super", "region", "other_league", "other_county"):
            number = probe.people[name]
            assert league.post(f"/people/{number}/reset-password").status_code == 404
            assert league.post(f"/resetpassword/form?pk={number}", data=taken).status_code == 404
        assert league.post("/resetmypassword/form", data=taken).status_code == 404
    browser = world.client()
    browser.post("/login/", data={"username": "super", "password": PASSWORD})
    assert browser.get("/roles/list/").status_code == 200


def test_48_nor_becomes_a_super_administrator(world, league, probe):
    raised = {"username": "league", "last_name": "L", "first_name": "L", "node": "", "active": "y"}
    with nothing_changes(world):
        for number in (probe.people["league"], probe.people["county"]):
            for roles in (["super_administrator"], [str(probe.super_role)]):
                answer = league.post(f"/people/edit/{number}", data={**raised, "roles": roles})
                assert answer.status_code in (403, 422)
        answer = league.post(f"/users/edit/{probe.people['league']}", data=raised)
        assert answer.status_code == 404
        everything = {"rights": "can_edit Role", "seen": "league_administrator 0"}
        answer = league.post(
            "/roles/list/", data={**everything, "wanted": "league_administrator 1", "step": "save"}
        )
        assert answer.status_code == 403
        assert league.get(f"/roles/show/{probe.super_role}").status_code == 403
        assert league.post("/register/form", data=raised).status_code == 404
    assert world.client("league").get("/roles/list/").status_code == 403


def test_the_file_of_the_neighbour_is_there_for_its_owner(world, probe):
    """So that probe 8 has not looked for something that is nowhere."""
    address = f"/filings/{probe.foreign_filing}/attachments/{probe.foreign_file}"
    with world.client("other_confirmer").get(address) as answer:
        assert answer.data == PDF
