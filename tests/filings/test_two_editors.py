"""Two people, or two windows, over one filing: the slower is told, and nothing is lost."""

import pytest

from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.filings.models import Filing
from app.filings.operations import fill_sheet
from app.filings.sheets import SHEETS
from app.review.workflow import Action
from tests.filings.filling import everything, figures_of, fill, rows_with
from tests.samples import HEADER, SHEET_ROWS

API = "/api/v1/filings"


def revision(world, filing):
    with world.seen_from():
        return db.session.get(Filing, filing).revision


@pytest.mark.parametrize("second", ["confirmer", "filler"])
@pytest.mark.parametrize("first", ["confirmer", "filler"])
@pytest.mark.parametrize("other_sheet", ["S2", "S3"])
def test_who_saves_over_what_has_been_changed_is_told_and_nothing_is_lost(
    world, first, second, other_sheet
):
    """Two windows of one person too, and whoever it was that saved last."""
    filing = world.filled()  # by the confirmer
    shown = revision(world, filing)
    rows = rows_with("S2", "09", closing_stock=6999)
    fill(world, filing, "S2", rows, who=first, shown=shown)
    before = everything(world, filing)
    with pytest.raises(Conflict, match="just changed this filing"):
        fill(world, filing, other_sheet, SHEET_ROWS[other_sheet], who=second, shown=shown)
    assert everything(world, filing) == before
    assert figures_of(world, filing)["S2"]["09"]["closing_stock"] == 6999


def test_every_saving_raises_the_revision_even_of_the_same_figures(world):
    filing = world.filled()
    seen = [revision(world, filing)]
    for key in ("S2", "S2", "F0", "F0"):
        fill(world, filing, key, SHEET_ROWS[key])
        seen.append(revision(world, filing))
    assert seen == sorted(set(seen))


def test_a_refused_saving_leaves_the_revision(world):
    filing = world.filled()
    shown = revision(world, filing)
    with pytest.raises(Invalid):
        fill(world, filing, "S2", rows_with("S2", "09", closing_stock="x"))
    assert revision(world, filing) == shown
    assert fill(world, filing, "S2", SHEET_ROWS["S2"], shown=shown) == []


def test_a_program_is_told_too(world):
    filing, token, client = world.filled(), world.token("confirmer"), world.client()
    address = f"{API}/{filing}/sheets/F0"
    shown = client.get(address, headers=token).json["revision"]
    first = {"rows": [{**HEADER, "unit_head": "one"}], "revision": shown}
    second = {"rows": [{**HEADER, "unit_head": "two"}], "revision": shown}
    saved = client.put(address, json=first, headers=token)
    assert (saved.status_code, saved.json["revision"]) == (200, shown + 1)
    before = everything(world, filing)
    late = client.put(address, json=second, headers=token)
    assert (late.status_code, late.json["details"]) == (409, [])
    assert everything(world, filing) == before
    second["revision"] = saved.json["revision"]
    assert client.put(address, json=second, headers=token).status_code == 200


def form(key, revision, changes=()):
    """The entry page as a browser sends it back."""
    data = {"revision": revision}
    name = SHEETS[key].sheet.key_name
    for row in SHEET_ROWS[key]:
        code = row.get(name, "")
        data[f"{code}:present"] = "1"
        data |= {f"{code}:{n}": str(v) for n, v in row.items() if n != name}
    return data | dict(changes)


def test_the_cells_of_a_grid_come_back_as_they_were_typed(world):
    filing = world.filled()
    shown = revision(world, filing)
    address = f"/filings/{filing}/sheets/S2"
    first = form("S2", shown, {"09:closing_stock": "6999"})
    assert world.client("filler").post(address, data=first).status_code == 302
    before = everything(world, filing)
    typed = {"09:closing_stock": "7001.5", "21:row_note": "<b>“typed”", "10:opening_stock": "4,321"}
    late = world.client("confirmer").post(address, data=form("S2", shown, typed))
    assert late.status_code == 409
    for text in ('value="7001.5"', "&lt;b&gt;“typed”", 'value="4,321"', 'value="186000"'):
        assert text in late.text
    assert 'value="6999"' not in late.text
    assert everything(world, filing) == before


def test_what_cannot_be_read_comes_back_with_the_reason_at_its_cell(world):
    filing = world.filled()
    before = everything(world, filing)
    data = form("S2", revision(world, filing), {"09:closing_stock": "a lot"})
    answer = world.client("confirmer").post(f"/filings/{filing}/sheets/S2", data=data)
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.text
    assert 'id="S2/09/closing_stock-wrong"' in answer.text
    assert "“a lot” is not a number." in answer.text
    assert everything(world, filing) == before


def test_a_row_marked_for_removal_goes_and_one_left_empty_stays(world):
    filing = world.filled()
    data = form("S2", revision(world, filing), {"09:removed": "1", "10:present": "1"})
    answer = world.client("confirmer").post(f"/filings/{filing}/sheets/S2", data=data)
    assert answer.status_code == 302
    assert sorted(figures_of(world, filing)["S2"]) == ["04", "10", "21", "32", "33", "37"]


def test_the_page_saves_what_it_shows_without_changing_it(world):
    filing = world.filled()
    before = figures_of(world, filing)
    for key in SHEET_ROWS:
        data = form(key, revision(world, filing))
        answer = world.client("filler").post(f"/filings/{filing}/sheets/{key}", data=data)
        assert answer.status_code == 302
    assert figures_of(world, filing) == before


@pytest.mark.parametrize("who", ["county", "league", "region", "super", "observer", "staff"])
def test_nobody_above_edits_by_any_way(world, who):
    filing = world.filled()
    before = everything(world, filing)
    rows = SHEET_ROWS["F0"]
    with world.seen_from():
        actor = world.actor(who)
        with pytest.raises(Forbidden):
            fill_sheet(db.session.get(Filing, filing), "F0", rows, actor=actor)
    page = world.client(who).post(f"/filings/{filing}/sheets/F0", data=form("F0", 1))
    assert page.status_code in (302, 403, 404)
    answer = world.client().put(
        f"{API}/{filing}/sheets/F0", json={"rows": rows}, headers=world.token(who)
    )
    assert answer.status_code in (403, 404)
    assert everything(world, filing) == before


@pytest.mark.parametrize("approvers", [(), ("county",), ("county", "league")])
def test_what_has_been_submitted_stays_as_it_is(world, approvers):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    for who in approvers:
        world.act(who, Action.APPROVE, filing)
    before = everything(world, filing)
    with pytest.raises(Conflict, match="it cannot be changed"):
        fill(world, filing, "F0", SHEET_ROWS["F0"])
    shown = revision(world, filing)
    answer = world.client("filler").post(f"/filings/{filing}/sheets/F0", data=form("F0", shown))
    assert answer.status_code == 409
    assert everything(world, filing) == before
