"""Two at once: exactly one wins, the other is told; a double click does nothing twice."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from app.core.db import db
from app.filings.models import Filing, FilingVersion
from app.review.models import Decision
from app.review.workflow import Action, State
from app.upkeep.verify import everything_wrong
from tests.world import QUARTER

REASON = "the coefficient of coal does not agree"


def all_at_once(*calls):
    """The statuses of *calls*, begun at the same moment."""
    together, statuses = threading.Barrier(len(calls)), []

    def one(call):
        together.wait()
        statuses.append(call().status_code)

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(statuses)


def decisions(world):
    with world.seen_from():
        assert everything_wrong() == []
        return db.session.scalar(select(func.count(Decision.id)))


@pytest.mark.parametrize("times", [2, 6])
def test_a_double_click_submits_once(world, times):
    filing = world.filled()
    with world.seen_from():
        review = world.review_of(filing).id
    world.ready("confirmer", filing)
    clients = [world.client("confirmer") for _n in range(times)]
    statuses = all_at_once(*[lambda c=c: c.post(f"/reviews/{review}/submit") for c in clients])
    assert statuses == {302: 1, 409: times - 1}
    assert decisions(world) == 1
    with world.seen_from():
        assert db.session.scalar(select(func.count(FilingVersion.id))) == 1


def test_of_approving_and_returning_at_once_one_wins(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review, shown = world.review_of(filing).id, world.review_of(filing).version
    clients = [world.client("county") for _n in range(4)]
    statuses = all_at_once(
        *[
            lambda c=c, a=a: c.post(
                f"/reviews/{review}/{a}", data={"version": shown, "reason": REASON}
            )
            for c, a in zip(clients, ["approve", "return", "approve", "return"], strict=True)
        ]
    )
    assert statuses == {302: 1, 409: 3}
    assert decisions(world) == 2
    with world.seen_from():
        assert world.review_of(filing).state in (State.COUNTY_APPROVED, State.RETURNED)


def test_withdrawing_and_approving_at_once_one_wins(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review = world.review_of(filing).id
    county, confirmer = world.client("county"), world.client("confirmer")
    statuses = all_at_once(
        lambda: county.post(f"/reviews/{review}/approve"),
        lambda: confirmer.post(f"/reviews/{review}/withdraw"),
    )
    assert statuses == {302: 1, 409: 1}
    assert decisions(world) == 2


def test_opening_the_same_quarter_twice_makes_one_filing(world):
    with world.seen_from():
        data = {"enterprise": world.enterprise().id, "period": "2026Q1"}
    clients = [world.client("confirmer") for _n in range(4)]
    statuses = all_at_once(*[lambda c=c: c.post("/filings/open", data=data) for c in clients])
    assert statuses == {302: 1, 409: 3}
    with world.seen_from():
        assert db.session.scalar(select(func.count(Filing.id))) == 1


def test_the_conflict_says_who_was_faster(world):
    filing = world.filled()
    world.act("confirmer", Action.SUBMIT, filing)
    with world.seen_from():
        review, shown = world.review_of(filing).id, world.review_of(filing).version
    county = world.client("county")
    data = {"version": shown}
    assert county.post(f"/reviews/{review}/approve", data=data).status_code == 302
    again = county.post(f"/reviews/{review}/approve", data=data)
    assert again.status_code == 409
    assert "County" in again.text
    assert "Approve" in again.text


def test_thirty_who_decide_on_the_same_filings_decide_each_once(world):
    """Whoever is too late is told so, whatever the order in which they go through the queue."""
    filings = []
    for confirmer in ("confirmer", "large_confirmer"):
        for period in (QUARTER.shifted(-1), QUARTER):
            filing = world.filled(confirmer, period)
            world.act(confirmer, Action.SUBMIT, filing)
            with world.seen_from():
                filings.append((filing, world.review_of(filing).version))
    headers = world.token("county")
    statuses = Counter()
    lock = threading.Lock()

    def go_through(number):
        client = world.app.test_client()
        mine = filings[number % len(filings) :] + filings[: number % len(filings)]
        for filing, version in mine:
            action = "approve" if number % 2 else "return"
            sent = {"version": version, "reason": REASON}
            answer = client.post(f"/api/v1/filings/{filing}/{action}", json=sent, headers=headers)
            with lock:
                statuses[answer.status_code] += 1

    threads = [threading.Thread(target=go_through, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == {200: len(filings), 409: 29 * len(filings)}
    assert decisions(world) == 2 * len(filings)
