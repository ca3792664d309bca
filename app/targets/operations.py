"""Set, change and delete targets and quotas; each leaves a version in the ledger."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from app.audit.actor import Actor
from app.audit.record import record
from app.core.canonical import ALGORITHM, canonical, digest
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.enterprises.models import Enterprise
from app.regions.queries import region_at
from app.regions.scope import Tier
from app.targets.models import (
    AnnualProduct,
    AnnualTarget,
    LeagueQuota,
    PlanPeriod,
    PlanProduct,
    PlanTarget,
    Target,
    TargetAct,
    TargetKind,
    TargetVersion,
)
from app.targets.queries import (
    find_annual_target,
    find_plan_target,
    has_final_filing,
    is_planned,
)
from app.targets.reading import (
    AnnualDetails,
    Details,
    PlanDetails,
    QuotaDetails,
    as_content,
    details_of,
)
from app.targets.rights import must_set_quotas, must_set_targets

LONGEST_REASON = 500
FIRST_YEAR, LAST_YEAR = 2000, 2100
Row = PlanTarget | AnnualTarget | LeagueQuota


def set_plan_target(
    enterprise: Enterprise,
    period: PlanPeriod,
    details: PlanDetails,
    *,
    actor: Actor,
    reason: str = "",
    shown: int | None = None,
    imported: bool = False,
) -> PlanTarget:
    """Set the five-year target of *enterprise*, or change it; T1.

    *shown* is the version that the person looked at, None if there was no target yet; whether
    it was *imported*, by a workbook, stands in the ledger.
    """
    must_set_targets(actor, enterprise)
    found = find_plan_target(enterprise.id, period.key)
    target = found or PlanTarget(
        enterprise_id=enterprise.id, enterprise=enterprise, period_key=period.key
    )
    act = _act(is_new=found is None, imported=imported)
    late = has_final_filing(enterprise.place, period.first_year, period.last_year)
    _set(target, details, act=act, shown=shown, late=late, reason=reason, actor=actor)
    return target


def set_annual_target(
    enterprise: Enterprise,
    year: int,
    details: AnnualDetails,
    *,
    actor: Actor,
    reason: str = "",
    shown: int | None = None,
    imported: bool = False,
) -> AnnualTarget:
    """Set the target of *enterprise* for *year*, or change it; T2."""
    must_set_targets(actor, enterprise)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(_("Say for which year."), [Problem("year", _("Say for which year."))])
    found = find_annual_target(enterprise.id, year)
    target = found or AnnualTarget(enterprise_id=enterprise.id, enterprise=enterprise, year=year)
    act = _act(is_new=found is None, imported=imported)
    late = has_final_filing(enterprise.place, year, year)
    _set(target, details, act=act, shown=shown, late=late, reason=reason, actor=actor)
    return target


def delete_target(target: Target, *, actor: Actor, reason: str, shown: int | None) -> None:
    """Take a target away; its versions stay, and say who took it away and why."""
    must_set_targets(actor, target.enterprise)
    _must_be_fresh(target, shown)
    first, last = _years_of(target)
    late = has_final_filing(target.place, first, last)
    _delete(target, late=late, reason=reason, actor=actor)


def set_quota(
    league: str,
    span: str,
    details: QuotaDetails,
    *,
    actor: Actor,
    reason: str = "",
    shown: int | None = None,
) -> LeagueQuota:
    """Hand the league at the path *league* its quota for a plan or a year, or change it."""
    must_set_quotas(actor)
    if region_at(league).tier is not Tier.LEAGUE or not actor.scope.admits(league):
        raise NotFound(_("There is no such place."))
    if db.session.get(PlanPeriod, span) is None and not _is_planned_year(span):
        text = _("Choose a plan or a year of a plan.")
        raise Invalid(text, [Problem("span", text)])
    if details.energy is None and details.saving is None:
        text = _("Say how much energy or saving is allotted.")
        raise Invalid(text, [Problem("energy", text)])
    query = select(LeagueQuota).where(LeagueQuota.place == league, LeagueQuota.span == span)
    found = db.session.scalars(query).one_or_none()
    quota = found or LeagueQuota(place=league, span=span)
    act = _act(is_new=found is None)
    _set(quota, details, act=act, shown=shown, late=False, reason=reason, actor=actor)
    return quota


def delete_quota(quota: LeagueQuota, *, actor: Actor, reason: str, shown: int | None) -> None:
    must_set_quotas(actor)
    _must_be_fresh(quota, shown)
    _delete(quota, late=False, reason=reason, actor=actor)


def _is_planned_year(span: str) -> bool:
    return span.isascii() and span.isdigit() and len(span) == 4 and is_planned(int(span))


def _years_of(target: Target) -> tuple[int, int]:
    if isinstance(target, PlanTarget):
        return target.period.first_year, target.period.last_year
    return target.year, target.year


def _must_be_fresh(row: Row, shown: int | None) -> None:
    if shown != row.version:
        raise Conflict(_("Someone else has just changed this; reload and look again."))


def _checked_reason(reason: str, *, needed: bool) -> str:
    text = reason.strip()
    if needed and not text:
        raise Invalid(_("Say why."), [Problem("reason", _("Say why."))])
    if len(text) > LONGEST_REASON:
        told = _("at most %(n)s characters.", n=LONGEST_REASON)
        raise Invalid(told, [Problem("reason", told)])
    return text


def _act(*, is_new: bool, imported: bool = False) -> TargetAct:
    if imported:
        return TargetAct.IMPORT
    return TargetAct.SET if is_new else TargetAct.CHANGE


def _set(
    row: Row,
    details: Details,
    *,
    act: TargetAct,
    shown: int | None,
    late: bool,
    reason: str,
    actor: Actor,
) -> None:
    """Write *details* to the row and to the ledger; what is there already is left alone."""
    is_new = row.id is None
    if is_new and shown is None:
        row.place = row.place if isinstance(row, LeagueQuota) else row.enterprise.place
    elif is_new:
        raise Conflict(_("Someone else has just deleted this."))
    elif shown is None:
        raise Conflict(_("There is a target already; open it to change it."))
    else:
        _must_be_fresh(row, shown)
        if details_of(row) == details:
            return
    text = _checked_reason(reason, needed=late or not is_new)
    before = None if is_new else as_content(details_of(row))
    _write(row, details)
    db.session.add(row)
    db.session.flush()
    _keep_version(row, act, details, late=late, reason=text, actor=actor, before=before)


def _write(row: Row, details: Details) -> None:
    content = as_content(details)
    lines = content.pop("products", {})
    for name, value in content.items():
        setattr(row, name, value)
    if not isinstance(row, LeagueQuota):
        _write_products(row, lines)
    if row.id is not None:
        flag_modified(row, "document")  # the version rises, though only a product was changed


def _write_products(row: Target, lines: Mapping[str, Mapping[str, Decimal]]) -> None:
    """Make the product rows those of *lines*, by the key of the product."""
    kept: dict[str, Any] = {line.product_key: line for line in row.products}
    for key in kept.keys() - lines.keys():
        row.products.remove(kept[key])
    kind: Any = PlanProduct if isinstance(row, PlanTarget) else AnnualProduct
    for key, values in lines.items():
        line = kept.get(key)
        if line is None:
            line = kind(product_key=key, place=row.place)
            row.products.append(line)
        for name, value in values.items():
            setattr(line, name, value)


def _delete(row: Row, *, late: bool, reason: str, actor: Actor) -> None:
    text = _checked_reason(reason, needed=True)
    details = details_of(row)
    _keep_version(row, TargetAct.DELETE, details, late=late, reason=text, actor=actor)
    db.session.delete(row)
    db.session.flush()


def _keep_version(
    row: Row,
    act: TargetAct,
    details: Details,
    *,
    late: bool,
    reason: str,
    actor: Actor,
    before: Mapping[str, Any] | None = None,
) -> TargetVersion:
    span = row.span
    content = canonical(as_content(details))
    version = TargetVersion(
        place=row.place,
        kind=row.kind,
        span=span,
        number=_last_number(row.kind, row.place, span) + 1,
        act=act,
        content=content,
        algorithm=ALGORITHM,
        hash=digest(content),
        document=details.document,
        reason=reason,
        late=late,
        actor_id=actor.id,
        actor_name=actor.name[:128],
    )
    db.session.add(version)
    record(
        f"target:{act}_{row.kind}",
        row,
        actor=actor,
        place=row.place,
        span=span,
        number=version.number,
        reason=reason,
        document=details.document,
        late=late,
        before=before,
        after=as_content(details),
        hash=version.hash,
    )
    return version


def _last_number(kind: TargetKind, place: str, span: str) -> int:
    query = select(func.max(TargetVersion.number)).where(
        TargetVersion.kind == kind, TargetVersion.place == place, TargetVersion.span == span
    )
    return db.session.scalar(query) or 0
