"""A draft is the enterprise's own; everybody else sees what was submitted, and only that."""

import pytest

from app.core.db import db
from app.filings.models import Filing
from app.filings.queries import figures_for
from app.review.workflow import Action
from tests.filings.filling import figures_of, fill, rows_with
from tests.world import PEOPLE

REASON = "Row 04 does not match the invoice."
OWN = ("filler", "confirmer")
ABOVE = ("super", "region", "league", "county", "staff", "observer")
OUTSIDE = sorted(PEOPLE.keys() - {*OWN, *ABOVE})
FIRST, LATER = "57,917", "57,918"  # the industrial consumption of carrier 09
API = "/api/v1/filings"


def seen(world, filing, who):
    with world.seen_from():
        return figures_for(db.session.get(Filing, filing), world.actor(who))


def change(world, filing, figure):
    rows = rows_with("S2", "09", industrial_consumption=figure, feedstock_consumption=1)
    fill(world, filing, "S2", rows)


def submitted_and_returned(world):
    """A filing that was submitted with `FIRST`, returned, and now reads `LATER`."""
    filing = world.filled()
    change(world, filing, FIRST)
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, REASON)
    change(world, filing, LATER)
    return filing


def pages(world, filing, who):
    """All that *who* can read of the filing on pages and in answers, and every status."""
    with world.seen_from():
        review = world.review_of(filing).id
    client, token = world.client(who), world.token(who)
    answers = [
        client.get(f"/filings/{filing}"),
        client.get(f"/reviews/{review}"),
        client.get(f"/filings/{filing}/sheets/S2"),
        client.get(f"{API}/{filing}", headers=token),
        client.get(f"{API}/{filing}/sheets/S2", headers=token),
    ]
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {200, 302, 403, 404}
    return " ".join(answer.text for answer in answers if answer.status_code == 200), statuses


def shows(page, figure):
    return figure in page or figure.replace(",", "") in page


@pytest.mark.parametrize("who", ABOVE)
def test_nobody_above_sees_figures_of_a_draft(world, who):
    filing = world.filled()
    change(world, filing, FIRST)
    assert seen(world, filing, who) is None
    page, statuses = pages(world, filing, who)
    assert not shows(page, FIRST)
    assert (statuses[0], statuses[4]) == (200, 404)  # that there is a draft is no secret


@pytest.mark.parametrize("who", ABOVE)
def test_nor_after_it_was_withdrawn(world, who):
    filing = world.filled()
    change(world, filing, FIRST)
    world.act("confirmer", Action.SUBMIT, filing)
    assert shows(pages(world, filing, who)[0], FIRST)
    world.act("confirmer", Action.WITHDRAW, filing)
    assert seen(world, filing, who) is None
    assert not shows(pages(world, filing, who)[0], FIRST)


@pytest.mark.parametrize("who", ABOVE)
def test_those_above_see_the_submitted_version_and_no_later_edits(world, who):
    filing = submitted_and_returned(world)
    assert seen(world, filing, who)["S2"]["09"]["industrial_consumption"] == 57917
    page, _statuses = pages(world, filing, who)
    assert (shows(page, FIRST), shows(page, LATER)) == (True, False)
    world.act("confirmer", Action.SUBMIT, filing)
    assert seen(world, filing, who) == figures_of(world, filing)
    page, _statuses = pages(world, filing, who)
    assert (shows(page, FIRST), shows(page, LATER)) == (False, True)


@pytest.mark.parametrize("who", OWN)
def test_the_enterprise_sees_its_work_as_it_is(world, who):
    filing = submitted_and_returned(world)
    assert seen(world, filing, who) == figures_of(world, filing)
    page, statuses = pages(world, filing, who)
    assert shows(page, LATER)
    assert [statuses[n] for n in (0, 2, 3, 4)] == [200] * 4


@pytest.mark.parametrize("who", OUTSIDE)
def test_outside_nobody_sees_that_there_is_a_filing(world, who):
    filing = submitted_and_returned(world)
    world.act("confirmer", Action.SUBMIT, filing)
    page, statuses = pages(world, filing, who)
    assert page == ""
    assert 200 not in statuses
    assert world.client().get(f"{API}/", headers=world.token(who)).json["count"] == 0


@pytest.mark.parametrize("who", ["county", "league", "region", "super"])
def test_what_stands_in_the_way_of_a_draft_is_told_to_nobody_else(world, who):
    filing = world.filled()
    fill(world, filing, "F0", rows_with("F0", unit_head=""))
    address = f"{API}/{filing}"
    assert world.client().get(address, headers=world.token(who)).json["findings"] == []
    own = world.client().get(address, headers=world.token("filler")).json["findings"]
    assert own[0]["where"] == "F0/unit_head"
