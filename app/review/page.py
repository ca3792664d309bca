"""The page on which one filing is looked through and decided: all that stands on it."""

from decimal import Decimal

from flask import current_app, g, request
from flask_appbuilder import BaseView
from flask_babel import lazy_gettext as _l

from app.accounts.models import actor_of
from app.audit.actor import Actor
from app.core.errors import DomainError
from app.core.numbers import typed_number
from app.regions.scope import Tier
from app.review.clocks import clock_of
from app.review.marking import marks_of, remarks_for_enterprise, remarks_of
from app.review.models import Audience, Review, Verdict
from app.review.queries import decisions_of, neighbours_of, steps_for
from app.review.requests import may_ask, requests_of
from app.review.rights import has_right
from app.review.subjects import Against, Reading, subject_of
from app.review.turns import REVIEWERS
from app.review.workflow import Action, ReturnScope, Step, path_of, why

TIER_LABELS = {
    Tier.ENTERPRISE: _l("the enterprise"),
    Tier.COUNTY: _l("the county"),
    Tier.LEAGUE: _l("the league"),
    Tier.REGION: _l("the region"),
}
USUAL = {  # percent from which a figure counts as moved, unless the reader says otherwise
    Against.QUARTER: Decimal(10),
    Against.YEAR: Decimal(10),
    Against.VERSION: Decimal(0),
}


def shown_on(view: BaseView, review: Review, refused: DomainError | None = None) -> str:
    """The page; *refused* is what stood in the way of what was just tried, as it was typed."""
    actor, read, tier = actor_of(g.user), subject_of(review).read(review), review.holder
    seen, alarms, told = read.seen, read.alarms, marks_of(review)
    at_review = tier in REVIEWERS & actor.tiers_at(review.place)
    decides = at_review and has_right(Action.APPROVE)
    inside = Tier.ENTERPRISE not in actor.tiers_at(review.place)
    against, least = _compared()
    page: str = view.render_template(
        "review/page.html",
        review=review,
        refused=refused,
        typed=request.form if refused else {},
        facts=read.facts,
        to_know=read.to_know,
        way=path_of(review.route) if review.route else (),
        why=[str(reason) for reason in why(review.route)] if review.route else [],
        held=clock_of(review),
        holder_label=TIER_LABELS.get(tier, "") if tier is not None else "",
        headline=read.headline,
        trend=read.trend,
        tabs=read.tabs,
        filed=read.filed,
        changes=read.changes(against, least),
        against=against,
        least=least,
        comparisons=list(Against),
        evidence=read.evidence,
        decisions=decisions_of(review),
        steps=[(step, read.effects(step)) for step in _steps(review, actor, read)],
        scopes=list(ReturnScope),
        seen=seen,
        decides=decides,
        marks={
            one.sheet: one
            for one in told
            if decides and seen and (one.tier, one.number) == (tier, seen.number)
        },
        told=told if inside else (),
        remarks=remarks_of(review) if inside else remarks_for_enterprise(review),
        questions=review.questions,
        requests=requests_of(review) if inside else (),
        may_ask=inside and has_right(Action.APPROVE) and may_ask(review, actor),
        declines=has_right(Action.ROLLBACK),
        answers=not inside and _may("can_fill", "Filing"),
        verdicts=list(Verdict),
        audiences=list(Audience),
        tier_labels={int(key): label for key, label in TIER_LABELS.items()},
        alarms=alarms,
        frozen=alarms.frozen if alarms else {},
        address=read.address,
        neighbours=neighbours_of(review, actor) if decides else (None, None),
    )
    return page


def _steps(review: Review, actor: Actor, read: Reading) -> list[Step]:
    return [
        step
        for step in steps_for(review, actor)
        if has_right(step.action) and (step.action is not Action.CLOSE or read.may_close)
    ]


def _may(permission: str, thing: str) -> bool:
    allowed: bool = current_app.appbuilder.sm.has_access(permission, thing)  # type: ignore[attr-defined]
    return allowed


def _compared() -> tuple[Against, Decimal]:
    """What the page compares with, and from how many percent on; the address may say anything."""
    wanted = request.args.get("against", "")
    against = Against.named(wanted) if wanted in set(Against) else Against.QUARTER
    least = typed_number(request.args.get("least", ""))
    if least is None or not 0 <= least <= 1000:
        least = USUAL[against]
    return against, least
