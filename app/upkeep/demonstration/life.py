"""What is under way in the registry of the demonstration: a change, a move, a split."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from app.audit.actor import Actor
from app.core.clock import today
from app.core.db import db
from app.enterprises.change_requests import ask_change
from app.enterprises.life import LineageKind
from app.enterprises.lineage import Details, Part, enter_lineage
from app.enterprises.models import Enterprise
from app.enterprises.moves import ask_move
from app.regions.models import Region
from app.regions.scope import RegionScope, Tier

LETTERS = 14  # of a league's path


def write_life(
    people: Mapping[str, tuple[int, str]], places: Mapping[str, str], regions: Sequence[Region]
) -> None:
    """By the operations themselves: what the pages would refuse is not in the demonstration."""
    enterprises = db.session.scalars(select(Enterprise).order_by(Enterprise.id)).all()
    by_place = {one.place: one for one in enterprises}
    asked = next(name for name, place in places.items() if place in by_place)
    own = by_place[places[asked]]
    ask_change(
        own,
        {
            "name": own.name,
            "short_name": own.short_name,
            "industry_code": own.industry_code,
            "address": "工业园区创新大道 18 号",
            "contact_name": own.contact_name,
            "contact_phone": own.contact_phone,
        },
        reason="办公地址搬迁，园区管委会已备案。",
        actor=_actor(people, places, asked),
    )
    leagues = {places[n]: n for n in places if places[n].count("/") == Tier.LEAGUE}
    giving = own.place[:LETTERS]
    others = [one for one in enterprises if one.place.startswith(giving) and one is not own]
    far = next(r.path for r in regions if r.tier is Tier.COUNTY and not r.path.startswith(giving))
    actor = _actor(people, places, leagues[giving])
    ask_move(
        others[0],
        far,
        today() + timedelta(days=38),
        reason="生产线整体搬迁至新园区，原厂区关停。",
        document="内工信投规字〔2026〕45 号",
        actor=actor,
    )
    details = Details(LineageKind.SPLIT, today() - timedelta(days=200), "内工信节能字〔2026〕7 号")
    parts = [Part(others[1], Decimal(70)), Part(others[2], Decimal(30))]
    enter_lineage(others[3], parts, details, actor=actor)


def _actor(people: Mapping[str, tuple[int, str]], places: Mapping[str, str], name: str) -> Actor:
    number, called = people[name]
    return Actor(number, called, RegionScope.of(places[name]))
