"""The list of rules: of each the version that is in force, or that is to come."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.checks.rules import Severity
from app.core.errors import NotFound
from app.core.listing import Column, Filter, Listing, row_link
from app.core.period import Quarter, this_quarter
from app.filings.alarms.schema import SCHEMA
from app.filings.rules.models import RuleVersion, Standing
from app.rulebook.comparing import tolerance_of
from app.rulebook.vocabulary import sheet_title

FAMILIES = {
    "F": _l("Filing and attachments"),
    "B": _l("Enterprise and economics"),
    "C": _l("Energy structure"),
    "D": _l("Conversion and recovery"),
    "E": _l("Unit consumption of products"),
    "G": _l("Targets and progress"),
    "H": _l("Retrofit projects"),
    "W": _l("Water"),
    "R": _l("Solid waste"),
    "Y": _l("Annual and registry"),
}
LENGTH_OF_SHEET = 4


def begins(kind: type[RuleVersion] = RuleVersion) -> ColumnElement[int]:
    """The `Quarter.index` from which a version counts."""
    found: ColumnElement[int] = kind.from_year * 4 + kind.from_quarter - 1
    return found


def _shown(now: Quarter) -> ColumnElement[bool]:
    """One version of each rule: in force now; else to come; else a draft."""
    other = aliased(RuleVersion)
    same = other.code == RuleVersion.code
    active, theirs = RuleVersion.standing == Standing.ACTIVE, other.standing == Standing.ACTIVE
    begun, others_begun = begins() <= now.index, begins(other) <= now.index
    later = or_(
        begins(other) > begins(),
        and_(begins(other) == begins(), other.number > RuleVersion.number),
    )
    newest = and_(active, begun, ~exists().where(same, theirs, others_begun, later))
    to_come = and_(active, ~begun, ~exists().where(same, theirs, or_(others_begun, later)))
    only_draft = and_(RuleVersion.standing == Standing.DRAFT, ~exists().where(same, theirs))
    return or_(newest, to_come, only_draft)


def _start() -> Select[tuple[RuleVersion]]:
    return select(RuleVersion).where(_shown(this_quarter()))


def _with_draft() -> ColumnElement[bool]:
    other = aliased(RuleVersion)
    return exists().where(other.code == RuleVersion.code, other.standing == Standing.DRAFT)


def is_on(value: str) -> ColumnElement[bool]:
    active = RuleVersion.standing == Standing.ACTIVE
    conditions = {
        "on": and_(active, RuleVersion.enabled),
        "off": and_(active, ~RuleVersion.enabled),
        "draft": _with_draft(),
    }
    if value not in conditions:
        raise NotFound(value)
    return conditions[value]


def _standing(row: RuleVersion) -> str:
    if row.standing is not Standing.ACTIVE:
        return str(row.standing.label)
    return _("enabled") if row.enabled else _("disabled")


def _says(value: str) -> ColumnElement[bool]:
    columns = ("code", "message_zh", "message_en", "about_zh", "about_en", "expression", "source")
    return or_(*(getattr(RuleVersion, n).icontains(value, autoescape=True) for n in columns))


def _on_sheet(value: str) -> ColumnElement[bool]:
    """Names are two to four characters; S2 is not S2R."""
    return ("," + RuleVersion.sheets + ",").contains(f",{value[:LENGTH_OF_SHEET]},")


def sheet_choices() -> list[tuple[str, str]]:
    return [(name, f"{name} {sheet_title(name)}") for name in SCHEMA.sheets]


RULES = Listing(
    start=_start,
    columns=(
        Column(
            "code", _l("Code"), row_link("RuleView.page", lambda r: r.code), sort=RuleVersion.code
        ),
        Column("message", _l("Message"), lambda r: r.message, wide=True),
        Column("severity_state", _l("Severity"), lambda r: r.severity, sort=RuleVersion.severity),
        Column("sheets", _l("Sheets"), lambda r: r.sheets.replace(",", ", "), whole=True),
        Column("tolerance", _l("Tolerance"), tolerance_of, whole=True),
        Column("on", _l("In use"), _standing, sort=RuleVersion.enabled),
        Column("since", _l("From quarter"), lambda r: r.since, sort=begins()),
        Column("number", _l("Version"), lambda r: r.number, numeric=True),
        Column("addressee", _l("Who acts"), lambda r: r.addressee.label, hidden=True),
        Column("about", _l("In plain words"), lambda r: r.about, wide=True, hidden=True),
        Column("expression", _l("Expression"), lambda r: r.expression, wide=True, hidden=True),
        Column("source", _l("Source"), lambda r: r.source, wide=True, hidden=True),
    ),
    order=(RuleVersion.code, RuleVersion.id),
    filters=(
        Filter("q", _l("Text"), _says),
        Filter(
            "family",
            _l("Family"),
            lambda v: RuleVersion.code.startswith(f"{v[:2]}-", autoescape=True),
            choices=lambda: [(key, f"{key} {title}") for key, title in FAMILIES.items()],
        ),
        Filter(
            "severity",
            _l("Severity"),
            lambda v: RuleVersion.severity == Severity.named(v),
            choices=lambda: [(one.value, str(one.label)) for one in Severity],
        ),
        Filter("sheet", _l("Sheet"), _on_sheet, choices=sheet_choices),
        Filter(
            "on",
            _l("In use"),
            is_on,
            choices=lambda: [
                ("on", _("enabled")),
                ("off", _("disabled")),
                ("draft", _("has a draft")),
            ],
        ),
    ),
)
