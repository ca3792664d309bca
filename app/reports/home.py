"""The first page, by role: what waits, what is late, what came back, and how far the quarter is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import g, redirect, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.audit.actor import Actor
from app.core.clock import as_shown, today
from app.core.db import db
from app.core.period import Quarter
from app.core.preferences import preference
from app.enterprises.life import ChangeRequest, RequestState
from app.filings.deadlines import Deadline, deadlines_of, extensions_in, reckoned
from app.filings.models import Filing, ReportingPeriod
from app.regions.scope import Tier
from app.reports.progress import Progress, calendar_of, current_calendar, progress
from app.review.models import Review
from app.review.queries import waiting_for
from app.review.rights import has_right
from app.review.workflow import OPEN, Action
from app.support.queries import announcements_in_force

ANNOUNCED = 3
QUEUE = 8  # as many as fit on the page; the rest is one click away


@dataclass(frozen=True, slots=True)
class Card:
    """A number that leads to its list."""

    title: str
    count: int
    address: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, the most urgent first."""

    title: str
    address: str
    hint: str


class HomeView(IndexView):
    class_permission_name = "Home"
    base_permissions = ["can_show"]

    @expose("/")
    def index(self) -> Response | str:
        if not g.user.is_authenticated:
            return redirect(self.appbuilder.get_url_for_login)
        actor = actor_of(g.user)
        calendar = _calendar()
        lines = progress(calendar.period, actor.scope) if calendar else ()
        is_enterprise = actor.scope.tier is Tier.ENTERPRISE
        due_on = calendar.due_on if calendar else None
        if is_enterprise and calendar:
            due_on = _own_due_on(calendar, sum(line.expected for line in lines))
        return self.render_template(
            "reports/home.html",
            calendar=calendar,
            due_on=due_on,
            days_left=(due_on - today()).days if due_on else 0,
            cards=[] if is_enterprise or calendar is None else self._cards(actor, calendar, lines),
            tasks=self._own(calendar, lines) if is_enterprise else self._queue(actor),
            all_tasks=url_for("ReviewView.list", queue="mine", period="all")
            if not is_enterprise and has_right(Action.APPROVE)
            else "",
            decides=has_right(Action.APPROVE),
            is_enterprise=is_enterprise,
            announcements=announcements_in_force(ANNOUNCED),
            recent=_recent() if is_enterprise else (),
            handed_in=is_enterprise and sum(line.under_way + line.done for line in lines) > 0,
            progress=() if is_enterprise else lines,
        )

    def _cards(
        self, actor: Actor, calendar: ReportingPeriod, lines: Sequence[Progress]
    ) -> list[Card]:
        quarter = str(calendar.period)
        cards = []
        if has_right(Action.APPROVE):
            waiting = db.session.scalar(select(func.count(Review.id)).where(waiting_for(actor)))
            address = url_for("ReviewView.list", queue="mine", period="all")
            cards.append(Card(_("Waiting for me"), waiting or 0, address, urgent=True))
        if self.appbuilder.sm.has_access("can_decide", "ChangeRequest"):
            asked = select(func.count(ChangeRequest.id)).where(
                ChangeRequest.state == RequestState.OPEN
            )
            if wanted := db.session.scalar(asked):
                address = url_for("ChangeRequestView.list", state=RequestState.OPEN.value)
                cards.append(Card(_("Changes asked for"), wanted, address, urgent=True))
        missing = sum(line.not_begun + line.filling + line.returned for line in lines)
        late = url_for("LateView.list", period=quarter)
        overdue = calendar.late_after < today()
        cards.append(Card(_("Late") if overdue else _("Not handed in"), missing, late, overdue))
        counts = {
            "returned": (_("Returned"), sum(line.returned for line in lines)),
            "under_way": (_("Under way"), sum(line.under_way for line in lines)),
            "done": (_("Done"), sum(line.done for line in lines)),
        }
        for queue, (title, count) in counts.items():
            cards.append(Card(title, count, self._list(queue, quarter)))
        return cards

    def _list(self, queue: str, quarter: str) -> str:
        if self.appbuilder.sm.has_access("can_list", "Review"):
            return url_for("ReviewView.list", queue=queue, period=quarter)
        return url_for("FilingView.list", period=quarter)

    def _queue(self, actor: Actor) -> list[Task]:
        """What has waited longest for whoever decides."""
        if not has_right(Action.APPROVE):
            return []
        query = select(Review).where(waiting_for(actor)).order_by(Review.since, Review.id)
        return [
            Task(
                review.title,
                url_for("ReviewView.page", pk=review.id),
                _("since %(when)s", when=as_shown(review.since)),
            )
            for review in db.session.scalars(query.limit(QUEUE))
        ]

    def _own(self, calendar: ReportingPeriod | None, lines: Sequence[Progress]) -> list[Task]:
        """What an enterprise has to do: what came back first, then what is begun, then the new."""
        query = (
            select(Filing)
            .join(Filing.review)
            .where(Review.state.in_(OPEN))
            .options(joinedload(Filing.review), joinedload(Filing.enterprise))
            .order_by(Review.state.desc(), Filing.year, Filing.quarter)
        )
        filings = db.session.scalars(query.limit(QUEUE)).all()
        deadlines = deadlines_of(filings) if filings else {}
        tasks = [
            Task(
                f"{filing.period} {filing.enterprise.name}",
                url_for("FilingView.page", pk=filing.id),
                _until(filing, deadlines.get(filing.id)),
            )
            for filing in filings
        ]
        if calendar is not None and sum(line.not_begun for line in lines) > 0:
            address = url_for("FilingView.list", period="all")
            tasks.append(Task(str(calendar.period), address, _("not begun yet: open it")))
        return tasks


def _own_due_on(calendar: ReportingPeriod, enterprises: int) -> date:
    """The day by which an enterprise has to file, extended or not; of several the first one."""
    extended = extensions_in(calendar.period).values()
    if not extended or len(extended) < enterprises:
        return calendar.due_on
    return reckoned(calendar, min(extended)).due_on


def _until(filing: Filing, deadline: Deadline | None) -> str:
    """How far an open filing is, and until when it is to be handed in."""
    state = filing.review.state.label
    if deadline is None:
        return str(state)
    if deadline.again_until is not None:
        day = max(deadline.again_until, deadline.late_after)
        return _("%(state)s, to be submitted again by %(day)s", state=state, day=day)
    return _("%(state)s, due on %(day)s", state=state, day=deadline.due_on)


def _calendar() -> ReportingPeriod | None:
    """The quarter chosen in the top bar, else the one that is open."""
    chosen = preference("period")
    return calendar_of(Quarter.parse(chosen)) if chosen else current_calendar()


def _recent() -> Sequence[Filing]:
    """The latest quarters of an enterprise, and where they stand."""
    query = (
        select(Filing)
        .options(joinedload(Filing.review), joinedload(Filing.enterprise))
        .order_by(Filing.year.desc(), Filing.quarter.desc(), Filing.id)
    )
    return db.session.scalars(query.limit(QUEUE)).all()
