"""The first page: what waits, what is late, what came back; every number leads to its list."""

from dataclasses import dataclass

from flask import g, redirect, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.accounts.models import actor_of
from app.core.db import db
from app.filings.models import Filing
from app.regions.scope import Tier
from app.review.models import Review
from app.review.queries import waiting_for
from app.review.rights import has_right
from app.review.workflow import FINAL, IN_REVIEW, Action, State


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    count: int
    address: str
    hint: str = ""


class HomeView(IndexView):
    class_permission_name = "Home"
    base_permissions = ["can_show"]

    @expose("/")
    def index(self) -> Response | str:
        if not g.user.is_authenticated:
            return redirect(self.appbuilder.get_url_for_login)
        counts = dict(
            db.session.execute(select(Review.state, func.count()).group_by(Review.state)).all()
        )
        return self.render_template("core/home.html", cards=self._cards(counts))

    def _cards(self, counts: dict[State, int]) -> list[Card]:
        actor = actor_of(g.user)
        cards = []
        if has_right(Action.APPROVE):
            waiting = db.session.scalar(select(func.count(Review.id)).where(waiting_for(actor)))
            address = url_for("ReviewView.list", queue="mine")
            cards.append(Card(_("Waiting for me"), waiting or 0, address, _("review them")))
        if actor.scope.tier is Tier.ENTERPRISE:
            for state in (State.DRAFT, State.RETURNED):
                address = url_for("FilingView.list", status=state.value)
                cards.append(Card(str(state.label), counts.get(state, 0), address))
        under_way = sum(counts.get(state, 0) for state in IN_REVIEW)
        done = sum(counts.get(state, 0) for state in FINAL)
        filed = db.session.scalar(select(func.count(Filing.id))) or 0
        cards.append(Card(_("Under way"), under_way, self._list("under_way")))
        if actor.scope.tier is not Tier.ENTERPRISE:
            cards.append(Card(_("Returned"), counts.get(State.RETURNED, 0), self._list("returned")))
        cards.append(Card(_("Done"), done, self._list("done")))
        cards.append(Card(_("All filings"), filed, url_for("FilingView.list")))
        return cards

    def _list(self, queue: str) -> str:
        if self.appbuilder.sm.has_access("can_list", "Review"):
            return url_for("ReviewView.list", queue=queue)
        return url_for("FilingView.list")
