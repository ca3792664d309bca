"""The catalogues as they are in a quarter: what a filing is filled in and reckoned with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.checks.book import Book, CarrierFacts, ProductFacts, WasteFacts
from app.core.dated import effective, first_index
from app.core.db import db
from app.core.language import in_english
from app.core.period import Quarter
from app.filings.catalogue import (
    LEAF,
    Carrier,
    CarrierCoefficient,
    CatalogueStamp,
    PrimaryCoefficient,
    SheetPolicy,
    WasteClass,
)
from app.targets.products import Product, ProductLimit

DATED = (CarrierCoefficient, PrimaryCoefficient, ProductLimit, WasteClass, SheetPolicy)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Copies of all rows, as they were when the stamp was *token*."""

    token: str | None
    carriers: Sequence[Any] = ()
    products: Sequence[Any] = ()
    dated: Mapping[Any, Sequence[Any]] | None = None

    def of(self, kind: Any, period: Quarter) -> Mapping[str, Any]:
        return effective(self.dated[kind] if self.dated else (), kind.of, period)


class _Shelf:
    """What this process has read last; threads only ever put a whole new set in its place."""

    kept = _Kept(None)


def catalogues(period: Quarter) -> Book:
    """A book without figures: what there is to be filled in, with the values of *period*.

    The rows are kept by the process; one statement asks whether they are still the newest,
    so that a filing is never reckoned with what the region has replaced.
    """
    kept = _newest()
    english = in_english()
    return Book(
        sheets={},
        carriers=_carriers(kept, period, english),
        primary={code: row.value for code, row in kept.of(PrimaryCoefficient, period).items()},
        products=_products(kept, period, english),
        wastes={
            code: WasteFacts(code, row.name_en if english else row.name_zh, row.unit)
            for code, row in sorted(kept.of(WasteClass, period).items())
            if row.in_use
        },
        left_out=frozenset(
            sheet for sheet, row in kept.of(SheetPolicy, period).items() if not row.asked
        ),
    )


def _newest() -> _Kept:
    """The rows as they are now; read again if somebody changed them while they were read."""
    token = catalogue_token()
    while token is None or token != _Shelf.kept.token:
        kept = _read(token)
        if token == (again := catalogue_token()):
            _Shelf.kept = kept
            return kept
        token = again
    return _Shelf.kept


def catalogue_token() -> str | None:
    """Another one after every change of a catalogue or of a rule."""
    return db.session.scalar(select(CatalogueStamp.token))


def _read(token: str | None) -> _Kept:
    return _Kept(
        token,
        carriers=_rows(Carrier, Carrier.code),
        products=_rows(Product, Product.key),
        dated={kind: _rows(kind, first_index(kind)) for kind in DATED},
    )


def _rows(kind: Any, order: Any) -> Sequence[Any]:
    """The columns only: an object would belong to the session that read it."""
    return db.session.execute(select(kind.__table__).order_by(order)).all()


def _carriers(kept: _Kept, period: Quarter, english: bool) -> dict[str, CarrierFacts]:
    """What can be filled in, codes 02 to 39, in the order of the form."""
    coefficients = kept.of(CarrierCoefficient, period)
    found = {}
    for row in kept.carriers:
        if row.level == LEAF:
            k = coefficients.get(row.code)
            found[row.code] = CarrierFacts(
                code=row.code,
                name=row.name_en if english else row.name_zh,
                unit=row.unit if english else row.unit_zh,
                **{name: getattr(k, name, None) for name in CarrierCoefficient.values},
                storable=row.storable,
                transport_ok=row.transport_ok,
                feedstock_ok=row.feedstock_ok,
                recovery_ok=row.recovery_ok,
            )
    return found


def _products(kept: _Kept, period: Quarter, english: bool) -> dict[str, ProductFacts]:
    limits = kept.of(ProductLimit, period)
    found = {}
    for row in kept.products:
        limit = limits.get(row.key)
        found[row.key] = ProductFacts(
            code=row.key,
            name=row.name_en if english else f"{row.name_zh}（{row.indicator_zh}）",
            made=row.name_en if english else row.name_zh,
            unit=row.indicator_unit,
            indicator=row.indicator,
            numerator_unit=row.numerator_unit,
            denominator_unit=row.denominator_unit,
            scale=row.scale_factor,
            limits=(limit.level1, limit.level2, limit.level3) if limit else (None, None, None),
            adjusted=limit.adjusted if limit else False,
        )
    return found
