"""Which enterprises are stopped in which quarter, and whose figures are classified.

Of the rows of an enterprise that take effect in a quarter or before it, the newest counts; none:
it is enabled (F-09).  So a planned change takes effect by itself, and a later decision about
the same quarters stands over it.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BindParameter, ColumnElement, Integer, bindparam, exists, or_, select
from sqlalchemy.orm import aliased, with_expression
from sqlalchemy.sql.base import ExecutableOption

from app.core.among import among
from app.core.db import db
from app.core.period import Quarter, this_quarter
from app.enterprises.models import Enterprise, StartStop, StopReason
from app.regions.scope import RegionScope, Tier, scope_of

NOW: BindParameter[int] = bindparam(
    "this_quarter", callable_=lambda: this_quarter().index, type_=Integer, unique=True
)
# county people do not see classified figures; the league's and all above do, and the enterprise
SEES_CLASSIFIED = frozenset({Tier.PLATFORM, Tier.REGION, Tier.LEAGUE, Tier.ENTERPRISE})


def _in_force(quarter: int | BindParameter[int]) -> Any:
    """The row of each enterprise that counts in a quarter, given by its index."""
    later = aliased(StartStop)
    overtaken = exists().where(
        later.enterprise_id == StartStop.enterprise_id,
        later.number > StartStop.number,
        later.effective <= quarter,
    )
    return select(StartStop).where(StartStop.effective <= quarter, ~overtaken)


def _stopped(quarter: int | BindParameter[int]) -> Any:
    rows = _in_force(quarter).where(StartStop.enabled.is_(False))
    return rows.with_only_columns(StartStop.enterprise_id)


def is_enabled_in(period: Quarter | None = None) -> ColumnElement[bool]:
    """Of `Enterprise`: whether it has to file in *period*; None: in the present quarter."""
    return Enterprise.id.not_in(_stopped(NOW if period is None else period.index))


def is_stopped_as(reason: StopReason) -> ColumnElement[bool]:
    """Of `Enterprise`: stopped at present for *reason*."""
    rows = _in_force(NOW).where(StartStop.enabled.is_(False), StartStop.stop_reason == reason)
    return Enterprise.id.in_(rows.with_only_columns(StartStop.enterprise_id))


def with_stop() -> ExecutableOption:
    """For a list: each `Enterprise` knows by the same statement why it is stopped at present."""
    return _WITH_STOP


def shows_figures(scope: RegionScope | None = None) -> ColumnElement[bool]:
    """Of `Enterprise`: whether its figures may be seen from *scope*; None: that of the session."""
    seen = scope_of(db.session) if scope is None else scope
    within = [
        (Enterprise.place >= root) & (Enterprise.place < root + "~")
        for root in seen.roots
        if Tier(root.count("/")) in SEES_CLASSIFIED
    ]
    return or_(~is_stopped_as(StopReason.CLASSIFIED), *within)


def sees_figures(enterprise: Enterprise) -> bool:
    """Whether whoever asks may see the figures of *enterprise*."""
    query = select(Enterprise.id).where(Enterprise.id == enterprise.id, shows_figures())
    return db.session.scalar(query) is not None


_WITH_STOP = with_expression(
    Enterprise.stopped_as,
    _in_force(NOW)
    .where(StartStop.enterprise_id == Enterprise.id, StartStop.enabled.is_(False))
    .with_only_columns(StartStop.stop_reason)
    .correlate(Enterprise)
    .scalar_subquery(),
)


def stop_in(enterprise_id: int, period: Quarter) -> StartStop | None:
    """The change by which an enterprise is stopped in *period*; None: it is enabled."""
    rows = _in_force(period.index).where(
        StartStop.enterprise_id == enterprise_id, StartStop.enabled.is_(False)
    )
    found: StartStop | None = db.session.scalars(rows).one_or_none()
    return found


def stops_in(enterprise_ids: Sequence[int], period: Quarter) -> dict[int, StartStop]:
    """The changes by which some of these enterprises are stopped in *period*."""
    rows = _in_force(period.index).where(
        among(StartStop.enterprise_id, enterprise_ids), StartStop.enabled.is_(False)
    )
    return {row.enterprise_id: row for row in db.session.scalars(rows)}


def stop_now(enterprise: Enterprise) -> StartStop | None:
    """The present stop of *enterprise*; read at once for all enterprises that are being shown."""
    kept: dict[int, StartStop | None] = db.session.info.setdefault("stops", {})
    if enterprise.id not in kept:
        shown = [one.id for one in db.session.identity_map.values() if isinstance(one, Enterprise)]
        found = stops_in([enterprise.id, *shown], this_quarter())
        kept |= {pk: found.get(pk) for pk in (enterprise.id, *shown)}
    return kept[enterprise.id]


def changes_of(enterprise: Enterprise) -> list[StartStop]:
    """Every change, newest first."""
    query = select(StartStop).where(StartStop.enterprise_id == enterprise.id)
    return list(db.session.scalars(query.order_by(StartStop.number.desc())))


def planned_of(enterprise: Enterprise) -> StartStop | None:
    """The next change that is still to take effect, and that no later decision stands over."""
    now, next_one, bound = this_quarter().index, None, Quarter(2100, 4).index + 1
    for one in changes_of(enterprise):  # newest first: what lies behind an earlier one never comes
        if one.effective is not None and one.effective < bound:
            bound = one.effective
            if one.effective > now:
                next_one = one
    return next_one


def stopped_text(stop: StartStop) -> str:
    """F-09, with the reason."""
    reason = stop.stop_reason.label if stop.stop_reason else ""
    return _("The enterprise is stopped (%(reason)s) and files no more.", reason=reason)
