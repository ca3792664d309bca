"""The tabs in which reviewers read a filing: the order and the names of the manual (综合审核)."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.review.subjects import Filed, Part, Tab, Table

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

# what the enterprise fills in as one (填报), and its sheets
FILED: Sequence[tuple[LazyString, Sequence[str]]] = (
    (_l("Report of comprehensive use"), ("F0", "S1", "S2", "S2R", "S3", "S4", "S4B", "S5", "S6")),
    (_l("Water filed"), ("W1", "W1P")),
    (_l("Solid waste filed"), ("R1",)),
)


def filed_of(tables: Sequence[Table], page: str) -> Sequence[Filed]:
    """What of *tables* was filled in as one; *page* is where the enterprise reads them."""
    found = []
    for title, sheets in FILED:
        own = [(n, one) for n, one in enumerate(tables, start=1) if one.key in sheets]
        if own:
            first, rows = own[0], sum(len(one.lines) for _n, one in own)
            keys = list(dict.fromkeys(one.key for _n, one in own))
            found.append(Filed(str(title), keys, rows, f"{page}#{first[1].key}-{first[0]}"))
    return found


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
