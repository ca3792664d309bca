"""Remind enterprises of documents that are missing or have expired: by a click, once a day each."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.among import among
from app.core.clock import today
from app.core.db import db
from app.core.errors import Forbidden
from app.core.unit import wait_for_turn
from app.enterprises.models import Enterprise
from app.enterprises.start_stop import is_enabled_in
from app.inspection.models import InspectionReminder
from app.notices.models import NoticeKind
from app.notices.operations import notify
from app.notices.queries import people_by_place
from app.notices.reminded import Reminded
from app.regions.scope import Tier

UPLOADS = ("can_upload", "Inspection")
AT_ONCE = 100  # enterprises at a time
ABOVE = frozenset({Tier.PLATFORM, Tier.REGION, Tier.LEAGUE, Tier.COUNTY})


def remind(year: int, wanting: Mapping[int, int], *, actor: Actor) -> Reminded:
    """Remind the enterprises with the numbers *wanting*, each of so many documents of *year*.

    Who is stopped at present, or was reminded today, is left out and counted.  Two who click at
    once come one after the other.  `Forbidden` for who stands below a county.
    """
    wait_for_turn("remind of documents")
    done, numbers = Reminded(), list(wanting)
    for at in range(0, len(numbers), AT_ONCE):
        _some(year, {pk: wanting[pk] for pk in numbers[at : at + AT_ONCE]}, done, actor)
    record(
        "inspection:remind",
        str(year),
        actor=actor,
        place=min(actor.scope.roots, key=len, default=""),
        year=year,
        told=done.told,
        people=done.people,
        skipped={"today": done.today, "stopped": done.stopped, "no_account": done.no_account},
    )
    return done


def _some(year: int, wanting: Mapping[int, int], done: Reminded, actor: Actor) -> None:
    day = today()
    query = select(Enterprise).where(among(Enterprise.id, wanting))
    found = db.session.scalars(query.order_by(Enterprise.id)).all()
    if not all(actor.tiers_at(one.place) & ABOVE for one in found):
        raise Forbidden(_("Only who stands above an enterprise reminds it."))
    running = set(db.session.scalars(query.where(is_enabled_in()).with_only_columns(Enterprise.id)))
    reminded = set(
        db.session.scalars(
            select(InspectionReminder.enterprise_id).where(
                among(InspectionReminder.enterprise_id, wanting), InspectionReminder.day == day
            )
        )
    )
    people = people_by_place([one.place for one in found], UPLOADS)
    for one in found:
        if one.id not in running:
            done.stopped += 1
        elif one.id in reminded:
            done.today += 1
        elif told := notify(
            NoticeKind.DOCUMENTS_WANTING,
            to=people.get(one.place, ()),
            place=one.place,
            about=f"{one.name} {year}",
            subject=("inspection", year),
            event=f"documents:{one.id}:{day}",
            actor=actor,
            facts={"n": str(wanting[one.id])},
        ):
            done.told += 1
            done.people += len(told)
            db.session.add(
                InspectionReminder(
                    enterprise_id=one.id,
                    place=one.place,
                    day=day,
                    wanting=wanting[one.id],
                    people=len(told),
                    by_id=actor.id,
                )
            )
        else:
            done.no_account += 1
