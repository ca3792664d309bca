"""Mergers and splits: which enterprise came out of which, when, by what document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.clock import today
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.enterprises.life import EnterpriseLineage, LineageKind
from app.enterprises.models import Enterprise
from app.enterprises.moves import LEAGUES

WHOLE = Decimal(100)
MOST = 20  # enterprises into which one is split
LINE = re.compile(r"([0-9]{1,9})(?:[\s,，:：]+([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*[%％]?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A later enterprise, and the part of the former one that goes into it, in percent."""

    enterprise: Enterprise
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Details:
    kind: LineageKind
    effective_on: date
    document: str


def parts_from(text: str) -> list[Part]:
    """A line each: the registry number and, if it is known, the share: ``000017 60``."""
    found, problems = [], []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = LINE.fullmatch(line)
        number = match[1].zfill(6) if match else ""
        query = select(Enterprise).where(Enterprise.registry_number == number)
        enterprise = db.session.scalars(query).one_or_none() if match else None
        if match is None or enterprise is None:
            told = _("“%(line)s”: there is no such enterprise in your area.", line=line[:40])
            problems.append(Problem("others", told))
        else:
            found.append(Part(enterprise, Decimal(match[2]) if match[2] else None))
    if problems:
        raise Invalid(_("Please correct:"), problems)
    return found


def check_lineage(
    enterprise: Enterprise, parts: Sequence[Part], details: Details, *, actor: Actor
) -> None:
    """Refuse what cannot be: `Invalid` names the input, `Conflict` what is entered already."""
    problems = [Problem("others", text) for text in _wrong_parts(enterprise, parts, details)]
    if details.effective_on > today() + timedelta(days=366):
        problems.append(Problem("effective_on", _("Choose a day at most a year from today.")))
    if not 0 < len(details.document.strip()) <= 100:
        text = _("Name the document, in at most 100 characters.")
        problems.append(Problem("document", text))
    if problems:
        raise Invalid(_("Please correct:"), problems)
    for one in (enterprise, *(part.enterprise for part in parts)):
        if not actor.tiers_at(one.place) & LEAGUES:
            raise Forbidden(_("Only the league and the region enter mergers and splits."))
    later = [part.enterprise.id for part in parts]
    back = select(EnterpriseLineage.id).where(
        EnterpriseLineage.from_enterprise_id.in_(later),
        EnterpriseLineage.to_enterprise_id == enterprise.id,
    )
    if db.session.scalar(back.limit(1)) is not None:
        raise Conflict(_("It is entered the other way round already."))


def _wrong_parts(enterprise: Enterprise, parts: Sequence[Part], details: Details) -> list[str]:
    wrong = []
    least, most = (1, 1) if details.kind is LineageKind.MERGE else (2, MOST)
    if not least <= len(parts) <= most:
        wrong.append(
            _("Name one enterprise into which it was merged.")
            if details.kind is LineageKind.MERGE
            else _("Name from 2 to %(most)s enterprises into which it was split.", most=MOST)
        )
    ids = [part.enterprise.id for part in parts]
    if enterprise.id in ids and details.kind is LineageKind.MERGE:
        wrong.append(_("An enterprise is not merged into itself."))
    if len(set(ids)) < len(ids):
        wrong.append(_("An enterprise stands there twice."))
    shares = [part.share for part in parts if part.share is not None]
    if any(share <= 0 or share > WHOLE for share in shares) or sum(shares) > WHOLE:
        wrong.append(_("Shares are more than 0, and together at most 100 percent."))
    return wrong


def enter_lineage(
    enterprise: Enterprise, parts: Sequence[Part], details: Details, *, actor: Actor
) -> list[EnterpriseLineage]:
    """Enter what became of *enterprise*; entered a second time it stays as it is.

    Nobody is stopped by it: that is a step of its own.
    """
    check_lineage(enterprise, parts, details, actor=actor)
    there = {
        (row.kind, row.to_enterprise_id): row
        for row in lineage_of(enterprise)
        if row.from_enterprise_id == enterprise.id
    }
    made = []
    for part in parts:
        row = there.get((details.kind, part.enterprise.id))
        if row is None:
            row = EnterpriseLineage(
                kind=details.kind,
                from_enterprise_id=enterprise.id,
                to_enterprise_id=part.enterprise.id,
                from_place=enterprise.place,
                to_place=part.enterprise.place,
                from_name=enterprise.name,
                to_name=part.enterprise.name,
                effective_on=details.effective_on,
                document=details.document.strip(),
                share=part.share,
                recorded_by=actor.name[:128],
            )
            db.session.add(row)
            facts = {
                "into": part.enterprise.registry_number,
                "share": part.share,
                "effective_on": details.effective_on,
                "document": details.document.strip(),
            }
            tag = f"enterprise:{details.kind}"
            record(tag, enterprise, actor=actor, place=enterprise.place, **facts)
        elif (row.effective_on, row.document, row.share) != (
            details.effective_on,
            details.document.strip(),
            part.share,
        ):
            raise Conflict(_("%(pair)s is entered already, with other particulars.", pair=row))
        made.append(row)
    return made


def lineage_of(enterprise: Enterprise) -> list[EnterpriseLineage]:
    """What an enterprise came from, and what became of it."""
    query = select(EnterpriseLineage).where(
        or_(
            EnterpriseLineage.from_enterprise_id == enterprise.id,
            EnterpriseLineage.to_enterprise_id == enterprise.id,
        )
    )
    order = (EnterpriseLineage.effective_on, EnterpriseLineage.id)
    return list(db.session.scalars(query.order_by(*order)))
