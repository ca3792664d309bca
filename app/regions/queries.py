"""Reading the tree of regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, event, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.db import db
from app.core.errors import NotFound
from app.core.language import in_english
from app.regions.models import Region
from app.regions.scope import RegionScope, Tier, tier_of


def region_at(path: str) -> Region:
    """The region node at *path*, or `NotFound`."""
    region = db.session.get(Region, path)
    if region is None:
        raise NotFound(_("There is no such place."))
    return region


def root_path() -> str:
    """The path of the region itself: where what concerns everybody is entered."""
    return db.session.scalars(select(Region.path).order_by(Region.path).limit(1)).first() or ""


def county_of(place: str) -> str:
    """The path of the county in which *place*, an enterprise, lies."""
    return "".join(f"{code}/" for code in place.split("/")[:3])


@dataclass(frozen=True, slots=True)
class Node:
    """A region as pages need it: read as plain columns, named in the reader's language."""

    path: str
    code: str
    name: str
    county_review: bool | None

    @property
    def tier(self) -> Tier:
        return tier_of(self.path)

    @property
    def parent_path(self) -> str:
        return self.path[: self.path.rstrip("/").rfind("/") + 1]


def regions_within(scope: RegionScope) -> Sequence[Node]:
    """The active nodes in *scope*, and those above it, in the order of their codes."""
    if "" in scope.roots:
        return tree()
    return [node for node in tree() if scope.admits(node.path) or _above(node.path, scope)]


def _tree(name: InstrumentedAttribute[str]) -> Select[str, str, str, bool | None]:
    query = select(Region.path, Region.code, name, Region.county_review)
    return query.where(Region.active).order_by(Region.path)


_TREE_ZH, _TREE_EN = _tree(Region.name_zh), _tree(Region.name_en)


def tree() -> Sequence[Node]:
    """The whole tree, read once a session: a page asks for it in several places."""
    kept: Sequence[Node] | None = db.session.info.get("tree")
    if kept is None:
        query = _TREE_EN if in_english() else _TREE_ZH
        kept = _nodes_of(tuple(map(tuple, db.session.execute(query).all())))
        db.session.info["tree"] = kept
    return kept


@lru_cache(maxsize=8)
def _nodes_of(rows: tuple[tuple[Any, ...], ...]) -> tuple[Node, ...]:
    """The nodes of the tree as it was read: as long as it is the same, they are made once."""
    return tuple(Node(*row) for row in rows)


@event.listens_for(Session, "after_commit")
def _forget_the_tree(session: Session) -> None:
    session.info.pop("tree", None)


def county_name(place: str) -> str:
    """The county of *place* by name, after its league's; costs one reading of the tree."""
    names = {node.path: node.name for node in tree() if place.startswith(node.path)}
    steps = (place[:letters] for letters in (14, 21))  # codes have six digits, and a slash
    return " ".join(names.get(path, "") for path in steps).strip()


def _above(path: str, scope: RegionScope) -> bool:
    return any(root.startswith(path) for root in scope.roots)


def counties_within(scope: RegionScope) -> Sequence[Node]:
    return [n for n in regions_within(scope) if n.tier is Tier.COUNTY]


def place_choices(scope: RegionScope) -> Sequence[tuple[str, str]]:
    """Leagues and counties to choose from, each county under its league."""
    return _choices_of(tuple(regions_within(scope)), scope.tier)


@lru_cache(maxsize=256)
def _choices_of(nodes: tuple[Node, ...], tier: Tier) -> Sequence[tuple[str, str]]:
    mark = {Tier.REGION: "", Tier.LEAGUE: "", Tier.COUNTY: "　"}
    return tuple(
        (node.path, mark.get(node.tier, "") + node.name)
        for node in nodes
        if node.tier >= Tier.LEAGUE and tier <= Tier.COUNTY
    )


def reviews_in_county(place: str) -> bool:
    """Whether filings of *place* pass the county first: its own exception, else its league's."""
    county = county_of(place)
    league = region_at(county).parent_path
    nodes = {
        node.path: node.county_review
        for node in db.session.scalars(select(Region).where(Region.path.in_([county, league])))
    }
    own = nodes.get(county)
    return bool(nodes.get(league)) if own is None else own


def names_by_path(paths: Sequence[str]) -> dict[str, str]:
    """The names of the nodes at *paths* and above them, by the tree that the page has read."""
    wanted = {
        p[: i + 1] for p in paths for i, c in enumerate(p) if c == "/" and tier_of(p[: i + 1]) <= 3
    }
    if not wanted:
        return {}
    names = {node.path: node.name for node in tree() if node.path in wanted}
    if gone := wanted - names.keys():
        query = select(Region).where(Region.path.in_(gone))
        names |= {node.path: node.name for node in db.session.scalars(query)}
    return names
