"""The forms of an enterprise, and who sees what is private in them."""

from collections.abc import Mapping

from sqlalchemy import select

from app.audit.actor import Actor
from app.core.clock import PLACE_TIME, today
from app.core.db import db
from app.energy_staff.checking import age_in
from app.energy_staff.fields import STAFF, Field, Kind
from app.energy_staff.models import EnergyForm, FormState
from app.enterprises.models import Enterprise
from app.regions.scope import Tier

# the enterprise and those who review it; who else looks on has no right to it either
CHAIN = frozenset({Tier.REGION, Tier.LEAGUE, Tier.COUNTY, Tier.ENTERPRISE})
SHOWN_DIGITS = 3


def forms_of(enterprise: Enterprise) -> list[EnergyForm]:
    """All versions, newest first."""
    query = select(EnergyForm).where(EnergyForm.enterprise_id == enterprise.id)
    return list(db.session.scalars(query.order_by(EnergyForm.id.desc())))


def versions_of(form: EnergyForm) -> list[EnergyForm]:
    """The versions of the same form or person, newest first."""
    query = select(EnergyForm).where(
        EnergyForm.enterprise_id == form.enterprise_id,
        EnergyForm.annex == form.annex,
        EnergyForm.line == form.line,
    )
    return list(db.session.scalars(query.order_by(EnergyForm.number.desc())))


def is_due(form: EnergyForm) -> bool:
    """Whether it is of an earlier year: a form is renewed each January."""
    year = form.in_force_at.astimezone(PLACE_TIME).year if form.in_force_at else None
    return form.state is FormState.IN_FORCE and year is not None and year < today().year


def in_chain(place: str, actor: Actor) -> bool:
    return bool(actor.tiers_at(place) & CHAIN)


def masked(one: Field, text: str) -> str:
    """As it is shown to who is not in the review chain: its beginning, the rest as stars."""
    if not text or not one.is_private:
        return text
    if one.kind is Kind.MAIL:
        return f"{text[:1]}***@{text.partition('@')[2]}"
    if one.kind is Kind.BIRTH_YEAR:
        return "****"
    return text[:SHOWN_DIGITS] + "*" * max(4, len(text) - SHOWN_DIGITS)


def shown_fields(form: EnergyForm, *, openly: bool) -> dict[str, str]:
    """What is read on page and paper, by field; the age stands in the place of the birth year."""
    said = {
        one.name: _words(one, str(form.fields.get(one.name, "")), openly=openly)
        for one in form.annex.fields
    }
    if "birth_year" in said:
        moment = form.handed_in_at or form.created_at
        age = age_in(moment.astimezone(PLACE_TIME).year, str(form.fields.get("birth_year", "")))
        said["birth_year"] = ("**" if not openly else str(age)) if age is not None else ""
    return said


def shown_staff(form: EnergyForm, *, openly: bool) -> list[list[str]]:
    """The rows of annex 1 in the order of their heads."""
    return [
        [_words(one, str(row.get(one.name, "")), openly=openly) for one in STAFF]
        for row in form.staff
    ]


def _words(one: Field, text: str, *, openly: bool) -> str:
    if one.choices is not None:
        labels: Mapping[str, str] = {m.value: str(m.label) for m in one.choices}
        return labels.get(text, text)
    return text if openly else masked(one, text)
