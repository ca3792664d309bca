"""Begin, fill in, hand in, accept and return the forms of the energy managers."""

from collections.abc import Mapping, Sequence
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.storage import LocalStorage
from app.core.unit import wait_for_turn
from app.core.uploads import LARGEST, SHOWN, media_type, plain_name
from app.energy_staff.checking import flaws, too_long
from app.energy_staff.fields import STAFF, Annex
from app.energy_staff.models import EnergyForm, FormState, RecordCounter
from app.energy_staff.queries import versions_of
from app.enterprises.models import Enterprise
from app.regions.scope import Tier

ACCEPT = frozenset({Tier.PLATFORM, Tier.REGION, Tier.LEAGUE})
NEW = 0  # the line of a person who has none yet


def begin(enterprise: Enterprise, annex: Annex, line: int = NEW, *, actor: Actor) -> EnergyForm:
    """A version to fill in, from the one in force or from the registry.

    The same asked again, by a second click or by a colleague, is the version that is open.
    """
    _only_its_own(enterprise.place, actor)
    wait_for_turn(f"energy form {enterprise.id}")
    if annex is Annex.PERSON and line == NEW:
        return _begun(enterprise, annex, None, actor)
    before = _newest(enterprise, annex, line or 1)
    if before is not None and before.open_for is not None:
        return before
    if before is not None and before.state is FormState.ENDED:
        raise Conflict(_("This person is no longer in this post; enter a new person."))
    if before is None and annex is Annex.PERSON:
        raise Conflict(_("There is no such person."))
    return _begun(enterprise, annex, before, actor)


def _begun(
    enterprise: Enterprise, annex: Annex, before: EnergyForm | None, actor: Actor
) -> EnergyForm:
    if before is None and annex is Annex.PERSON:
        empty = _empty_person(enterprise)
        if empty is not None:
            return empty
    line = before.line if before else _next_line(enterprise, annex)
    form = EnergyForm(
        enterprise=enterprise,
        place=enterprise.place,
        annex=annex,
        line=line,
        number=before.number + 1 if before else 1,
        open_for=f"{enterprise.id}/{annex}/{line}",
        state=FormState.DRAFT,
        fields=dict(before.fields) if before else {},
        staff=[dict(row) for row in before.staff] if before else [],
        person=before.person if before else "",
        record_no=before.record_no if before else None,
        written_by=actor.name[:128],
    )
    form.fields = {**_suggested(form), **form.fields, **_registered(form)}
    db.session.add(form)
    record("energy_form:begin", form, actor=actor, place=form.place, **_facts(form))
    return form


def fill(
    form: EnergyForm,
    values: Mapping[str, str],
    staff: Sequence[Mapping[str, str]],
    shown: int | None,
    *,
    actor: Actor,
) -> list[Problem]:
    """Keep what was typed, finished or not; returns what is still to be put right.

    Only what is too long is refused.
    """
    _only_its_own(form.place, actor)
    _must_be_editable(form, shown)
    said = {
        one.name: _tidy(values.get(one.name, "")) for one in form.annex.fields if not one.registry
    }
    rows = [{one.name: _tidy(row.get(one.name, "")) for one in STAFF} for row in staff]
    rows = [row for row in rows if any(row.values())] if form.annex is Annex.HEADS else []
    problems = too_long(form.annex, said, rows)
    if problems:
        raise Invalid(_("Please correct:"), problems)
    kept = {**said, **_registered(form)}
    if kept != form.fields or rows != form.staff:
        form.fields, form.staff = kept, rows
        form.person = kept.get("name", "") if form.annex is Annex.PERSON else ""
        form.written_by = actor.name[:128]
        record("energy_form:fill", form, actor=actor, place=form.place, **_facts(form))
    return flaws(form.annex, kept, rows, today())


def bring_scan(
    form: EnergyForm, stream: IO[bytes], file_name: str, *, storage: LocalStorage, actor: Actor
) -> None:
    """Keep the print, signed and stamped by the head of the enterprise; a later one replaces it."""
    _only_its_own(form.place, actor)
    if not form.state.is_editable:
        raise Conflict(_("This version has been handed in and is not changed any more."))
    name, kept = plain_name(file_name), storage.put(stream, LARGEST)
    found = media_type(storage, kept.sha256, name)
    if found not in SHOWN:
        text = _("The signed print is a scan: pdf, jpg or png.")
        raise Invalid(text, [Problem("file", text)])
    form.file_name, form.media_type = name, found
    form.size, form.sha256 = kept.size, kept.sha256
    facts = {**_facts(form), "file_name": name, "sha256": kept.sha256}
    record("energy_form:scan", form, actor=actor, place=form.place, **facts)


def hand_in(form: EnergyForm, shown: int | None, *, actor: Actor) -> None:
    """Annex 1 is in force at once; annex 2, with its signed print, waits for the league."""
    _only_its_own(form.place, actor)
    _must_be_editable(form, shown)
    form.fields = {**form.fields, **_registered(form)}
    problems = flaws(form.annex, form.fields, form.staff, today())
    if form.annex is Annex.PERSON and form.sha256 is None:
        text = _("Upload the print, signed and stamped by the head of the enterprise.")
        problems.append(Problem("file", text))
    if problems:
        raise Invalid(_("This form cannot be handed in yet."), problems)
    form.handed_in_at, form.reason = now(), ""
    form.state = FormState.HANDED_IN
    record("energy_form:hand_in", form, actor=actor, place=form.place, **_facts(form))
    if form.annex is Annex.HEADS:
        _into_force(form)


