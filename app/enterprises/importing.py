"""Enterprises by workbook: looked through without touching anything, then taken over whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.actor import Actor
from app.core.db import db
from app.core.errors import Invalid, Problem
from app.enterprises.models import Enterprise, Industry
from app.enterprises.names import name_key
from app.enterprises.operations import AUDITED, changed, register
from app.enterprises.queries import industry_choices
from app.enterprises.reading import LONGEST, WRITTEN, Known, Planned, number_of, read_row
from app.enterprises.similar import AT_ONCE, resembling
from app.enterprises.xlsx import SHEET, Line
from app.regions.queries import counties_within, county_of, names_by_path
from app.regions.scope import SEEN_WITH_ITS_OWNER, scope_of


@dataclass(frozen=True, slots=True)
class Plan:
    """What a workbook would do; nothing at all while there are problems."""

    problems: Sequence[Problem]
    new: Sequence[Planned]
    changed: Sequence[Planned]
    unchanged: int

    @property
    def warnings(self) -> list[Planned]:
        return [one for one in (*self.new, *self.changed) if one.resembles]


def county_choices() -> list[tuple[str, str]]:
    """The path of every county in sight, and how it is written in a cell: code, league, name."""
    nodes = counties_within(scope_of(db.session))
    above = names_by_path([node.parent_path for node in nodes])
    return [(n.path, f"{n.code} {above.get(n.parent_path, '')} {n.name}") for n in nodes]


def rows_of(enterprises: Sequence[Enterprise]) -> list[dict[str, object]]:
    """The cells of enterprises that are there, to be changed and sent back."""
    counties, industries = dict(county_choices()), dict(industry_choices())
    return [
        {
            **{name: getattr(one, name) for name in LONGEST},
            "registry_number": one.registry_number,
            "version": one.version,
            "credit_code": one.credit_code,
            "county": counties.get(county_of(one.place), ""),
            "industry_code": industries.get(one.industry_code, one.industry_code),
            "enterprise_class": str(one.enterprise_class.label),
        }
        for one in enterprises
    ]


def plan(lines: Sequence[Line], problems: Sequence[Problem], *, actor: Actor) -> Plan:
    """Look through all rows; every cell that stands in the way is named, none is written."""
    found, known = list(problems), _known(lines)
    rows: list[Planned] = []
    unchanged = 0
    seen: dict[str, dict[str, int]] = {"registry_number": {}, "credit_code": {}}
    for line in lines:
        planned, wrong = read_row(line, known, actor)
        wrong += _twice(line, seen)
        found += wrong
        if planned is None or wrong:
            continue
        if planned.enterprise is not None and not planned.differences:
            unchanged += 1
        else:
            rows.append(planned)
    _compare_names(rows)
    if not lines and not found:
        found.append(Problem(f"{SHEET}!A4", _("There is no enterprise in this workbook.")))
    return Plan(
        found,
        new=[one for one in rows if one.is_new],
        changed=[one for one in rows if not one.is_new],
        unchanged=unchanged,
    )


def import_enterprises(
    lines: Sequence[Line], problems: Sequence[Problem], *, confirmed: bool, actor: Actor
) -> Plan:
    """Take over all rows or none; a workbook sent twice changes nothing the second time.

    *confirmed*: somebody has compared the names that resemble others.
    """
    what = plan(lines, problems, actor=actor)
    if what.problems:
        raise Invalid(_("Nothing has been imported; correct these cells first."), what.problems)
    if what.warnings and not confirmed:
        text = _("Compare the names that resemble others, and say that they are others.")
        raise Invalid(text, [Problem("another", text)])
    for one in what.new:
        made = Enterprise(enterprise_class=one.kind)
        for name in WRITTEN:
            setattr(made, name, one.values[name])
        register(made, one.county, actor=actor)
    for one in what.changed:
        enterprise = one.enterprise
        if enterprise is None:
            continue
        before = {name: getattr(enterprise, name) for name in AUDITED}
        for name in WRITTEN:
            setattr(enterprise, name, one.values[name])
        changed(enterprise, before, actor=actor)
    return what


def _known(lines: Sequence[Line]) -> Known:
    numbers = sorted({number_of(line) for line in lines} - {""})
    codes = sorted({line.cells["credit_code"].upper() for line in lines} - {""})
    by_number: dict[str, Enterprise] = {}
    by_code: dict[str, Enterprise] = {}
    taken: set[str] = set()
    for start in range(0, max(len(numbers), len(codes)), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        own = select(Enterprise).where(Enterprise.registry_number.in_(numbers[part]))
        by_number |= {one.registry_number: one for one in db.session.scalars(own)}
        same = select(Enterprise).where(Enterprise.credit_code.in_(codes[part]))
        by_code |= {one.credit_code: one for one in db.session.scalars(same)}
        # a code is one for all areas: that it is taken is all that is told of the others
        anywhere = select(Enterprise.credit_code).where(Enterprise.credit_code.in_(codes[part]))
        taken |= set(db.session.scalars(anywhere.execution_options(**SEEN_WITH_ITS_OWNER)))
    counties: dict[str, str] = {}
    for path, words in county_choices():
        code, *names = words.split(" ")
        counties |= {code: path, " ".join(names): path}
    industries = frozenset(db.session.scalars(select(Industry.code)))
    return Known(counties, industries, by_number, by_code, frozenset(taken))


def _twice(line: Line, seen: dict[str, dict[str, int]]) -> list[Problem]:
    wrong = []
    for name, value in (
        ("registry_number", number_of(line)),
        ("credit_code", line.cells["credit_code"].upper()),
    ):
        first = seen[name].setdefault(value, line.at) if value else line.at
        if first != line.at:
            text = _("The same stands in row %(row)s.", row=first)
            wrong.append(Problem(line.cell(name), text))
    return wrong


def _compare_names(rows: Sequence[Planned]) -> None:
    """Say of every new name which others it resembles, in the registry and in the workbook."""
    fresh = [one for one in rows if one.is_new or "name" in [d[0] for d in one.differences]]
    alike = resembling([one.values["name"] for one in fresh])
    first: dict[str, int] = {}
    for one in fresh:
        key = name_key(one.values["name"])
        own = one.enterprise.id if one.enterprise is not None else None
        one.resembles = [str(other) for other in alike.get(key, []) if other.enterprise_id != own]
        row = first.setdefault(key, one.line.at)
        if row != one.line.at:
            one.resembles.append(_("row %(row)s of this workbook", row=row))
