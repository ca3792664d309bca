"""Reading notices, and who is to be told: the people of a tier who may do something there."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select

from app.accounts.models import AddedPlace
from app.accounts.queries import holders_of
from app.accounts.roles import Right
from app.core.clock import today
from app.core.db import db
from app.notices.models import Notice
from app.regions.scope import Tier, path_to


def people_at(place: str, tier: Tier, right: Right) -> Sequence[int]:
    """The numbers of the active people who stand exactly at *tier* on the way to *place*.

    *right* is what they may do, ``("can_decide", "Review")``.  Deputies are among them for as
    long as they stand there.
    """
    at = path_to(place, tier)
    return people_by_place([at], right).get(at, ())


def people_by_place(places: Collection[str], right: Right) -> Mapping[str, Sequence[int]]:
    """The same for many places at once; one statement.  At most some hundred places."""
    if not places:
        return {}
    holders, day = holders_of(right), today()
    here = select(User.id, User.place.label("at")).where(User.place.in_(places))
    added = (
        select(User.id, AddedPlace.place.label("at"))
        .join(AddedPlace, AddedPlace.person_id == User.id)
        .where(AddedPlace.place.in_(places), AddedPlace.starts_on <= day)
        .where(or_(AddedPlace.ends_on.is_(None), AddedPlace.ends_on >= day))
    )
    active = [query.where(User.active, User.id.in_(holders)) for query in (here, added)]
    found: dict[str, list[int]] = defaultdict(list)
    for number, at in db.session.execute(active[0].union(active[1]).order_by("id")):
        found[at].append(number)
    return found


def unread_of(person_id: int) -> int:
    """How many notices wait to be read; one look into an index."""
    query = select(func.count(Notice.id)).where(Notice.to_id == person_id, Notice.read_at.is_(None))
    return db.session.scalar(query) or 0
