"""The roles, as data: what each is called, where it may stand, and what it may do.

A super administrator may change the grants in the panel; these are what a new installation
begins with.  A right is ``(permission, thing)``; a thing is the ``class_permission_name`` that
pages and API share.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.regions.scope import Tier

Right = tuple[str, str]


def rights(**things: str) -> frozenset[Right]:
    """``rights(Filing="list show")`` is can_list and can_show on Filing."""
    return frozenset(
        (f"can_{name}", thing) for thing, names in things.items() for name in names.split()
    )


@dataclass(frozen=True, slots=True)
class RoleKind:
    """One of the roles that the product comes with."""

    key: str
    label: LazyString
    tiers: frozenset[Tier]  # where its holders may stand
    grants: frozenset[Right]
    may_grant: frozenset[str] = frozenset()  # the roles that its holder may hand out


# nobody could log in without them
CANNOT_BE_TAKEN = rights(Home="show", OwnPassword="change", Preference="change")
EVERYBODY = CANNOT_BE_TAKEN | rights(
    OpenApi="get",
    SwaggerView="show",
    Announcement="list show",
    Support="show report",
    Job="list show cancel retry",  # one's own; those of others ask for "oversee"
    Export="show",  # one's own; what may be in one is asked of the right to export it
)
LOOK_UP = EVERYBODY | rights(
    Enterprise="list show",
    Filing="list show",
    Report="show export",
    PlanTarget="list show",
    AnnualTarget="list show",
    Catalogue="list",
    Product="list",
    ReportingPeriod="list",
    SpecialDay="list",
    Extension="list",
    EnergyForm="list show",
    Inspection="list show",
    InspectionCatalogue="list",
)
TAKE_AWAY = rights(
    Enterprise="export",
    Filing="export",
    Review="export",
    Extension="export",
    PlanTarget="export",
    AnnualTarget="export",
    Catalogue="export",
    Rule="export",
    EnergyForm="export",
    Inspection="export",
    InspectionCatalogue="export",
)
STAFF = rights(Rule="list")  # how the rules do, league by league; what they say is public
# the registry as a whole, by workbook
REGISTRY = rights(Enterprise="add edit set_class import enter_lineage", ChangeRequest="decide")
REGISTRY |= rights(EnterpriseMove="ask decide")
OVERSEE = (
    LOOK_UP
    | TAKE_AWAY
    | STAFF
    | rights(Review="list show", Region="list", Carrier="list", Journal="list")
    | rights(ClosedYear="list")
    | rights(Quota="list export", PlanPeriod="list", Product="export")
    | rights(StartStop="list show export")
    | rights(ChangeRequest="list show", EnterpriseMove="list show")
)
# what the region tells everybody, and answers
SUPPORT = rights(Announcement="add edit", Support="edit answer")
SET_TARGETS = rights(PlanTarget="add edit delete import", AnnualTarget="add edit delete import")
SET_QUOTAS = rights(Quota="add edit delete", PlanPeriod="add")
# what filings are reckoned with and checked by
KEEP = rights(
    Catalogue="add edit delete",
    InspectionCatalogue="add edit delete",
    Rule="edit activate sweep",
)
# puts the energy managers of enterprises on record, and reads their telephones
ON_RECORD = rights(EnergyForm="decide read_private")
# the turn of the year: who crosses 500,000 tce
LEVELS = rights(EnergyLevel="show settle")
# until when is filed, on which days is worked, what is closed
KEEP_CALENDAR = rights(
    ReportingPeriod="add edit", SpecialDay="add edit delete", ClosedYear="close", Extension="grant"
)
FILL = LOOK_UP | rights(ChangeRequest="list show ask")
FILL |= rights(Filing="open fill", Review="show", Carrier="list")
FILL |= rights(EnergyForm="fill read_private", Inspection="upload export")

CHASE = rights(Report="remind", Inspection="remind")  # who has not handed in

BELOW_LEAGUE = frozenset(
    "county_reviewer inspection_staff enterprise_filler enterprise_confirmer observer".split()
)
ALL_KEYS = BELOW_LEAGUE | {"super_administrator", "region_reviewer", "league_administrator"}

# fmt: off
ROLES = {role.key: role for role in (
    RoleKind("super_administrator", _l("Super administrator"), frozenset({Tier.PLATFORM}),
             OVERSEE | SUPPORT | SET_TARGETS | SET_QUOTAS | KEEP | LEVELS | REGISTRY | CHASE
             | KEEP_CALENDAR
             | rights(Enterprise="set_level", StartStop="stop", Inspection="remark",
                      Review="rollback waive", History="import",
                      Region="switch",
                      Person="list show add edit reset_password export",
                      Role="list show edit", Journal="export verify", Carrier="export",
                      Job="oversee"),
             ALL_KEYS),
    RoleKind("region_reviewer", _l("Region reviewer"), frozenset({Tier.REGION}),
             OVERSEE | SUPPORT | SET_TARGETS | SET_QUOTAS | KEEP | LEVELS | REGISTRY | CHASE
             | KEEP_CALENDAR | ON_RECORD
             | rights(Enterprise="set_level", StartStop="stop", Inspection="remark",
                      Review="decide waive", History="import",
                      Region="switch", Person="list show",
                      Journal="export", Carrier="export", Job="oversee")),
    RoleKind("league_administrator", _l("League administrator"), frozenset({Tier.LEAGUE}),
             OVERSEE | SET_TARGETS | REGISTRY | CHASE | ON_RECORD
             | rights(StartStop="stop", Review="decide", Extension="grant",
                      Region="switch", Inspection="upload remark",
                      Person="list show add edit reset_password export", Carrier="export"),
             BELOW_LEAGUE),
    RoleKind("county_reviewer", _l("County reviewer"), frozenset({Tier.COUNTY}),
             LOOK_UP | TAKE_AWAY | STAFF | CHASE
             | rights(Review="list show decide", Carrier="list", EnergyForm="read_private")),
    RoleKind("inspection_staff", _l("Inspection staff"),
             frozenset({Tier.REGION, Tier.LEAGUE, Tier.COUNTY}),
             LOOK_UP | STAFF | rights(Carrier="list", Inspection="upload export")),
    RoleKind("enterprise_filler", _l("Enterprise filler"), frozenset({Tier.ENTERPRISE}), FILL),
    RoleKind("enterprise_confirmer", _l("Enterprise confirmer"), frozenset({Tier.ENTERPRISE}),
             FILL | rights(Filing="submit")),
    RoleKind("observer", _l("Observer"), frozenset({Tier.REGION, Tier.LEAGUE, Tier.COUNTY}),
             OVERSEE),
)}
# fmt: on


THINGS = {
    "Home": _l("Start page"),
    "Enterprise": _l("Enterprises"),
    "StartStop": _l("Start and stop of enterprises"),
    "EnergyLevel": _l("Energy levels"),
    "ChangeRequest": _l("Changes asked for by enterprises"),
    "EnterpriseMove": _l("Moves of enterprises"),
    "Filing": _l("Quarterly filings"),
    "History": _l("Earlier years"),
    "Review": _l("Reviews"),
    "Region": _l("Regions"),
    "EnergyForm": _l("Energy managers and posts"),
    "Report": _l("Reports"),
    "Inspection": _l("Supervision documents"),
    "InspectionCatalogue": _l("Catalogue of supervision documents"),
    "PlanTarget": _l("Five-year targets"),
    "AnnualTarget": _l("Annual targets"),
    "Quota": _l("Quotas of leagues and checks of targets"),
    "PlanPeriod": _l("Planning periods"),
    "Product": _l("Products and their limits"),
    "Catalogue": _l("Dated coefficients, limits and wastes"),
    "Rule": _l("Validation rules"),
    "Journal": _l("Journal"),
    "Job": _l("Jobs"),
    "Export": _l("Own exports"),
    "ReportingPeriod": _l("Reporting periods"),
    "SpecialDay": _l("Working days"),
    "Extension": _l("Extensions"),
    "ClosedYear": _l("Closing of years"),
    "Carrier": _l("Energy carriers"),
    "Person": _l("People"),
    "Role": _l("Roles"),
    "Announcement": _l("Announcements"),
    "Support": _l("Platform support"),
    "OwnPassword": _l("Own password"),
    "Preference": _l("Own settings of the screen"),
    "OpenApi": _l("Description of the API"),
    "SwaggerView": _l("Page to try the API"),
}
PERMISSIONS = {
    "can_list": _l("see the list"),
    "can_show": _l("open"),
    "can_add": _l("add"),
    "can_edit": _l("change"),
    "can_activate": _l("activate and switch"),
    "can_sweep": _l("check all filings of a quarter"),
    "can_set_level": _l("set the energy level"),
    "can_set_class": _l("set the class"),
    "can_import": _l("import"),
    "can_ask": _l("ask for"),
    "can_enter_lineage": _l("enter mergers and splits"),
    "can_settle": _l("write for a year"),
    "can_open": _l("begin"),
    "can_fill": _l("fill in"),
    "can_submit": _l("confirm, submit and withdraw"),
    "can_decide": _l("approve and return"),
    "can_rollback": _l("roll back"),
    "can_waive": _l("waive a condition"),
    "can_switch": _l("switch the county review"),
    "can_export": _l("export"),
    "can_stop": _l("start and stop"),
    "can_grant": _l("grant"),
    "can_close": _l("close and open again"),
    "can_delete": _l("delete"),
    "can_reset_password": _l("issue a new password"),
    "can_upload": _l("upload and answer"),
    "can_remark": _l("remark"),
    "can_remind": _l("remind of what is not handed in"),
    "can_report": _l("report a problem"),
    "can_answer": _l("answer and close reports"),
    "can_verify": _l("verify"),
    "can_cancel": _l("cancel"),
    "can_retry": _l("try again"),
    "can_oversee": _l("see what others have asked for"),
    "can_read_private": _l("see telephones, ages and e-mail"),
    "can_get": _l("read"),
    "can_change": _l("change"),
}


def label_of(key: str) -> str:
    """The name of a role for people; one that is not ours is called what it was called."""
    return str(ROLES[key].label) if key in ROLES else key


def words_of(right: Right) -> tuple[str, str]:
    """The thing and the action for people; one that is not ours is called what it is called."""
    permission, thing = right
    return str(THINGS.get(thing, thing)), str(PERMISSIONS.get(permission, permission))


def as_shown(right: Right) -> tuple[int, str, int, str]:
    """To sort by: things in the order of the menu, and first what is usually asked first."""
    permission, thing = right
    return _place_in(THINGS, thing), thing, _place_in(PERMISSIONS, permission), permission


def _place_in(names: Iterable[str], name: str) -> int:
    known = list(names)
    return known.index(name) if name in known else len(known)
