"""What a filing speaks of and reckons with: carriers, coefficients, classes of waste.

Products and their limits lie with the targets; reading all of it for a quarter: `books`.
"""

import re
from decimal import Decimal
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from app.core.dated import Dated, in_force
from app.core.db import Model, Quantity, db
from app.core.errors import Problem
from app.core.language import in_english
from app.core.period import Quarter

LEAF = "leaf"
WASTE_CODE = re.compile(r"[A-Z]{2}[0-9]{2}")


class Carrier(Model):
    """A row of the national energy form; `level` leaf is what enterprises fill in.

    `coefficient` is only filled in by who joins the coefficients of a quarter.
    """

    __tablename__ = "carrier"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    level: Mapped[str] = mapped_column(String(10))
    parent_code: Mapped[str | None] = mapped_column(String(4))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(20))
    unit_zh: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(16))
    storable: Mapped[bool]
    transport_ok: Mapped[bool]
    feedstock_ok: Mapped[bool]
    recovery_ok: Mapped[bool]
    coefficient: Mapped["CarrierCoefficient | None"] = relationship(viewonly=True, lazy="raise")

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    @property
    def measure(self) -> str:
        """Its unit, in the reader's language."""
        return self.unit if in_english() else self.unit_zh

    def __repr__(self) -> str:
        return f"{self.code} {self.name}"


class CarrierCoefficient(Dated, Model):
    """What a unit of a carrier is in tce and costs: the reference, what is usual, the bounds."""

    __tablename__ = "carrier_coefficient"
    of = "carrier_code"
    values = (
        "reference", "hard_min", "hard_max", "form_min", "form_max", "price_min", "price_max"
    )  # fmt: skip

    carrier_code: Mapped[str] = mapped_column(ForeignKey("carrier.code"))
    carrier: Mapped[Carrier] = relationship(lazy="joined")
    reference: Mapped[Decimal | None] = mapped_column(Quantity(10, 6))
    hard_min: Mapped[Decimal | None] = mapped_column(Quantity(10, 6))
    hard_max: Mapped[Decimal | None] = mapped_column(Quantity(10, 6))
    form_min: Mapped[Decimal | None] = mapped_column(
        Quantity(10, 6)
    )  # the range that the form gives
    form_max: Mapped[Decimal | None] = mapped_column(Quantity(10, 6))
    price_min: Mapped[Decimal | None] = mapped_column(Quantity(18, 2))  # CNY per unit of the row
    price_max: Mapped[Decimal | None] = mapped_column(Quantity(18, 2))

    def flaws(self) -> list[Problem]:
        low, k, high = self.hard_min, self.reference, self.hard_max
        found = []
        if k is not None and k <= 0:
            found.append(Problem("reference", _("A coefficient is above zero.")))
        for bound in ("hard", "form", "price"):
            least, most = getattr(self, f"{bound}_min"), getattr(self, f"{bound}_max")
            if least is not None and most is not None and least > most:
                text = _("The lowest value is above the highest.")
                found.append(Problem(f"{bound}_min", text))
        if k is not None and ((low is not None and k < low) or (high is not None and k > high)):
            text = _("The reference lies between the lowest and the highest value.")
            found.append(Problem("reference", text))
        return found


class PrimaryCoefficient(Dated, Model):
    """What a unit of electricity or heat is at its primary value, set by the region (FM-04)."""

    __tablename__ = "primary_coefficient"
    of = "carrier_code"
    values = ("value",)

    carrier_code: Mapped[str] = mapped_column(ForeignKey("carrier.code"))
    carrier: Mapped[Carrier] = relationship(lazy="joined")
    value: Mapped[Decimal] = mapped_column(Quantity(10, 6))

    def flaws(self) -> list[Problem]:
        return [] if self.value > 0 else [Problem("value", _("A coefficient is above zero."))]


class WasteClass(Dated, Model):
    """A class of general industrial solid waste, as it is called and used from a quarter on.

    A class is closed by a row that says it is not in use.  Hazardous waste has a ledger of its
    own.
    """

    __tablename__ = "waste_class"
    of = "code"
    values = ("name_zh", "name_en", "unit", "in_use")

    code: Mapped[str] = mapped_column(String(4))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(16))
    in_use: Mapped[bool]

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    def flaws(self) -> list[Problem]:
        if WASTE_CODE.fullmatch(self.code):
            return []
        return [Problem("code", _("A class of waste has a code like SW02."))]


class SheetPolicy(Dated, Model):
    """Whether a sheet that rests on a policy is asked for; it is where there is no row."""

    __tablename__ = "sheet_policy"
    of = "sheet"
    values = ("asked",)

    sheet: Mapped[str] = mapped_column(String(4))
    asked: Mapped[bool]


class CatalogueStamp(Model):
    """One row, new with every change of a catalogue: who keeps copies looks at it."""

    __tablename__ = "catalogue_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32))


def with_coefficients(period: Quarter) -> Select[tuple[Carrier]]:
    """All carriers, each with the coefficients in force in *period*, if there are any."""
    k = CarrierCoefficient
    coefficients = (k.carrier_code == Carrier.code) & in_force(k, period.index)
    return (
        select(Carrier)
        .outerjoin(k, coefficients)
        .options(contains_eager(Carrier.coefficient).raiseload(k.carrier))
    )


def hold_still() -> None:
    """Let nobody change a catalogue until this transaction ends: something is reckoned with it."""
    db.session.execute(select(CatalogueStamp.id).with_for_update(read=True)).all()


def mark_changed() -> None:
    """Say that a catalogue changes; whoever else changes one waits until this is done."""
    query = select(CatalogueStamp).with_for_update().execution_options(populate_existing=True)
    stamp = db.session.scalars(query).one_or_none()
    if stamp is None:
        stamp = CatalogueStamp(id=1)
        db.session.add(stamp)
    stamp.token = uuid4().hex
    db.session.flush()
