"""Coefficients, limits, wastes and policies by quarter: what is in force, and who may change it."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.checks.products import LimitLevel
from app.core.clock import today
from app.core.dated import Standing, first_index, until_next
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.period import Quarter, this_quarter
from app.filings.books import catalogues
from app.filings.catalogue import (
    CarrierCoefficient,
    PrimaryCoefficient,
    SheetPolicy,
    WasteClass,
)
from app.filings.dating import correct, put_in_force, take_away
from app.filings.figures import read_back
from app.filings.models import Filing
from app.filings.operations import fill_sheet
from app.filings.queries import latest_version, sheets_of
from app.review.workflow import Action, State
from app.targets.products import ProductLimit
from tests.filings.filling import figures_of, fill, rows_with
from tests.world import PEOPLE, QUARTER

KEEPERS = ["super", "region"]
OTHERS = [name for name in PEOPLE if name not in KEEPERS]
SAID = {"source": "a document", "reason": "because"}


def at(period, **more):
    return {"from_year": period.year, "from_quarter": period.quarter, **SAID, **more}


def coal(period, reference="0.7", low="0.3", high="0.95"):
    numbers = (None if text is None else Decimal(text) for text in (reference, low, high))
    named = dict(zip(("reference", "hard_min", "hard_max"), numbers, strict=True))
    return CarrierCoefficient(carrier_code="04", **named, **at(period))


def power(period, value):
    return PrimaryCoefficient(carrier_code="33", value=Decimal(value), **at(period))


def carbide(period, *levels):
    named = {f"level{n}": Decimal(level) for n, level in enumerate(levels, 1)}
    return ProductLimit(product_key="2611E", **named, adjusted=False, **at(period))


def ash(period, code="SW02", *, in_use, name="Fly ash of boilers"):
    named = {"name_zh": "粉煤灰", "name_en": name, "unit": "t", "in_use": in_use}
    return WasteClass(code=code, **named, **at(period))


def supplement(period, *, asked):
    return SheetPolicy(sheet="S2R", asked=asked, **at(period))


def put(world, row, who="region"):
    """Put *row* in force; returns its number."""
    with world.acting(who) as actor:
        put_in_force(row, actor=actor)
        return row.id


def change(world, number, since, value, who="region"):
    with world.acting(who) as actor:
        row = db.session.get(PrimaryCoefficient, number)
        correct(row, since, {"value": Decimal(value)}, actor=actor, source="b", reason="c")


def book(world, period):
    with world.seen_from():
        return catalogues(period)


def journal(world, tag):
    with world.seen_from():
        query = select(AuditEntry).where(AuditEntry.tag == tag).order_by(AuditEntry.id)
        return [(one.place, json.loads(one.facts)) for one in db.session.scalars(query)]


def form(period, **more):
    return {"from_year": period.year, "from_quarter": period.quarter, **SAID, **more}


# what is in force


@pytest.mark.parametrize(
    ("period", "value"),
    [
        (Quarter(2000, 1), "3.0"),
        (Quarter(2025, 4), "3.0"),
        (Quarter(2026, 1), "2.9"),
        (Quarter(2026, 2), "2.9"),
        (Quarter(2026, 3), "2.8"),
        (Quarter(2099, 4), "2.8"),
    ],
)
def test_a_value_is_in_force_from_its_quarter_until_the_next_one(world, period, value):
    put(world, power(Quarter(2026, 3), "2.8"))  # the later one first
    put(world, power(Quarter(2026, 1), "2.9"))
    assert book(world, period).primary == {"33": Decimal(value), "32": Decimal("0.0402")}


def test_each_thing_has_its_own_row_in_force(world):
    put(world, coal(QUARTER, "0.65", None, None))
    before, after = book(world, QUARTER.previous).carriers, book(world, QUARTER).carriers
    assert (before["04"].reference, before["04"].hard_max) == (Decimal("0.7143"), Decimal("0.95"))
    assert (after["04"].reference, after["04"].hard_max) == (Decimal("0.65"), None)
    assert before["05"] == after["05"]


def test_a_class_of_waste_is_renamed_and_closed(world):
    put(world, ash(QUARTER, in_use=True))
    put(world, ash(QUARTER.shifted(1), in_use=False))
    put(world, ash(QUARTER, "SW77", in_use=True, name="A new one"))
    assert book(world, QUARTER.previous).wastes["SW02"].name == "Fly ash"
    assert "SW77" not in book(world, QUARTER.previous).wastes
    assert book(world, QUARTER).wastes["SW02"].name == "Fly ash of boilers"
    assert book(world, QUARTER).wastes["SW77"].name == "A new one"
    assert "SW02" not in book(world, QUARTER.shifted(1)).wastes


def test_rows_say_until_when_and_how_they_stand(world):
    now = this_quarter()
    for period, value in ((now.previous, "2.9"), (now.shifted(2), "2.8")):
        put(world, power(period, value))
    with world.seen_from():
        kind = PrimaryCoefficient
        query = select(kind).where(kind.carrier_code == "33").options(until_next(kind))
        rows = db.session.scalars(query.order_by(first_index(kind))).all()
        assert [(row.until, row.standing) for row in rows] == [
            (now.shifted(-2), Standing.PAST),
            (now.shifted(1), Standing.IN_FORCE),
            (None, Standing.TO_COME),
        ]


def test_what_was_read_is_kept_until_somebody_changes_it(world, asked):
    assert book(world, QUARTER).primary["33"] == 3
    asked.clear()
    assert book(world, QUARTER.shifted(3)).primary["33"] == 3
    assert len(asked) == 1
    put(world, power(QUARTER, "2.9"))
    assert book(world, QUARTER).primary["33"] == Decimal("2.9")


def test_what_was_rolled_back_is_not_kept(world):
    def fail():
        with world.acting("region") as actor:
            put_in_force(power(QUARTER, "2.9"), actor=actor)
            assert catalogues(QUARTER).primary["33"] == Decimal("2.9")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert book(world, QUARTER).primary["33"] == 3


# what filings keep


def test_a_draft_is_reckoned_with_what_is_in_force_when_it_is_saved(world):
    filing = world.filled()
    s2 = figures_of(world, filing)["S2"]
    assert s2["33"]["primary_coefficient"] == 3
    assert s2["04"]["primary_coefficient"] == s2["04"]["adopted_coefficient"]
    put(world, power(QUARTER, "2.5"))
    put(world, coal(QUARTER, "0.66"))
    assert figures_of(world, filing)["S2"]["33"]["primary_coefficient"] == 3
    fill(world, filing, "F0", rows_with("F0"))
    figures = figures_of(world, filing)
    assert figures["S2"]["33"]["primary_coefficient"] == Decimal("2.5")
    assert figures["S2"]["04"]["reference_coefficient"] == Decimal("0.66")
    assert figures["S1"][""]["comprehensive_energy_primary"] < Decimal("298407.17")


def test_a_submission_is_reckoned_with_what_is_in_force_at_that_moment(world):
    filing = world.filled()
    put(world, power(QUARTER, "2.5"))
    put(world, carbide(QUARTER, 700, 720, 730))
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        frozen = read_back(latest_version(db.session.get(Filing, filing)).content)
    assert frozen["S2"]["33"]["primary_coefficient"] == Decimal("2.5")
    assert frozen["S6"]["2611E"]["level3"] == 730
    assert frozen["S6"]["2611E"]["limit_level"] is LimitLevel.OVER
    assert frozen == figures_of(world, filing)


def test_what_was_submitted_stays_whatever_the_region_changes_later(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        version = latest_version(db.session.get(Filing, filing))
        before = (version.content, version.hash)
    figures = figures_of(world, filing)
    put(world, power(QUARTER, "2.5"))
    put(world, carbide(QUARTER, 700, 720, 730))
    for who in ("county", "league"):
        world.act(who, Action.APPROVE, filing)
    assert figures_of(world, filing) == figures
    with world.seen_from():
        row = db.session.get(Filing, filing)
        assert row.review.state is State.LEAGUE_FINAL
        assert (latest_version(row).content, latest_version(row).hash) == before
        assert row.data_hash == before[1]


def test_a_returned_filing_is_reckoned_anew_with_the_next_submission(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, "look at the coal again")
    put(world, power(QUARTER, "2.5"))
    world.act("confirmer", Action.SUBMIT, filing)
    assert figures_of(world, filing)["S2"]["33"]["primary_coefficient"] == Decimal("2.5")


def test_a_catalogue_does_not_change_while_a_filing_is_reckoned(world):
    filing = world.filled()
    with ThreadPoolExecutor(1) as region:
        with world.acting("confirmer") as actor:
            row = db.session.get(Filing, filing)
            fill_sheet(row, "F0", rows_with("F0"), actor=actor)
            changed = region.submit(put, world, power(QUARTER, "2.5"))
            assert not wait([changed], timeout=0.5).done
            assert catalogues(QUARTER).primary["33"] == 3
        assert changed.result(timeout=20)
    assert book(world, QUARTER).primary["33"] == Decimal("2.5")
    assert figures_of(world, filing)["S2"]["33"]["primary_coefficient"] == 3


def test_bounds_that_were_tightened_stand_in_the_way_of_submission(world):
    filing = world.filled()
    put(world, coal(QUARTER, "0.6", "0.55", "0.62"))
    with pytest.raises(Invalid) as refused:
        world.act("confirmer", Action.SUBMIT, filing)
    assert [one.where for one in refused.value.details] == ["S2/04/adopted_coefficient"]


def test_a_class_of_waste_that_was_closed_is_named_and_refused(world):
    filing = world.filled()
    put(world, ash(QUARTER, in_use=False))
    with pytest.raises(Invalid) as refused:
        world.act("confirmer", Action.SUBMIT, filing)
    assert [str(one) for one in refused.value.details] == [
        "There is no such class of waste in this quarter."
    ]
    with pytest.raises(Invalid):
        fill(world, filing, "R1", rows_with("R1", "SW02"))
    fill(world, filing, "R1", [])
    world.act("confirmer", Action.SUBMIT, filing)


# sheets on policy


def test_a_sheet_that_is_not_asked_for_is_not_there_and_deducts_nothing(world):
    filing = world.filled()
    fill(world, filing, "S2R", [{"green_power_trade": 100}])
    with_it = figures_of(world, filing)
    assert with_it["S2R"][""]["renewable_deduction"] == Decimal("122.9")
    put(world, supplement(QUARTER, asked=False))
    with world.seen_from():
        assert "S2R" not in sheets_of(db.session.get(Filing, filing))
    with pytest.raises(NotFound):
        fill(world, filing, "S2R", [{"green_power_trade": 200}])
    fill(world, filing, "F0", rows_with("F0"))
    without = figures_of(world, filing)
    assert without["S2R"][""]["green_power_trade"] == 100
    assert without["S2R"][""]["renewable_deduction"] is None
    more = without["S1"][""]["assessed_energy"] - with_it["S1"][""]["assessed_energy"]
    assert more == Decimal("122.9")
    client = world.client("confirmer")
    assert "sheets/S2R" not in client.get(f"/filings/{filing}").text
    assert "sheets/S2R" not in client.get(f"/filings/{filing}/sheets/S2").text
    for address in ("", "/template.xlsx"):
        assert client.get(f"/filings/{filing}/sheets/S2R{address}").status_code == 404
    headers = world.token("confirmer")
    answer = world.app.test_client().put(
        f"/api/v1/filings/{filing}/sheets/S2R", json={"rows": [{}]}, headers=headers
    )
    assert answer.status_code == 404
    world.act("confirmer", Action.SUBMIT, filing)


def test_a_sheet_is_asked_for_again_from_a_later_quarter(world):
    put(world, supplement(QUARTER, asked=False))
    put(world, supplement(QUARTER.shifted(2), asked=True))
    found = [book(world, QUARTER.shifted(by)).left_out for by in (-1, 0, 1, 2)]
    assert found == [set(), {"S2R"}, {"S2R"}, set()]


# who keeps them, and how


@pytest.mark.parametrize("who", OTHERS)
def test_only_the_region_and_the_platform_keep_catalogues(world, who):
    with pytest.raises(Forbidden):
        put(world, power(QUARTER, "2.9"), who)
    assert book(world, QUARTER).primary["33"] == 3


@pytest.mark.parametrize("who", KEEPERS)
def test_a_change_is_told_in_the_journal_with_what_stood_before(world, who):
    number = put(world, power(QUARTER, "2.9"), who)
    change(world, number, QUARTER.shifted(1), "2.8", who)
    [(place, added)] = journal(world, "catalogue:add")
    [(_place, changed)] = journal(world, "catalogue:change")
    first = {"effective": "2026Q1", "value": "2.9", **SAID}
    assert (place, added) == ("150000/", {"after": first})
    assert changed == {
        "before": first,
        "after": {"effective": "2026Q2", "value": "2.8", "source": "b", "reason": "c"},
    }


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (coal(QUARTER, "0.2"), "reference"),
        (coal(QUARTER, "0.96"), "reference"),
        (coal(QUARTER, "0"), "reference"),
        (coal(QUARTER, None, "0.9", "0.8"), "hard_min"),
        (power(QUARTER, "0"), "value"),
        (carbide(QUARTER, 810, 800, 900), "level1"),
        (carbide(QUARTER, 800, 910, 900), "level2"),
        (ash(QUARTER, "ash", in_use=True), "code"),
        (coal(Quarter(2000, 1)), "from_year"),
    ],
    ids=repr,
)
def test_values_that_cannot_be_are_refused_where_they_stand(world, row, where):
    with pytest.raises(Invalid) as refused:
        put(world, type(row)(**{name: getattr(row, name) for name in fields(row)}))
    assert where in [one.where for one in refused.value.details]
    assert journal(world, "catalogue:add") == []


def fields(row):
    return [row.of, *row.values, "from_year", "from_quarter", "source", "reason"]


def test_the_coal_rates_of_power_plants_may_be_stricter_for_newcomers(world):
    rate = ProductLimit(
        product_key="4403C",
        level1=Decimal(286),
        level2=Decimal(285),
        level3=Decimal(299),
        adjusted=True,
        **at(QUARTER),
    )
    put(world, rate)
    assert book(world, QUARTER).products["4403C"].limits == (286, 285, 299)


def made_final(world, period=QUARTER):
    filing = world.filled(period=period)
    world.act("confirmer", Action.SUBMIT, filing)
    for who in ("county", "league"):
        world.act(who, Action.APPROVE, filing)


def test_what_final_filings_were_reckoned_with_is_only_followed(world):
    number = put(world, power(QUARTER, "2.9"))
    made_final(world)
    with pytest.raises(Conflict, match="add a row from a later quarter"):
        change(world, number, QUARTER, "2.0")
    with pytest.raises(Conflict, match="in force already"), world.acting("region") as actor:
        take_away(db.session.get(PrimaryCoefficient, number), actor=actor)
    with pytest.raises(Invalid, match="choose a later quarter"):
        put(world, power(QUARTER.previous, "2.7"))
    put(world, power(QUARTER.shifted(1), "2.7"))
    assert book(world, QUARTER).primary["33"] == Decimal("2.9")
    assert book(world, QUARTER.shifted(1)).primary["33"] == Decimal("2.7")


def test_a_row_cannot_be_moved_among_final_filings(world):
    number = put(world, power(QUARTER.shifted(1), "2.9"))
    made_final(world)
    with pytest.raises(Invalid):
        change(world, number, QUARTER, "2.9")
    assert book(world, QUARTER).primary["33"] == 3


def test_a_row_to_come_is_deleted(world):
    number = put(world, power(this_quarter().shifted(1), "2.9"))
    answer = world.client("region").post(f"/primary-coefficients/{number}/delete")
    assert answer.status_code == 302
    assert book(world, this_quarter().shifted(1)).primary["33"] == 3
    assert journal(world, "catalogue:delete")[0][1]["before"]["value"] == "2.9"
    assert world.client("region").get(f"/primary-coefficients/{number}").status_code == 404


def test_two_who_add_the_same_quarter_at_once_make_one_row(world):
    def add(value):
        client = world.client("region")
        data = form(QUARTER, carrier_code="33", value=value)
        return client.post("/primary-coefficients/add", data=data).status_code

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(add, ("2.9", "2.8"))) == [302, 422]
    assert len(journal(world, "catalogue:add")) == 1


def test_two_who_change_the_same_row_are_told(world):
    number = put(world, power(QUARTER, "2.9"))
    data = {**form(QUARTER, value="2.8"), "version": 1}
    client = world.client("region")
    assert client.post(f"/primary-coefficients/edit/{number}", data=data).status_code == 302
    answer = client.post(f"/primary-coefficients/edit/{number}", data={**data, "value": "2.7"})
    assert answer.status_code == 409
    assert "Someone else has just changed this" in answer.text
    assert book(world, QUARTER).primary["33"] == Decimal("2.8")


# the pages

ADD = {
    "/carrier-coefficients": {"carrier_code": "04", "reference": "0.7", "hard_min": "0.3"},
    "/primary-coefficients": {"carrier_code": "32", "value": "0.0405"},
    "/product-limits": {"product_key": "2611P", "level1": "2900", "level3": "3100"},
    "/waste-classes": {"code": "SW77", "name_zh": "新", "name_en": "New", "unit": "t"},
    "/sheet-policies": {"sheet": "S2R"},
}


@pytest.mark.parametrize("address", ADD)
@pytest.mark.parametrize("who", KEEPERS)
def test_a_row_is_added_seen_and_changed_on_the_pages(world, who, address):
    client, period = world.client(who), QUARTER.shifted(1)
    assert f'href="{address}/add"' in client.get(f"{address}/list/").text
    answer = client.post(f"{address}/add", data=form(period, **ADD[address]))
    assert answer.status_code == 302, answer.text
    page = client.get(f"{address}/list/?in_force={period}").text
    assert "a document" in page
    number = page.split("a document", 1)[0].rsplit(f'href="{address}/', 1)[1].split('"')[0]
    shown = client.get(f"{address}/{number}").text
    assert "2026Q2" in shown
    assert "because" in shown
    edit = client.get(f"{address}/edit/{number}")
    assert edit.status_code == 200
    key, *_rest = ADD[address]
    changed = {name: value for name, value in ADD[address].items() if name != key}
    data = {**form(period, **changed), "source": "another", "version": 1}
    answer = client.post(f"{address}/edit/{number}", data=data)
    assert answer.status_code == 302, answer.text
    assert "another" in client.get(f"{address}/{number}").text
    assert client.get(f"{address}/list.xlsx").status_code == 200


@pytest.mark.parametrize("address", ADD)
@pytest.mark.parametrize("who", OTHERS)
def test_whoever_has_a_role_reads_and_changes_nothing(world, who, address):
    client = world.client(who)
    text = client.get(f"{address}/list/").text
    assert f"{address}/add" not in text
    assert client.get(f"{address}/add").status_code == 403
    assert client.post(f"{address}/add", data=form(QUARTER, **ADD[address])).status_code == 403
    assert client.post(f"{address}/edit/1", data=form(QUARTER)).status_code == 403
    assert client.post(f"{address}/1/delete").status_code == 403
    assert journal(world, "catalogue:add") == []


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"value": "much"}, "is not a number"),
        ({"value": "-1"}, "may not be negative"),
        ({"value": "1.1234567"}, "at most 6 digits"),
        ({"value": ""}, "This field is required"),
        ({"from_quarter": "5"}, "Not a valid choice"),
        ({"from_year": "1999"}, "Number must be between 2000 and 2100"),
        ({"reason": ""}, "This field is required"),
        ({"carrier_code": "04"}, "Not a valid choice"),
        ({"value": "0"}, "A coefficient is above zero"),
    ],
)
def test_what_cannot_be_read_comes_back_with_the_reason(world, wrong, text):
    data = {**form(QUARTER, carrier_code="33", value="2.9"), **wrong}
    answer = world.client("region").post("/primary-coefficients/add", data=data)
    assert answer.status_code == 422
    assert text in answer.text
    assert "a document" in answer.text
    assert book(world, QUARTER).primary["33"] == 3


def test_lists_are_filtered_by_thing_and_by_quarter(world):
    put(world, coal(QUARTER, "0.65"))
    client = world.client("filler")
    one = client.get("/carrier-coefficients/list/?of=04").text
    assert one.count('<th scope="row">') == 2
    then = client.get("/carrier-coefficients/list/?of=04&in_force=2025Q4").text
    assert then.count('<th scope="row">') == 1
    assert "0.7143" in then
    assert client.get("/carrier-coefficients/list/?in_force=x").status_code == 404


def test_the_lists_of_carriers_and_products_show_what_is_in_force_today(world):
    day = today()
    now = Quarter(day.year, (day.month + 2) // 3)
    put(world, coal(now, "0.651"))
    put(world, coal(now.shifted(1), "0.652"))
    put(world, carbide(now, 701, 702, 703))
    client = world.client("county")
    carriers = client.get("/carriers/list/").text
    assert "0.651" in carriers
    assert "0.652" not in carriers
    products = client.get("/products/list/?name=2611").text
    assert "703" in products
    assert "940" not in products
