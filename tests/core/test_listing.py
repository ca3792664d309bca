"""Lists: bounded and in order, whatever the address asks for."""

import pytest
from sqlalchemy import select

from app.core.listing import PAGE_SIZES, Column, Filter, Listing
from app.filings.models import ReportingPeriod

LISTING = Listing(
    start=lambda: select(ReportingPeriod),
    columns=(
        Column("period", "Quarter", str),
        Column("year", "Year", lambda row: row.year, sort=ReportingPeriod.year),
        Column("quarter", "Quarter", lambda row: row.quarter, sort=ReportingPeriod.quarter),
    ),
    order=(ReportingPeriod.year, ReportingPeriod.quarter),
    filters=(
        Filter("year", "Year", lambda v: ReportingPeriod.year == int(v)),
        Filter("q", "Quarter", lambda v: ReportingPeriod.quarter == int(v), shown=False),
    ),
)
ALL = [f"{year}Q{quarter}" for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)]


def page(world, **asked):
    with world.seen_from():
        found = LISTING.page(asked)
        return [str(row) for row in found.rows], found.total, found.number, found.size


def test_without_a_wish_the_first_page_in_its_order(world):
    assert page(world) == (ALL, 12, 1, PAGE_SIZES[0])


@pytest.mark.parametrize(
    ("size", "number", "expected", "shown"),
    [
        ("5", "1", ALL[:5], (1, 5)),
        ("5", "2", ALL[5:10], (2, 5)),
        ("5", "3", ALL[10:], (3, 5)),
        ("5", "4", ALL[10:], (3, 5)),
        ("5", "999999999", ALL[10:], (3, 5)),
        ("5", "0", ALL[:5], (1, 5)),
        ("1", "12", ALL[11:], (12, 1)),
        ("0", "2", ALL[1:2], (2, 1)),
        ("100", "1", ALL, (1, 100)),
        ("101", "1", ALL, (1, 100)),
        ("999999999", "1", ALL, (1, 100)),
    ],
)
def test_size_and_page_are_put_right(world, size, number, expected, shown):
    rows, total, *found = page(world, size=size, page=number)
    assert (rows, total, tuple(found)) == (expected, 12, shown)


@pytest.mark.parametrize(
    "nonsense", ["", "-1", "+2", "1.5", "1e3", "abc", "９", "٢", "1 OR 1=1", "9" * 5000, "\0", " 2"]
)
def test_what_is_no_number_counts_as_not_asked(world, nonsense):
    assert page(world, size=nonsense, page=nonsense) == (ALL, 12, 1, PAGE_SIZES[0])


def test_all_pages_together_are_all_rows_and_none_twice(world):
    pages = [page(world, size="5", page=str(n), sort="-quarter")[0] for n in (1, 2, 3)]
    rows = [row for one in pages for row in one]
    assert sorted(rows) == ALL
    assert [row[-1] for row in rows] == sorted("1234" * 3, reverse=True)


@pytest.mark.parametrize(
    ("sort", "first"),
    [("year", "2024Q1"), ("-year", "2026Q1"), ("quarter", "2024Q1"), ("-quarter", "2024Q4")],
)
def test_sorting_by_a_column_of_the_list(world, sort, first):
    assert page(world, sort=sort)[0][0] == first


@pytest.mark.parametrize(
    "sort", ["", "-", "period", "id", "open_on", "year; DROP TABLE x", "YEAR", "-id", "place", "\0"]
)
def test_an_unknown_wish_for_order_is_ignored(world, sort):
    assert page(world, sort=sort)[0] == ALL


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"year": "2025"}, ALL[4:8]),
        ({"year": " 2025 "}, ALL[4:8]),
        ({"year": "2025", "q": "2"}, ["2025Q2"]),
        ({"q": "2"}, ["2024Q2", "2025Q2", "2026Q2"]),
        ({"year": "2099"}, []),
        ({"year": ""}, ALL),
        ({"year": "  "}, ALL),
        ({"year": "\0"}, ALL),
        ({"quarter": "2", "id": "1"}, ALL),
    ],
)
def test_filters_leave_what_they_say_and_unknown_ones_nothing_out(world, asked, expected):
    rows, total, *_rest = page(world, **asked)
    assert (rows, total) == (expected, len(expected))


def test_an_empty_list_has_one_page(world):
    with world.seen_from():
        found = LISTING.page({"year": "2099", "page": "7"})
        assert (found.total, found.number, found.count, list(found.rows)) == (0, 1, 1, [])
        assert LISTING.page({"size": "5"}).count == 3


@pytest.mark.parametrize(
    "address",
    ["/filings/list/", "/enterprises/list/", "/reviews/list/", "/journal/list/", "/people/list/"],
)
@pytest.mark.parametrize(
    "asked", ["page=-1&size=-1", "page=9e9&size=1e9", "sort=-nothing", "sort=password&x=1", "page="]
)
def test_every_list_bears_every_wish(world, address, asked):
    world.filled()
    assert world.client("super").get(f"{address}?{asked}").status_code == 200
