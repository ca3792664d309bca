"""What is told to whom in the tests."""

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.core.db import db
from app.notices.models import Notice, NoticeKind
from app.notices.operations import notify


def told(world, name="filler", by="league", number=1, kind=NoticeKind.RETURNED, **more):
    """The number of the notice that *by* has sent to *name*."""
    with world.acting(by) as actor:
        person = db.session.scalar(select(User.id).where(User.username == name))
        details = {"about": f"Here 2026Q{number}", "subject": ("review", number), **more}
        details.setdefault("event", f"decision:{number}")
        if "place" not in details:
            details["place"] = world.enterprise("Here").place
        [notice] = notify(kind, to=[person], actor=actor, **details)
        db.session.flush()
        return notice.id


def notices_of(world, name):
    """What *name* was told, oldest first: kind and what it is about."""
    with world.seen_from():
        query = (
            select(Notice.kind, Notice.about)
            .join(User, User.id == Notice.to_id)
            .where(User.username == name)
            .order_by(Notice.id)
        )
        return [tuple(row) for row in db.session.execute(query)]


def kinds_of(world, name):
    return [kind for kind, _about in notices_of(world, name)]


def notice(world, number):
    with world.seen_from():
        row = db.session.get(Notice, number)
        db.session.expunge_all()
        return row


def everybody_told(world):
    """Who was told, by kind."""
    with world.seen_from():
        query = select(Notice.kind, User.username).join(User, User.id == Notice.to_id)
        found = {}
        for kind, name in db.session.execute(query):
            found.setdefault(kind, set()).add(name)
        return found
