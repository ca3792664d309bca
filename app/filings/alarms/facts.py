"""What is known of filings as a whole, and what the catalogues say: facts and look-ups of rules."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.checks.book import Book
from app.checks.reckoning import HEAT
from app.core.among import among
from app.core.clock import PLACE_TIME, today
from app.core.db import db
from app.core.period import Quarter
from app.enterprises.life import ChangeRequest, RequestState
from app.enterprises.models import EnterpriseClass, Industry
from app.filings.alarms.asked import Asked
from app.filings.course import Pasts, pasts_of, saved_before_of
from app.filings.models import Filing
from app.inspection.duties import missing_documents
from app.regions.queries import tree
from app.regions.scope import Tier

HEAT_AND_POWER = ("4412", "4430")  # whose year is not four equal parts (FM-18)
# nothing is converted in hydro, nuclear, wind and solar power, grids and the supply of gas (D-19)
NOT_CONVERTING = ("4413", "4414", "4415", "4416", "4420", "4511", "4512")


def facts_of(asked: Sequence[Asked], period: Quarter, book: Book) -> list[dict[str, Any]]:
    """The facts of filings of one quarter, in their order; about eight statements.

    The fourth quarter takes three more, for the supervision documents that are missing (Y-04).
    """
    ids = [one.head.enterprise_id for one in asked]
    places, industries = _places(), _industries()
    pasts = pasts_of(ids, period)
    approved, began = saved_before_of(ids, period, pasts), _began_before(ids, period)
    changed = _changed(ids, period)
    missing = missing_documents(period.year, ids) if period.quarter == 4 else None
    shared = {
        "today": today(),
        "quarter": Decimal(period.quarter),
        "quarter_months": frozenset(map(str, period.months)),
        "heat_calorific": book.carriers[HEAT].reference if HEAT in book.carriers else None,
        "filing_regions": frozenset(places),
        "industries": frozenset(industries),
    }
    return [
        {
            **shared,
            **_of_head(one.head, places, industries),
            **_lock(one),
            "first_filing": one.head.enterprise_id not in began,
            "approved_savings": approved.get(one.head.enterprise_id),
            "year_share": _year_share(one, period, pasts),
            "change_request_approved": one.head.enterprise_id in changed,
            "missing_documents": None if missing is None else missing[one.head.enterprise_id],
        }
        for one in asked
    ]


def _of_head(
    head: Any, places: Mapping[str, str], industries: Mapping[str, Industry]
) -> dict[str, Any]:
    industry = industries.get(head.industry_code[:2])
    return {
        "league_of": head.place.split("/")[1],
        "reporting_league": places.get(head.region_code),
        "energy_intensive": industry is not None and industry.six_high_energy,
        "conversion_sheet_expected": industry is not None
        and industry.conversion_expected
        and head.industry_code not in NOT_CONVERTING,
        "designated": head.enterprise_class is not EnterpriseClass.UNLISTED,
        "monthly_report_energy": head.reported_energy,
        "keyed": head.reported_energy is not None,
    }


def _lock(one: Asked) -> dict[str, Any]:
    """F-10 asks who still has to hand in; what is under review was handed in while it could be."""
    deadline = one.deadline if one.is_open else None
    if deadline is None or deadline.lock_on is None:
        return {"lock_on": None, "extension_granted": False}
    lock, extended_to = deadline.lock_on, deadline.extended_to
    return {
        "lock_on": max(lock, deadline.again_until or lock),
        "extension_granted": extended_to is not None and today() <= extended_to,
    }


def _places() -> dict[str, str]:
    """The codes under which is filed, each with that of its league: counties, leagues without."""
    nodes = tree()
    divided = {node.parent_path for node in nodes if node.tier is Tier.COUNTY}
    found = {n.code: n.parent_path.split("/")[1] for n in nodes if n.tier is Tier.COUNTY}
    whole = (n for n in nodes if n.tier is Tier.LEAGUE and n.path not in divided)
    return found | {node.code: node.code for node in whole}


def _industries() -> dict[str, Industry]:
    return {one.code: one for one in db.session.scalars(select(Industry))}


def _began_before(ids: Collection[int], period: Quarter) -> set[int]:
    """Who has filed an earlier quarter here."""
    query = select(Filing.enterprise_id).where(
        among(Filing.enterprise_id, ids),
        Filing.year * 4 + Filing.quarter - 1 < period.index,
        ~Filing.imported,
    )
    return set(db.session.scalars(query.distinct()))


def _changed(ids: Collection[int], period: Quarter) -> set[int]:
    """Whose change of the entry was accepted since the previous quarter began (Y-06)."""
    year, months = period.previous.year, period.previous.months
    since = datetime.combine(datetime(year, months[0], 1, tzinfo=UTC).date(), time(), PLACE_TIME)
    query = select(ChangeRequest.enterprise_id).where(
        among(ChangeRequest.enterprise_id, ids),
        ChangeRequest.state == RequestState.DONE,
        ChangeRequest.decided_at >= since,
    )
    return set(db.session.scalars(query))


def _year_share(one: Asked, period: Quarter, pasts: Pasts) -> Decimal:
    """FM-18: a quarter of the year each; of heat and power, as last year went, if it is known."""
    equal = Decimal(period.quarter) / 4
    if not one.head.industry_code.startswith(HEAT_AND_POWER):
        return equal
    last = {past.period: past.energy for past in pasts.get(one.head.enterprise_id, ())}
    quarters = [last.get(Quarter(period.year - 1, n)) for n in range(1, 5)]
    known = [energy for energy in quarters if energy is not None]
    if len(known) < 4 or not (whole := sum(known, Decimal(0))):
        return equal
    return sum(known[: period.quarter], Decimal(0)) / whole


def lookups_of(book: Book) -> dict[str, dict[str, Any]]:
    """Columns of the catalogues by the codes of carriers and products."""
    carriers, products = book.carriers, book.products
    bounds = ("hard_min", "hard_max", "form_min", "form_max", "price_min", "price_max")
    flags = {"storable": "storable", "transport_ok": "transport_ok", "feedstock_ok": "feedstock_ok"}
    of_carriers = {name: name for name in bounds} | flags | {"default_recovery_ok": "recovery_ok"}
    return {
        **{
            name: {code: getattr(one, column) for code, one in carriers.items()}
            for name, column in of_carriers.items()
        },
        "level1": {key: one.limits[0] for key, one in products.items()},
        "level3": {key: one.limits[2] for key, one in products.items()},
        "adjusted": {key: one.adjusted for key, one in products.items()},
        "scale_factor": {key: one.scale for key, one in products.items()},
        "indicator": {key: one.indicator for key, one in products.items()},
    }
