"""What the open entry page asks for: reckoning, saving, cumulative figures; nothing unasked."""

from decimal import Decimal

import pytest

from app.core.db import db
from app.filings.beside import beside_of
from app.filings.models import Filing
from app.filings.sheets import SHEETS
from app.review.workflow import Action
from tests.filings.filling import everything, figures_of, fill, rows_with
from tests.world import QUARTER

JSON = {"Accept": "application/json"}
NEXT = QUARTER.shifted(1)


def form(key, row="", **cells):
    kind = SHEETS[key]
    found = {}
    for one in rows_with(key, row, **cells):
        code = one.get(kind.sheet.key_name, "") if kind.sheet.keyed else ""
        found |= {f"{code}:{name}": str(one.get(name, "")) for name in kind.inputs()}
        found |= {f"{code}:{n}": str(v).lower() for n, v in one.items() if isinstance(v, bool)}
    return found


def ask(world, filing, key, what, data, who="confirmer"):
    return world.client(who).post(f"/filings/{filing}/sheets/{key}/{what}", data=data, headers=JSON)


def test_what_is_typed_is_reckoned_and_not_kept(world):
    filing = world.filled()
    before = everything(world, filing)
    told = ask(world, filing, "S2", "reckon", form("S2", "33", industrial_consumption="30000")).json
    assert told["cells"]["S2/33/industrial_tce"] == "36,870"
    assert told["headline"][0] != "225,209.77"
    assert Decimal(told["totals"]["industrial_tce"].replace(",", "")) > 0
    assert everything(world, filing) == before


def test_what_cannot_be_read_is_named_and_the_rest_is_reckoned(world):
    filing = world.filled()
    told = ask(world, filing, "S2", "reckon", form("S2", "33", industrial_consumption="x")).json
    assert "S2/33/industrial_consumption" in [one["where"] for one in told["problems"]]
    assert told["left"]["S2"] >= 1
    assert told["cells"]["S2/04/industrial_tce"] != "—"


@pytest.mark.parametrize("key", [key for key, kind in SHEETS.items() if kind.sheet.made is None])
def test_every_sheet_can_be_reckoned_and_saved_as_it_is(world, key):
    filing = world.filled()
    before = figures_of(world, filing)
    row = next(iter(before[key]), "")
    data = {**form(key, row), "revision": str(revision(world, filing))}
    assert ask(world, filing, key, "reckon", data).status_code == 200
    saved = ask(world, filing, key, "save", data)
    assert (saved.status_code, saved.json["problems"]) == (200, [])
    assert saved.json["revision"] == revision(world, filing)
    assert figures_of(world, filing) == before


def revision(world, filing):
    with world.seen_from():
        return db.session.get(Filing, filing).revision


def test_who_has_fallen_behind_is_given_what_stands_there(world):
    filing = world.filled()
    old = revision(world, filing)
    fill(world, filing, "S2", rows_with("S2", "04", row_note="new"), who="filler")
    before = everything(world, filing)
    answer = ask(world, filing, "S2", "save", {**form("S2"), "revision": str(old)})
    assert answer.status_code == 409
    assert answer.json["cells"]["04:row_note"] == "new"
    assert answer.json["revision"] == revision(world, filing)
    assert (answer.json["open"], answer.json["by_you"]) == (True, False)
    assert everything(world, filing) == before


def test_what_is_handed_in_is_not_merged(world):
    filing = world.filled()
    data = {**form("S2"), "revision": str(revision(world, filing))}
    world.act("confirmer", Action.SUBMIT, filing)
    answer = ask(world, filing, "S2", "save", data)
    assert (answer.status_code, answer.json["open"]) == (409, False)


@pytest.mark.parametrize("what", ["reckon", "save", "subtract"])
@pytest.mark.parametrize("who", ["county", "league", "region", "next_confirmer"])
def test_nobody_else_types_in_it(world, what, who):
    filing = world.filled()
    before = everything(world, filing)
    answer = ask(world, filing, "S2", what, form("S2"), who=who)
    assert answer.status_code in (302, 403, 404)
    assert everything(world, filing) == before


def test_cumulative_figures_become_those_of_the_quarter(world):
    first = world.filled()
    world.act("confirmer", Action.SUBMIT, first)
    second = world.filled(period=NEXT)
    was = figures_of(world, first)["S2"]["33"]
    whole = was["purchase_quantity"] + Decimal("12.5")
    data = {
        **form("S2", "33", purchase_quantity=whole, closing_stock=7, row_note="x"),
        "cells": "33:purchase_quantity,33:closing_stock,33:row_note,33:industrial_tce,99:nothing",
    }
    told = ask(world, second, "S2", "subtract", data).json
    assert {name: Decimal(text) for name, text in told["cells"].items()} == {
        "33:purchase_quantity": Decimal("12.5")  # stocks are the last ones, words stay words
    }
    assert told["told"][0]["how"].endswith("= 12.5")


def test_beside_a_cell_stand_last_quarter_the_year_before_and_the_year_so_far(world):
    for period in (QUARTER.a_year_before.shifted(1), QUARTER):
        world.filled(period=period)
    filing = world.filled(period=NEXT)
    with world.seen_from():
        beside = beside_of(db.session.get(Filing, filing), SHEETS["S2"])
        past = beside.cell("33", "purchase_quantity")
        assert past.before == past.year_ago == "42,000"
        assert beside.year("33", "purchase_quantity", Decimal(1)) == "42,001"
        assert beside.so_far("33", "opening_stock") is None  # a stock does not add up
        assert beside.cell("33", "row_note").before == ""
    page = world.client("confirmer").get(f"/filings/{filing}/sheets/S2").text
    assert 'id="S2/33/purchase_quantity-past"' in page


def test_what_is_saved_comes_back_as_it_is_kept(world):
    filing = world.filled()
    data = {
        **form("S2", "33", purchase_quantity=" 42,000.50 "),
        "revision": revision(world, filing),
    }
    saved = ask(world, filing, "S2", "save", data).json
    assert saved["typed"]["33:purchase_quantity"] == "42000.5"
    assert saved["typed"].keys() >= {"04:row_note", "33:coefficient_basis"}
