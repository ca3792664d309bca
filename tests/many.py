"""Many enterprises with a filing ready to be submitted each: one is filled in, then copied."""

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import Select, insert, select

from app.audit.actor import Actor
from app.core.credit_code import check_character
from app.core.db import db
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.operations import register
from app.filings.alarms.models import Explanation
from app.filings.models import Filing
from app.filings.operations import fill_sheets, open_filing
from app.filings.printing import SHORT, hash_of
from app.filings.queries import book_around, current_figures
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.regions.scope import EVERYWHERE, RegionScope
from tests.readiness import make_ready
from tests.samples import SHEET_ROWS
from tests.world import QUARTER, World


def many_ready(world: World, number: int, counties: Sequence[str]) -> list[tuple[int, int]]:
    """The numbers of so many filings, one enterprise each, and of those who confirm them."""
    ready: list[tuple[int, int]] = []
    with world.seen_from():
        role = db.session.scalars(select(Role).where(Role.name == "enterprise_confirmer")).one()
        for n in range(number):
            enterprise = register(
                _enterprise(n), counties[n % len(counties)], actor=Actor(None, "test", EVERYWHERE)
            )
            actor = Actor(None, "test", RegionScope.of(enterprise.place))
            filing = open_filing(enterprise, QUARTER, actor=actor)
            if ready:
                _fill_like(ready[0][0], filing)
            else:
                fill_sheets(filing, SHEET_ROWS, actor=actor)
                make_ready(filing, actor)
            user = User(
                username=f"c{n}",
                first_name="C",
                last_name=str(n),
                email=f"c{n}@example.test",
                password="-",
                active=True,
                roles=[role],
            )
            user.place = enterprise.place
            db.session.add(user)
            db.session.flush()
            ready.append((filing.id, user.id))
        db.session.commit()
    return ready


def _enterprise(n: int) -> Enterprise:
    body = f"91150200MA9{n:05d}X"
    return Enterprise(
        name=f"Enterprise {n}",
        credit_code=body + check_character(body),
        industry_code="26",
        enterprise_class=EnterpriseClass.UNLISTED,
    )


def _fill_like(first: int, filing: Filing) -> None:
    """The rows of the *first* one under another number; the print bears a hash of its own."""
    for kind in (*SHEETS.values(), Attachment, Explanation):
        query = select(kind.__table__).where(kind.filing_id == first)
        rows = [{**row, "filing_id": filing.id, "place": filing.place} for row in _mapped(query)]
        if kind is Attachment:
            code = hash_of(filing, current_figures(filing, book_around(filing)))[:SHORT]
            rows = [{**row, "summary_hash8": row["summary_hash8"] and code} for row in rows]
        if rows:
            db.session.execute(insert(kind.__table__), rows)


def _mapped(query: Select[Any]) -> list[dict[str, Any]]:
    rows = db.session.execute(query).mappings()
    return [{name: row[name] for name in row if name != "id"} for row in rows]
