"""Any valid filing -> workbook -> upload gives the same filing, cell for cell."""

import unicodedata
from datetime import date
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.filings.models import Filing
from app.filings.operations import tried_out
from app.filings.queries import book_around
from app.filings.sheet import Keyed
from app.filings.sheets import SHEETS
from app.filings.values import DECIMALS, Kind
from app.filings.workbook.read import read
from app.filings.workbook.takeover import look
from app.filings.workbook.write import written

TYPED = {key: kind for key, kind in SHEETS.items() if kind.sheet.made is None}
MOST = 10**9  # Excel keeps 15 digits of a number, and a cell of ours at most 14 before the point
SHOWN = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])


def numbers(kind, negative):
    digits, places = DECIMALS[kind]
    most = min(MOST, 10 ** (digits - places) - 1)
    return st.decimals(-most if negative else 0, most, places=places, allow_nan=False)


def as_kept(text):
    return unicodedata.normalize("NFC", text).strip() or None


def cells(what):
    """Values of a column as they are kept; text as it is kept, without spaces around it."""
    if what.kind in DECIMALS:
        found = numbers(what.kind, what.negative)
    elif what.kind is Kind.TEXT:
        found = st.text(SHOWN, max_size=min(what.length, 40)).map(as_kept)
    elif what.kind is Kind.BOOL:
        found = st.booleans()
    elif what.kind is Kind.DATE:
        found = st.dates(date(1950, 1, 1), date(2100, 12, 31))
    elif what.kind is Kind.MONTH:
        found = st.dates(date(1950, 1, 1), date(2100, 12, 31)).map(lambda day: f"{day:%Y-%m}")
    else:
        found = st.sampled_from(list(what.choices))
    return st.none() | found


def keys(kind, around):
    if kind.sheet.keyed is None:
        return st.just([""])
    if kind.sheet.keyed is Keyed.PROJECT:
        projects = st.from_regex(r"20[0-9]{2}Q[1-4]-[0-9]{2}", fullmatch=True)
        return st.lists(projects, max_size=3, unique=True)
    known = st.sampled_from(sorted(kind.sheet.keyed.entries(around)))
    return st.lists(known, max_size=4, unique=True)


@st.composite
def filings(draw, around):
    """Rows by sheet and key; a row that is empty is no row."""
    found = {}
    for key, kind in TYPED.items():
        rows = {
            row: {name: draw(cells(what)) for name, what in kind.inputs().items()}
            for row in draw(keys(kind, around))
        }
        if kind.sheet.keyed is not None:
            rows = {row: line for row, line in rows.items() if set(line.values()) != {None}}
        found[key] = rows
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_any_valid_filing_comes_back_cell_for_cell(world, language):
    filing_id = world.filled()
    with world.app.test_request_context(headers={"Accept-Language": language}), world.seen_from():
        filing = db.session.get(Filing, filing_id)
        around = book_around(filing)

        @settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=15)
        @given(filings(around))
        def goes_round(figures):
            rows = {key: sorted(lines.items()) for key, lines in figures.items()}
            sent = read(BytesIO(written(filing, rows, around).getvalue()))
            assert sent.problems == []
            come_back, unread = tried_out(filing, sent.rows, around)
            assert unread == []
            for key, kind in TYPED.items():
                assert come_back[key].keys() == figures[key].keys()
                for row, line in figures[key].items():
                    got = {name: come_back[key][row][name] for name in kind.inputs()}
                    assert got == line, (key, row)

        goes_round()
        assert look(filing, read(written(filing, {}, around))).problems == []
