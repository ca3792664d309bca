"""`kill -9` in the middle of two hundred submissions: nothing acknowledged is lost, none is half.

The real server with its workers, real requests, on whichever database the suite runs on.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from flask_jwt_extended import create_access_token
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.filings.models import Filing, FilingVersion
from app.review.models import Decision, Review
from app.review.workflow import State
from app.upkeep.verify import everything_wrong
from tests.databases import let_go
from tests.many import many_ready
from tests.server import Server
from tests.world import COUNTY, NEXT_COUNTY, OTHER_COUNTY

SUBMISSIONS = 200
AFTERWARDS = 32  # of those that are left
AT_ONCE = 16
KILL_AFTER = 70


def made_ready(world):
    """Two hundred enterprises with a filled filing each; their numbers and tokens."""
    ready = many_ready(world, SUBMISSIONS, (COUNTY, NEXT_COUNTY, OTHER_COUNTY))
    with world.seen_from():
        return [(filing, create_access_token(str(user))) for filing, user in ready]


def test_nothing_acknowledged_is_lost_and_nothing_is_half(world, database, tmp_path):
    ready = made_ready(world)
    secret = world.app.config["SECRET_KEY"]
    let_go(world.app)
    server = Server(database, tmp_path, secret)
    acknowledged, lock, enough = set(), threading.Lock(), threading.Event()

    def submit(one):
        filing, token = one
        if server.submit(filing, token):
            with lock:
                acknowledged.add(filing)
                if len(acknowledged) >= KILL_AFTER:
                    enough.set()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(submit, one) for one in ready]
        assert enough.wait(60), "too slow"
        server.kill()
        for one in waiting:
            one.result()
    assert KILL_AFTER <= len(acknowledged) < SUBMISSIONS

    done = whole_submissions(world)
    assert acknowledged <= done
    let_go(world.app)

    healed = Server(database, tmp_path, secret)
    left = [one for one in ready if one[0] not in done][:AFTERWARDS]
    try:
        assert {healed.submit(*one) for one in left} == {True}
        assert {healed.submit(*one) for one in ready if one[0] in done} == {False}
    finally:
        healed.kill()
    assert whole_submissions(world) == done | {filing for filing, _token in left}


def whole_submissions(world):
    """The filings that are submitted, each with its version, decision and line of the journal."""
    with world.seen_from():
        submitted = set(
            db.session.scalars(
                select(Filing.id).join(Filing.review).where(Review.state == State.SUBMITTED)
            )
        )
        versions = set(db.session.scalars(select(FilingVersion.filing_id)))
        decided = set(
            db.session.scalars(
                select(Filing.id).join(Decision, Decision.review_id == Filing.review_id)
            )
        )
        told = db.session.scalars(
            select(AuditEntry.subject_id).where(AuditEntry.tag == "filing:submit")
        )
        reviews = select(Filing.id).where(Filing.review_id.in_([int(t) for t in told]))
        assert submitted == versions == decided == set(db.session.scalars(reviews))
        assert everything_wrong() == []
        return submitted
