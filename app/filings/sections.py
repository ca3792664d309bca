"""The tabs in which reviewers read a filing: the order and the names of the manual (综合审核)."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.review.subjects import Part, Tab, Table

# key of the tab, its name, and in it the parts: name, and the sheets that stand in it
TABS: Sequence[tuple[str, LazyString, Sequence[tuple[LazyString, Sequence[str]]]]] = (
    (
        "energy",
        _l("Comprehensive energy use"),
        (
            (_l("Basic facts of the enterprise"), ("F0", "S1")),
            (_l("Structure of energy consumption"), ("S2",)),
            (_l("Supplement to the structure of consumption"), ("S2R", "S3")),
            (_l("Progress of saving and completion of targets"), ("S4", "S4B")),
            (_l("Retrofit projects"), ("S5",)),
            (_l("Energy per unit of product"), ("S6",)),
        ),
    ),
    ("water", _l("Water intake and use"), ((_l("Water"), ("W1", "W1P")),)),
    ("waste", _l("Use of resources"), ((_l("Solid waste"), ("R1",)),)),
)


def tabs_of(tables: Sequence[Table]) -> Sequence[Tab]:
    """*tables* in their tabs; a sheet that is not asked for has none, and is left out."""
    by_sheet: dict[str, list[Table]] = {}
    for one in tables:
        by_sheet.setdefault(one.key, []).append(one)
    return [
        Tab(key, str(title), [part for part in _parts(parts, by_sheet) if part.tables])
        for key, title, parts in TABS
    ]


def _parts(
    named: Sequence[tuple[LazyString, Sequence[str]]], by_sheet: Mapping[str, list[Table]]
) -> Iterator[Part]:
    for title, sheets in named:
        there = [key for key in sheets if key in by_sheet]
        yield Part(str(title), there, [one for key in there for one in by_sheet[key]])
