"""The workbook as another program reads it: exact figures, texts that stay texts, nothing lost."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from markupsafe import Markup
from openpyxl import load_workbook

from app.core.export import LONGEST_TEXT, Exportable, Head, write_workbook


def page_of(rows, heads=("A", "B"), title="T", **more):
    made = [head if isinstance(head, Head) else Head(head) for head in heads]
    table = Exportable(title, made, lambda: len(rows), lambda: iter(rows), **more)
    file = BytesIO()
    assert write_workbook(table, file) == len(rows)
    return load_workbook(file).active


@pytest.mark.parametrize(
    ("value", "read", "kind"),
    [
        ("=1+1", "=1+1", "s"),
        ("+86 471", "+86 471", "s"),
        ("000123", "000123", "s"),
        ("123456789012345678", "123456789012345678", "s"),
        ("a\x00b\x1f\ufffe\ud800c", "abc", "s"),
        ("<b>&\"'\n  two", "<b>&\"'\n  two", "s"),
        (Markup("<a href='/x'>A &amp; B</a>"), "A & B", "s"),
        ("长" * 40_000, "长" * (LONGEST_TEXT - 1) + "…", "s"),
        (True, "True", "s"),
        (0, 0, "n"),
        (Decimal("-0.0001"), -0.0001, "n"),
        (Decimal("12345678901.2345"), 12345678901.2345, "n"),
        (date(2024, 2, 29), datetime(2024, 2, 29), "d"),  # noqa: DTZ001
        (datetime(2026, 7, 1, 1, 30, tzinfo=UTC), "2026-07-01 09:30", "s"),
        (None, None, "n"),
        ("", None, "n"),
    ],
)
def test_a_value_is_read_back_as_what_it_is(value, read, kind):
    cell = page_of([["x", value]])["B2"]
    assert (cell.value, cell.data_type) == (read, kind)


def test_lines_above_and_below_stand_where_they_should():
    page = page_of(
        [["x", Decimal("1.5")], ["y", Decimal(2)]],
        heads=("Name", Head("Figure", 20, 2)),
        title="[a]/b:c*?'" + "d" * 40,
        above=["The title"],
        below=lambda: [["Sum", Decimal("3.5")], ["A note"]],
    )
    assert [row[0] for row in page.iter_rows(values_only=True)] == [
        "The title",
        "Name",
        "x",
        "y",
        "Sum",
        "A note",
    ]
    assert page.title == "abc" + "d" * 28
    assert (page.freeze_panes, page.auto_filter.ref) == ("B3", "A2:B4")
    assert (page["B5"].value, page["B5"].number_format) == (3.5, "#,##0.00")
    assert page["A2"].font.bold
    assert not page["A3"].font.bold
    assert page.column_dimensions["B"].width == 20
