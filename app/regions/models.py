"""The region tree itself: public, the same for everyone, and small."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.language import in_english
from app.regions.scope import Tier, tier_of


class Region(Model):
    """One node of the reporting tree: the region, a league or city, a banner or county.

    `path` follows the *reporting* parents (Manzhouli reports to Hulunbuir unless the region
    lists it apart).  `county_review` is the switch of the seed: set on a league it holds for
    all its counties, set on a county it is the exception, None inherits.
    """

    __tablename__ = "region"

    path: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    name_zh: Mapped[str] = mapped_column(String(64))
    name_en: Mapped[str] = mapped_column(String(96))
    short_zh: Mapped[str] = mapped_column(String(16), default="")
    active: Mapped[bool] = mapped_column(default=True)
    county_review: Mapped[bool | None]

    @property
    def tier(self) -> Tier:
        return tier_of(self.path)

    @property
    def parent_path(self) -> str:
        return self.path[: self.path.rstrip("/").rfind("/") + 1]

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    def __repr__(self) -> str:
        return self.name
