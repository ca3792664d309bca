"""The class of an enterprise year by year: set by document, and kept in step with today."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import SYSTEM, Actor
from app.audit.record import record
from app.core.clock import today
from app.core.db import db
from app.core.errors import Forbidden, Invalid, Problem
from app.enterprises.life import EnterpriseClassYear
from app.enterprises.models import Enterprise, EnterpriseClass
from app.regions.scope import SEEN_WITH_ITS_OWNER, Tier

# 百家 and 千家 are fixed by the state and the region: whoever enters or leaves these lists
SET_BY_THE_REGION = frozenset({EnterpriseClass.HUNDRED, EnterpriseClass.THOUSAND})


def class_of(enterprise: Enterprise, year: int) -> EnterpriseClass:
    """The class in force in *year*: the latest row up to it, else the earliest there is."""
    past: EnterpriseClass | None = None
    for row in classes_of(enterprise):
        if past is None or row.year <= year:
            past = row.enterprise_class
    return past or enterprise.enterprise_class


def classes_of(enterprise: Enterprise) -> list[EnterpriseClassYear]:
    """The rows of an enterprise, the earliest year first."""
    query = select(EnterpriseClassYear).where(EnterpriseClassYear.enterprise_id == enterprise.id)
    statement = query.order_by(EnterpriseClassYear.year).execution_options(**SEEN_WITH_ITS_OWNER)
    return list(db.session.scalars(statement))


def may_give(actor: Actor, place: str, *kinds: EnterpriseClass) -> bool:
    """Whether *actor* may give or take all of *kinds* at *place*."""
    region = actor.tiers_at(place) & {Tier.PLATFORM, Tier.REGION}
    return bool(region) or not SET_BY_THE_REGION & set(kinds)


def set_class(
    enterprise: Enterprise,
    year: int,
    kind: EnterpriseClass,
    *,
    document: str,
    reason: str,
    actor: Actor,
) -> EnterpriseClassYear:
    """Set the class from *year* on; only the region puts on, or takes off, the upper lists.

    Said a second time in the same words it changes nothing.
    """
    document, reason = document.strip(), reason.strip()
    rows = classes_of(enterprise)
    row = next((one for one in rows if one.year == year), None)
    before = class_of(enterprise, year)
    if not may_give(actor, enterprise.place, kind, before):
        raise Forbidden(_("Only the region sets the hundred and the thousand class."))
    problems = []
    if not reason or len(reason) > 500:
        problems.append(Problem("reason", _("Say why.")))
    if len(document) > 100 or (kind in SET_BY_THE_REGION and not document):
        problems.append(Problem("document", _("Name the document, in at most 100 characters.")))
    if problems:
        raise Invalid(_("The class has not been set."), problems)
    if row is not None and (row.enterprise_class, row.document, row.reason) == (
        kind,
        document,
        reason,
    ):
        return row
    if row is None:
        row = EnterpriseClassYear(enterprise_id=enterprise.id, place=enterprise.place, year=year)
        db.session.add(row)
    row.enterprise_class, row.document, row.reason = kind, document, reason
    db.session.flush()
    enterprise.enterprise_class = class_of(enterprise, today().year)
    record(
        "enterprise:set_class",
        enterprise,
        actor=actor,
        place=enterprise.place,
        year=year,
        before=before,
        after=kind,
        document=document,
        reason=reason,
    )
    return row


def first_class(enterprise: Enterprise) -> EnterpriseClassYear:
    """The row with which the history of a new enterprise begins."""
    row = EnterpriseClassYear(
        enterprise=enterprise,
        place=enterprise.place,
        year=today().year,
        enterprise_class=enterprise.enterprise_class,
        document="",
        reason="",
    )
    db.session.add(row)
    return row


def bring_classes_in_step(year: int, *, actor: Actor = SYSTEM) -> int:
    """Let the registry show the classes of *year*, which may have been set before it began.

    Returns how many enterprises changed their class by it.
    """
    query = (
        select(EnterpriseClassYear)
        .where(EnterpriseClassYear.year <= year)
        .order_by(EnterpriseClassYear.year)
    )
    wanted = {row.enterprise_id: row.enterprise_class for row in db.session.scalars(query)}
    shown = select(Enterprise.id, Enterprise.enterprise_class)
    late = [pk for pk, kind in db.session.execute(shown) if wanted.get(pk, kind) is not kind]
    for pk in late:
        enterprise = db.session.get_one(Enterprise, pk)
        before, enterprise.enterprise_class = enterprise.enterprise_class, wanted[pk]
        facts = {"year": year, "before": before, "after": wanted[pk]}
        record("enterprise:class_begins", enterprise, actor=actor, place=enterprise.place, **facts)
    return len(late)
