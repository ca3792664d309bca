"""`kill -9` in the middle of two hundred submissions: nothing acknowledged is lost, none is half.

The real server with its workers, real requests, on whichever database the suite runs on.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from flask_appbuilder.security.sqla.models import Role, User
from flask_jwt_extended import create_access_token
from sqlalchemy import insert, select

from app.audit.actor import Actor
from app.audit.models import AuditEntry
from app.core.credit_code import check_character
from app.core.db import db
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.operations import register
from app.filings.alarms.models import Explanation
from app.filings.models import Filing, FilingVersion
from app.filings.operations import fill_sheets, open_filing
from app.filings.printing import SHORT, hash_of
from app.filings.queries import book_around, current_figures
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.regions.scope import EVERYWHERE, RegionScope
from app.review.models import Decision, Review
from app.review.workflow import State
from app.upkeep.verify import everything_wrong
from tests.databases import let_go
from tests.readiness import make_ready
from tests.samples import SHEET_ROWS
from tests.server import Server
from tests.world import COUNTY, NEXT_COUNTY, OTHER_COUNTY, QUARTER

SUBMISSIONS = 200
AFTERWARDS = 32  # of those that are left
AT_ONCE = 16
KILL_AFTER = 70


def made_ready(world):
    """Two hundred enterprises with a filled filing each; their numbers and tokens."""
    ready = []
    with world.seen_from():
        role = db.session.scalars(select(Role).where(Role.name == "enterprise_confirmer")).one()
        for n in range(SUBMISSIONS):
            body = f"91150200MA9{n:05d}X"
            enterprise = register(
                Enterprise(
                    name=f"Enterprise {n}",
                    credit_code=body + check_character(body),
                    industry_code="26",
                    enterprise_class=EnterpriseClass.UNLISTED,
                ),
                (COUNTY, NEXT_COUNTY, OTHER_COUNTY)[n % 3],
                actor=Actor(None, "test", EVERYWHERE),
            )
            actor = Actor(None, "test", RegionScope.of(enterprise.place))
            filing = open_filing(enterprise, QUARTER, actor=actor)
            if ready:
                filled_like(ready[0][0], filing)
            else:
                fill_sheets(filing, SHEET_ROWS, actor=actor)
                make_ready(filing, actor)
            user = User(
                username=f"c{n}",
                first_name="C",
                last_name=str(n),
                email=f"c{n}@example.test",
                password="-",
                active=True,
                roles=[role],
            )
            user.place = enterprise.place
            db.session.add(user)
            db.session.flush()
            ready.append((filing.id, user.id))
        db.session.commit()
        return [(filing, create_access_token(str(user))) for filing, user in ready]


def filled_like(first, filing):
    """The rows of the *first* one under another number; the print bears a hash of its own."""
    for kind in (*SHEETS.values(), Attachment, Explanation):
        query = select(kind.__table__).where(kind.filing_id == first)
        rows = [{**row, "filing_id": filing.id, "place": filing.place} for row in mapped(query)]
        if kind is Attachment:
            code = hash_of(filing, current_figures(filing, book_around(filing)))[:SHORT]
            rows = [{**row, "summary_hash8": row["summary_hash8"] and code} for row in rows]
        if rows:
            db.session.execute(insert(kind.__table__), rows)


def mapped(query):
    rows = db.session.execute(query).mappings()
    return [{name: row[name] for name in row if name != "id"} for row in rows]


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
