"""Putting a draft in force: with a back-test of that very text, or a word why there is none."""

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.core.errors import Invalid, Problem
from app.core.period import Quarter
from app.filings.rules.models import RuleVersion
from app.filings.rules.operations import activate
from app.rulebook.trials import finished_trial

LEAST = 8  # characters of a reason that says something


def put_in_force(
    version: RuleVersion,
    *,
    actor: Actor,
    reason: str,
    from_quarter: Quarter,
    shown: int | None,
    without_trial: bool = False,
    why_without: str = "",
) -> None:
    """Activate *version*; `Invalid` without a trial unless it is said why there is none."""
    trial = finished_trial(version)
    if trial is not None:
        tried = f"{trial.quarters} ({trial.filings})"
    elif without_trial and len(why_without.strip()) >= LEAST:
        tried = why_without.strip()[:500]
    else:
        raise Invalid(_("Please correct:"), [_missing(without_trial)])
    activate(
        version,
        actor=actor,
        reason=reason,
        from_quarter=from_quarter,
        shown=shown,
        tried=tried,
    )


def _missing(without_trial: bool) -> Problem:
    if without_trial:
        text = _("Say why there is no back-test, in at least %(n)s characters.", n=LEAST)
        return Problem("why_without", text)
    text = _("Run a back-test of this text first, or say why there is none.")
    return Problem("without_trial", text)