def accept(form: EnergyForm, shown: int | None, *, actor: Actor) -> None:
    """Put a person on record; the first time with a number: county, year, serial."""
    _may_decide(form, shown, actor)
    if form.record_no is None:
        form.record_no = _next_record_no(form)
    form.accepted_by = actor.name[:128]
    _into_force(form)
    facts = {**_facts(form), "record": form.record_no}
    record("energy_form:accept", form, actor=actor, place=form.place, **facts)


def send_back(form: EnergyForm, shown: int | None, *, reason: str, actor: Actor) -> None:
    """Let the enterprise correct it, and say what."""
    _may_decide(form, shown, actor)
    if not reason.strip() or len(reason) > 500:
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    form.state, form.reason = FormState.RETURNED, reason.strip()
    facts = {**_facts(form), "reason": form.reason}
    record("energy_form:return", form, actor=actor, place=form.place, **facts)


def end_post(form: EnergyForm, shown: int | None, *, actor: Actor) -> None:
    """A person has left the post: the form stays readable and is not renewed."""
    _only_its_own(form.place, actor)
    if form.annex is not Annex.PERSON or form.state is not FormState.IN_FORCE:
        raise Conflict(_("Only a person on record leaves the post."))
    if any(one.open_for is not None for one in versions_of(form)):
        raise Conflict(_("A newer version is being worked on."))
    _must_be_shown(form, shown)
    form.state = FormState.ENDED
    record("energy_form:end", form, actor=actor, place=form.place, **_facts(form))


def _into_force(form: EnergyForm) -> None:
    for one in versions_of(form):
        if one.state is FormState.IN_FORCE:
            one.state = FormState.REPLACED
    form.state, form.in_force_at, form.open_for = FormState.IN_FORCE, now(), None


def _next_record_no(form: EnergyForm) -> str:
    code, year = form.place.split("/")[2], today().year
    wait_for_turn(f"energy record {code} {year}")
    query = select(RecordCounter).where(RecordCounter.code == code, RecordCounter.year == year)
    counter = db.session.scalars(query.with_for_update()).one_or_none()
    if counter is None:
        counter = RecordCounter(code=code, year=year, last=0)
        db.session.add(counter)
    counter.last += 1
    return f"{code}-{year}-{counter.last:04d}"


def _only_its_own(place: str, actor: Actor) -> None:
    if Tier.ENTERPRISE not in actor.tiers_at(place):
        raise Forbidden(_("Only the enterprise fills in its forms."))


def _may_decide(form: EnergyForm, shown: int | None, actor: Actor) -> None:
    if not actor.tiers_at(form.place) & ACCEPT:
        raise Forbidden(_("Only the league and the region decide on this."))
    if form.state is not FormState.HANDED_IN:
        raise Conflict(_("Only a form that was handed in is decided on."))
    _must_be_shown(form, shown)


def _must_be_editable(form: EnergyForm, shown: int | None) -> None:
    if not form.state.is_editable:
        raise Conflict(_("This version has been handed in and is not changed any more."))
    _must_be_shown(form, shown)


def _must_be_shown(form: EnergyForm, shown: int | None) -> None:
    if shown != form.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))


def _newest(enterprise: Enterprise, annex: Annex, line: int) -> EnergyForm | None:
    query = (
        select(EnergyForm)
        .where(
            EnergyForm.enterprise_id == enterprise.id,
            EnergyForm.annex == annex,
            EnergyForm.line == line,
        )
        .order_by(EnergyForm.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def _empty_person(enterprise: Enterprise) -> EnergyForm | None:
    """A person that somebody has begun and not named yet."""
    query = select(EnergyForm).where(
        EnergyForm.enterprise_id == enterprise.id,
        EnergyForm.annex == Annex.PERSON,
        EnergyForm.state == FormState.DRAFT,
        EnergyForm.person == "",
    )
    return db.session.scalars(query.order_by(EnergyForm.id).limit(1)).one_or_none()


def _next_line(enterprise: Enterprise, annex: Annex) -> int:
    query = select(func.max(EnergyForm.line)).where(
        EnergyForm.enterprise_id == enterprise.id, EnergyForm.annex == annex
    )
    return (db.session.scalar(query) or 0) + 1


def _registered(form: EnergyForm) -> dict[str, str]:
    """What the registry says, as it is now."""
    return {
        one.name: getattr(form.enterprise, one.registry)
        for one in form.annex.fields
        if one.registry
    }


def _suggested(form: EnergyForm) -> dict[str, str]:
    return {
        one.name: getattr(form.enterprise, one.suggested)
        for one in form.annex.fields
        if one.suggested
    }


def _tidy(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.replace("\0", "").splitlines()).strip()


def _facts(form: EnergyForm) -> dict[str, object]:
    """For the journal: nothing private."""
    return {"kind": form.annex, "name": form.person, "number": form.number}
