"""Who does something: handed to every operation, never looked up inside one."""

from dataclasses import dataclass

from app.regions.scope import EVERYWHERE, RegionScope, Tier


@dataclass(frozen=True, slots=True)
class Actor:
    id: int | None
    name: str
    scope: RegionScope

    def tiers_at(self, place: str) -> frozenset[Tier]:
        return self.scope.tiers_at(place)


SYSTEM = Actor(None, "system", EVERYWHERE)
