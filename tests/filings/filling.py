"""What the tests of filings share: fill a sheet, look at what is there."""

from copy import deepcopy
from typing import Any

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.filings.alarms.checking import still_to_do
from app.filings.figures import Figures
from app.filings.models import Filing
from app.filings.operations import fill_sheet
from app.filings.queries import working_figures
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from tests.samples import SHEET_ROWS
from tests.world import World


def rows_with(key: str, row: str = "", **cells: Any) -> list[dict[str, Any]]:
    """The example's rows of sheet *key*, with *cells* in the one row, or in that called *row*."""
    rows = deepcopy(SHEET_ROWS[key])
    name = SHEETS[key].sheet.key_name or "energy_code"
    wanted = [one for one in rows if one.get(name, "") == row]
    if not wanted:
        rows.append({name: row, **cells})
    for one in wanted:
        one.update(cells)
    return rows


def codes(found: Any) -> list[tuple[str, str]]:
    """Places and the rules that are told there."""
    return [(place, text.split()[0]) for place, text in found]


def fill(world: World, filing: int, key: str, rows: Any, who: str = "confirmer", **more: Any):
    """Fill a sheet as *who*; what is still found, as pairs of place and text."""
    with world.acting(who) as actor:
        row = db.session.get_one(Filing, filing)
        fill_sheet(row, key, rows, actor=actor, **more)
        return [(one.where, str(one)) for one in still_to_do(row, [key])]


def figures_of(world: World, filing: int) -> Figures:
    with world.seen_from():
        return working_figures(db.session.get(Filing, filing))


def everything(world: World, filing: int) -> tuple[Any, ...]:
    """All of a filing that a refusal must leave as it was, and how long the journal is."""
    with world.seen_from():
        row = db.session.get(Filing, filing)
        files = select(Attachment.file_name, Attachment.sha256).order_by(Attachment.id)
        return (
            working_figures(row),
            (row.revision, row.version_no, row.data_hash, row.last_edited_by_id),
            row.review.state,
            [tuple(file) for file in db.session.execute(files)],
            db.session.scalar(select(func.count(AuditEntry.id))),
        )
