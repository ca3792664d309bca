"""The page of a review: what changed, the tabs, where to go next; bounded in what it asks."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.core.db import db
from app.filings.changes import moved
from app.filings.figures import read_back
from app.filings.queries import book_around, latest_version
from app.review.workflow import Action
from tests.filings.filling import fill, rows_with
from tests.world import QUARTER

MOST = 25


def figures_of(filing):
    return read_back(latest_version(filing).content)


def test_only_moved_cells_by_tce_then_share(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        row = world.filing()
        before, around = figures_of(row), book_around(row)
        assert moved(before, before, around) == []
        after = figures_of(row)
        key = min(after["S2"])
        cell = after["S2"][key]
        cell["purchase_quantity"] += 10
        after["S1"][""]["employees"] = after["S1"][""]["employees"] + 1
        found = moved(before, after, around)
        assert [one.where for one in found] == [f"S2/{key}/purchase_quantity", "S1/employees"]
        assert found[0].tce == 10 * cell["adopted_coefficient"]
        assert found[1].tce is None
        assert [one.sheet for one in moved(before, after, around, Decimal(99))] == []
        del after["S2"][key]
        gone = moved(before, after, around)
        assert {one.after for one in gone if one.sheet == "S2"} == {""}


def test_below_the_tabs_stands_what_was_filed_with_the_way_to_it(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    client = world.client("county")
    listed = (
        client.get(f"/reviews/{review}").text.split("Data as filed</h2>")[1].split("</table")[0]
    )
    ways = re.findall(r'<a href="([^"#]+)#([^"]+)">([^<]+)</a>', listed)
    names = ["Report of comprehensive use", "Water filed", "Solid waste filed"]
    assert [title for _page, _id, title in ways] == names
    whole = client.get(ways[0][0]).text
    assert [f'id="{anchor}"' in whole for _page, anchor, _title in ways] == [True] * 3
    assert [anchor.partition("-")[0] for _page, anchor, _title in ways] == ["F0", "W1", "R1"]


def test_against_the_last_version_only_what_was_corrected_stands_there(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    world.act("county", Action.RETURN, filing, "the number of employees is wrong")
    fill(world, filing, "S1", rows_with("S1", employees=999))
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    page = world.client("county").get(f"/reviews/{review}?against=version").text
    changed = page.split('id="changed"')[1].split('id="tab-energy"')[0]
    assert "999" in changed
    assert changed.count('<th scope="row">') == 1
    first = world.client("county").get(f"/reviews/{review}?against=nonsense&least=many")
    assert first.status_code == 200


def test_next_and_previous_go_through_the_queue_by_age(world):
    reviews = []
    for days, who in ((3, "confirmer"), (2, "large_confirmer")):
        filing = world.filled(who)
        world.act(who, Action.SUBMIT, filing)
        with world.seen_from():
            review = world.review_of(filing)
            review.since = datetime.now(UTC) - timedelta(days=days)
            reviews.append(review.id)
            db.session.commit()
    first, second = (world.client("county").get(f"/reviews/{one}").text for one in reviews)
    assert f'rel="next" href="/reviews/{reviews[1]}"' in first
    assert 'rel="prev"' not in first
    assert f'rel="prev" href="/reviews/{reviews[0]}"' in second
    assert 'rel="next"' not in second


def test_an_enterprise_is_found_by_initials_and_level(world):
    for who in ("confirmer", "large_confirmer"):
        world.act(who, Action.SUBMIT, world.filled(who))
    client = world.client("league")
    found = client.get("/reviews/list/?title=larg+2026q1&period=all").text
    assert "Large 2026Q1" in found
    assert "Here 2026Q1" not in found
    small = client.get("/reviews/list/?level=small&period=all").text
    assert "Here 2026Q1" in small
    assert "Large 2026Q1" not in small
    below = client.get("/reviews/list/?queue=below&period=all").text
    assert "Large 2026Q1" in below


def test_what_was_typed_is_there_again_when_it_is_refused(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    client = world.client("county")
    refused = client.post(f"/reviews/{review}/return", data={"reason": "short"})
    assert refused.status_code == 422
    assert ">short</textarea>" in refused.text
    data = {"text": "", "where": "S2/33", "audience": "enterprise"}
    refused = client.post(f"/reviews/{review}/remark", data=data)
    assert refused.status_code == 422
    assert 'value="S2/33"' in refused.text


@pytest.mark.parametrize("name", ["county", "confirmer", "league", "observer", "super"])
def test_the_page_asks_the_same_for_one_quarter_and_for_eight(world, asked, name):
    for back in (2, 1, 0):
        filing = world.filled(period=QUARTER.shifted(-back))
        world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    client = world.client(name)
    client.get(f"/reviews/{review}")
    asked.clear()
    assert client.get(f"/reviews/{review}").status_code == 200
    assert len(asked) <= MOST, "\n".join(asked)
