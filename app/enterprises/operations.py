"""Enter an enterprise in the registry, change it, and set its level for a year."""

from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.credit_code import is_credit_code
from app.core.db import db
from app.core.errors import Forbidden, Invalid, Problem
from app.core.search import search_text
from app.enterprises.classes import first_class, may_give
from app.enterprises.models import (
    EnergyLevel,
    Enterprise,
    EnterpriseLevel,
    LevelSource,
    RegistryCounter,
)
from app.enterprises.names import name_key
from app.regions.queries import region_at
from app.regions.scope import Tier

AUDITED = (
    "name short_name credit_code industry_code enterprise_class address contact_name contact_phone"
).split()


def register(enterprise: Enterprise, county_path: str, *, actor: Actor) -> Enterprise:
    """Put a new enterprise in its county, and give it its registry number for life."""
    county = region_at(county_path)
    if county.tier is not Tier.COUNTY or not county.active or not actor.scope.admits(county.path):
        raise Invalid(
            _("Choose a county of your area."),
            [Problem("county", _("Choose a county of your area."))],
        )
    enterprise.registry_number = _next_number()
    enterprise.place = f"{county.path}{enterprise.registry_number}/"
    _check(enterprise)
    if not may_give(actor, enterprise.place, enterprise.enterprise_class):
        text = _("Only the region sets the hundred and the thousand class.")
        raise Invalid(text, [Problem("enterprise_class", text)])
    db.session.add(enterprise)
    first_class(enterprise)
    record(
        "enterprise:register",
        enterprise,
        actor=actor,
        place=enterprise.place,
        **{name: getattr(enterprise, name) for name in AUDITED},
    )
    return enterprise


def changed(enterprise: Enterprise, before: dict[str, object], *, actor: Actor) -> None:
    """Check what was changed, and enter old and new values in the journal."""
    _check(enterprise)
    after = {name: getattr(enterprise, name) for name in AUDITED}
    moved = {name: [before[name], after[name]] for name in AUDITED if before[name] != after[name]}
    record("enterprise:change", enterprise, actor=actor, place=enterprise.place, changes=moved)


def set_level(
    enterprise: Enterprise,
    year: int,
    level: EnergyLevel,
    *,
    actor: Actor,
    source: LevelSource = LevelSource.REGION,
    energy: Decimal | None = None,
    reason: str = "",
) -> EnterpriseLevel:
    """Set the level of *year*; by hand only the region, with a reason (FM-20, question 13).

    It holds for what is submitted from now on: filings in review keep their route.
    """
    if source is LevelSource.REGION:
        if not actor.tiers_at(enterprise.place) & {Tier.PLATFORM, Tier.REGION}:
            raise Forbidden(_("Only the region sets a level by hand."))
        if not reason.strip():
            raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    query = select(EnterpriseLevel).where(
        EnterpriseLevel.enterprise_id == enterprise.id, EnterpriseLevel.year == year
    )
    row = db.session.scalars(query).one_or_none()
    before = row.level if row else None
    if row is None:
        row = EnterpriseLevel(enterprise_id=enterprise.id, place=enterprise.place, year=year)
        db.session.add(row)
    row.level, row.source, row.energy, row.reason = level, source, energy, reason.strip()
    record(
        "enterprise:set_level",
        enterprise,
        actor=actor,
        place=enterprise.place,
        year=year,
        before=before,
        after=level,
        source=source,
        energy=energy,
        reason=reason.strip(),
    )
    return row


def _check(enterprise: Enterprise) -> None:
    enterprise.credit_code = enterprise.credit_code.strip().upper()
    if not is_credit_code(enterprise.credit_code):
        text = _("The check character of the unified social credit code is wrong.")
        raise Invalid(text, [Problem("credit_code", text)])
    enterprise.name_key = name_key(enterprise.name)
    enterprise.search = search_text(
        enterprise.name, enterprise.short_name or "", enterprise.credit_code
    )


def _next_number() -> str:
    """Registry numbers run through the whole region, whoever registers."""
    counter = db.session.scalars(select(RegistryCounter).with_for_update()).one_or_none()
    if counter is None:
        counter = RegistryCounter(id=1, last=0)
        db.session.add(counter)
    counter.last += 1
    return f"{counter.last:06d}"
