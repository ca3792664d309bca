"""One row of a registry workbook: what it would do, and what is wrong with its cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.audit.actor import Actor
from app.core.credit_code import is_credit_code
from app.core.errors import Problem
from app.enterprises.classes import may_give
from app.enterprises.models import Enterprise, EnterpriseClass
from app.enterprises.xlsx import Line
from app.regions.queries import county_of

LONGEST = {"name": 120, "short_name": 40, "address": 200, "contact_name": 50, "contact_phone": 30}
WRITTEN = [*LONGEST, "credit_code", "industry_code"]  # of an enterprise that is there
REQUIRED = ("credit_code", "name", "county", "industry_code")


@dataclass(slots=True)
class Planned:
    """What one row of the workbook would do."""

    line: Line
    values: dict[str, str]
    county: str
    kind: EnterpriseClass
    enterprise: Enterprise | None = None
    differences: list[tuple[str, str, str]] = field(default_factory=list)  # column, old, new
    resembles: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.enterprise is None


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows are compared with, read in a few statements for all of them."""

    counties: Mapping[str, str]  # path by code and by name
    industries: frozenset[str]
    by_number: Mapping[str, Enterprise]
    by_code: Mapping[str, Enterprise]
    taken: frozenset[str]  # credit codes registered anywhere


def number_of(line: Line) -> str:
    """As it is registered, though Excel has taken ``000017`` for a number."""
    text = line.cells["registry_number"]
    return text.zfill(6) if text.isascii() and text.isdigit() else text


def read_row(line: Line, known: Known, actor: Actor) -> tuple[Planned | None, list[Problem]]:
    """What the row would do, and what is wrong with it: what was found, what is allowed."""
    cells = line.cells
    code = cells["credit_code"].upper()
    industry = cells["industry_code"].split(" ")[0].zfill(2)
    county, kind = _county(cells["county"], known), _class(cells["enterprise_class"])
    wrong = _sizes(line)
    if code and not is_credit_code(code):
        text = _(
            "“%(found)s” is no credit code: 18 characters, the last checks the others.",
            found=code[:40],
        )
        wrong.append(Problem(line.cell("credit_code"), text))
    if cells["industry_code"] and industry not in known.industries:
        found = cells["industry_code"][:40]
        text = _("“%(found)s” is no industry; choose one of the list.", found=found)
        wrong.append(Problem(line.cell("industry_code"), text))
    if cells["county"] and not county:
        text = _("“%(found)s” is no county of your area.", found=cells["county"][:40])
        wrong.append(Problem(line.cell("county"), text))
    if kind is None:
        text = _(
            "“%(found)s” is no class; allowed: %(allowed)s.",
            found=cells["enterprise_class"][:40],
            allowed=", ".join(str(one.label) for one in EnterpriseClass),
        )
        wrong.append(Problem(line.cell("enterprise_class"), text))
    if wrong:
        return None, wrong
    values = {name: cells[name] for name in LONGEST}
    values |= {"credit_code": code, "industry_code": industry}
    planned = Planned(line, values, county, kind or EnterpriseClass.UNLISTED)
    meet = _meet_numbered if number_of(line) else _meet_new
    return planned, [Problem(line.cell(name), text) for name, text in meet(planned, known, actor)]


def _sizes(line: Line) -> list[Problem]:
    """What is missing, and what is too long."""
    cells = line.cells
    text = _("A value is needed here.")
    wrong = [Problem(line.cell(name), text) for name in REQUIRED if not cells[name]]
    for name, most in LONGEST.items():
        if len(cells[name]) > most:
            text = _(
                "%(n)s characters; at most %(most)s are allowed.", n=len(cells[name]), most=most
            )
            wrong.append(Problem(line.cell(name), text))
    return wrong


def _county(text: str, known: Known) -> str:
    code = text.split(" ", maxsplit=1)[0]
    return known.counties.get(code) or known.counties.get(text, "")


def _class(text: str) -> EnterpriseClass | None:
    """A class by its label or its stored value; an empty cell is outside the list."""
    if not text:
        return EnterpriseClass.UNLISTED
    return next((one for one in EnterpriseClass if text in (one.value, str(one.label))), None)


def _meet_new(planned: Planned, known: Known, actor: Actor) -> list[tuple[str, str]]:
    """A row without a number: a new enterprise, or one that this very row has entered before."""
    code, wrong = planned.values["credit_code"], []
    same = known.by_code.get(code)
    if same is not None:
        planned.enterprise = same
        if _differences(planned, same) or planned.county != county_of(same.place):
            text = _(
                "This code is registered as %(number)s %(name)s; to change that one, put its "
                "number in the first column.",
                number=same.registry_number,
                name=same.name,
            )
            wrong.append(("credit_code", text))
        return wrong
    if code in known.taken:
        wrong.append(("credit_code", _("This code is registered in another area.")))
    if not may_give(actor, planned.county, planned.kind):
        text = _("Only the region sets the hundred and the thousand class.")
        wrong.append(("enterprise_class", text))
    return wrong


def _meet_numbered(planned: Planned, known: Known, _actor: Actor) -> list[tuple[str, str]]:
    """A row with a number changes that enterprise, but neither its place nor its class."""
    cells, code = planned.line.cells, planned.values["credit_code"]
    enterprise = known.by_number.get(number_of(planned.line))
    if enterprise is None:
        return [("registry_number", _("There is no such enterprise in your area."))]
    wrong = []
    planned.enterprise = enterprise
    planned.differences = _differences(planned, enterprise)
    if code != enterprise.credit_code and code in known.taken:
        wrong.append(("credit_code", _("Another enterprise has this code.")))
    if planned.county != county_of(enterprise.place):
        text = _("An enterprise moves to another county on its own page.")
        wrong.append(("county", text))
    if cells["enterprise_class"] and planned.kind is not enterprise.enterprise_class:
        text = _("The class is set on the page of the enterprise.")
        wrong.append(("enterprise_class", text))
    if planned.differences and cells["version"] != str(enterprise.version):
        text = _("This enterprise was changed after the workbook was fetched.")
        wrong.append(("registry_number", text))
    return wrong


def _differences(planned: Planned, enterprise: Enterprise) -> list[tuple[str, str, str]]:
    pairs = ((name, getattr(enterprise, name) or "", planned.values[name]) for name in WRITTEN)
    return [(name, old, new) for name, old, new in pairs if old != new]
