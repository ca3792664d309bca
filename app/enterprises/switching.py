"""Start and stop an enterprise, and leave it out of statistics or count it in (E0)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.audit.record import record
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid, Problem
from app.core.period import Quarter, this_quarter
from app.enterprises.models import Enterprise, StartStop, StopFile, StopReason
from app.enterprises.start_stop import changes_of, stop_in
from app.regions.scope import Tier

AHEAD = 12  # quarters that a change may be planned ahead
LONGEST = 1000
MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that lies in the storage already, and what it is."""

    file_name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Switches:
    """How both switches are to stand: from `effective` on the one, at once the other."""

    enabled: bool
    in_statistics: bool
    effective: Quarter
    stop_reason: StopReason | None
    description: str
    files: Sequence[Upload] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """What *wanted* would change: the standing, the statistics, both; and what is in the way."""

    stands: bool
    counts: bool
    problems: Sequence[Problem]


def move(enterprise: Enterprise, wanted: Switches, last_final: int) -> Move:
    """What would be entered; *last_final* is the index of the last quarter that is final."""
    stop = stop_in(enterprise.id, wanted.effective)
    stands = wanted.enabled is not (stop is None)
    if stop is not None and not wanted.enabled:
        stands = wanted.stop_reason is not stop.stop_reason
    counts = wanted.in_statistics is not enterprise.in_statistics
    problems = _in_any_case(wanted)
    if not stands and not counts:
        problems.append(Problem("enabled", _("Nothing has been changed.")))
    if stands and wanted.enabled:
        problems += _for_start(wanted, stop)
    elif stands:
        problems += _for_stop(wanted, last_final)
    return Move(stands, counts, problems)


def switch(
    enterprise: Enterprise, wanted: Switches, *, actor: Actor, shown: int, last_final: int
) -> StartStop:
    """Enter how the switches of *enterprise* are to stand; returns the change.

    *shown* is the number of the change the person saw last, 0 if there was none; *last_final*
    the index of the last quarter whose filing is final, which no stop reaches back over.
    `Invalid` names the field; `Conflict` if somebody was faster.
    """
    if not actor.tiers_at(enterprise.place) & {Tier.PLATFORM, Tier.REGION, Tier.LEAGUE}:
        raise Forbidden(_("Enterprises are started and stopped by their league or the region."))
    locked = select(Enterprise.id).where(Enterprise.id == enterprise.id).with_for_update()
    db.session.execute(locked)
    changes = changes_of(enterprise)
    if (changes[0].number if changes else 0) != shown:
        raise Conflict(_("Someone else has just changed this; reload and look again."))
    found = move(enterprise, wanted, last_final)
    if found.problems:
        raise Invalid(_("Please correct:"), found.problems)
    moves, counts = found.stands, found.counts
    change = StartStop(
        enterprise_id=enterprise.id,
        enterprise=enterprise,
        place=enterprise.place,
        number=shown + 1,
        enabled=wanted.enabled if moves else None,
        effective=wanted.effective.index if moves else None,
        stop_reason=wanted.stop_reason if moves and not wanted.enabled else None,
        in_statistics=wanted.in_statistics if counts else None,
        description=wanted.description.strip(),
        actor_id=actor.id,
        actor_name=actor.name[:128],
        files=[
            StopFile(
                enterprise_id=enterprise.id,
                place=enterprise.place,
                file_name=one.file_name,
                media_type=one.media_type,
                size=one.size,
                sha256=one.sha256,
            )
            for one in wanted.files
        ],
    )
    db.session.add(change)
    enterprise.in_statistics = wanted.in_statistics
    db.session.info.pop("stops", None)
    _tell(enterprise, change, wanted, actor)
    return change


def _in_any_case(wanted: Switches) -> list[Problem]:
    found = []
    if not wanted.description.strip():
        found.append(Problem("description", _("Say why.")))
    if len(wanted.description) > LONGEST:
        found.append(Problem("description", _("at most %(n)s characters.", n=LONGEST)))
    if len(wanted.files) > MOST_FILES:
        found.append(Problem("files", _("At most %(n)s files.", n=MOST_FILES)))
    return found


def _for_start(wanted: Switches, stop: StartStop | None) -> list[Problem]:
    found = _too_far(wanted)
    if stop and wanted.effective.index < (stop.effective or 0):
        found.append(Problem("effective", _("It was not stopped then.")))
    return found


def _for_stop(wanted: Switches, last_final: int) -> list[Problem]:
    found = _too_far(wanted)
    if wanted.stop_reason is None:
        found.append(Problem("stop_reason", _("Choose a reason.")))
    if not wanted.files:
        found.append(Problem("files", _("The stamped application is needed.")))
    if wanted.effective.index <= last_final:
        text = _(
            "Filings are final up to %(period)s; the stop can begin after it.",
            period=Quarter.at(last_final),
        )
        found.append(Problem("effective", text))
    return found


def _too_far(wanted: Switches) -> list[Problem]:
    if wanted.effective <= this_quarter().shifted(AHEAD):
        return []
    return [Problem("effective", _("At most three years ahead."))]


def _tell(enterprise: Enterprise, change: StartStop, wanted: Switches, actor: Actor) -> None:
    """The two switches are two entries of the journal, each with the reason."""
    place = enterprise.place
    if change.enabled is not None:
        record(
            "enterprise:start" if change.enabled else "enterprise:stop",
            enterprise,
            actor=actor,
            place=place,
            effective=str(wanted.effective),
            stop_reason=change.stop_reason,
            reason=change.description,
            files=[one.sha256 for one in wanted.files],
        )
    if change.in_statistics is not None:
        record(
            "enterprise:count_in" if change.in_statistics else "enterprise:leave_out",
            enterprise,
            actor=actor,
            place=place,
            reason=change.description,
        )
