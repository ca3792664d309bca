"""What the whole is put together from: views, menu, and the kinds of things under review."""

from flask import Flask, g
from flask_appbuilder import AppBuilder
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import scope_of_person
from app.accounts.preference_views import PreferenceView
from app.accounts.views import OwnPasswordView, PersonView, RoleView
from app.core.shell import MenuEntry, MenuGroup, install_shell
from app.enterprises.api import EnterpriseApi
from app.enterprises.views import EnterpriseView
from app.filings.api import FilingApi
from app.filings.models import KIND
from app.filings.setup_views import CarrierView, ReportingPeriodView
from app.filings.steps_api import FilingStepsApi
from app.filings.subject import FilingSubject
from app.filings.views import FilingView
from app.regions.queries import names_by_path
from app.reports.views import JournalView, ReportView
from app.review.subjects import SUBJECTS
from app.review.switches import RegionView
from app.review.views import ReviewView
from app.upkeep.commands import install_commands

VIEWS = (
    EnterpriseView,
    FilingView,
    ReviewView,
    ReportView,
    ReportingPeriodView,
    CarrierView,
    RegionView,
    PersonView,
    RoleView,
    OwnPasswordView,
    PreferenceView,
    JournalView,
)
APIS = (EnterpriseApi, FilingApi, FilingStepsApi)

MENU = (
    MenuGroup(
        _l("Filing and review"),
        (
            MenuEntry(_l("Quarterly filings"), "FilingView.list", "can_list", "Filing"),
            MenuEntry(_l("Reviews"), "ReviewView.list", "can_list", "Review"),
        ),
    ),
    MenuGroup(
        _l("Registry and reports"),
        (
            MenuEntry(_l("Enterprises"), "EnterpriseView.list", "can_list", "Enterprise"),
            MenuEntry(_l("Energy utilisation table"), "ReportView.status", "can_show", "Report"),
        ),
    ),
    MenuGroup(
        _l("Settings"),
        (
            MenuEntry(
                _l("Calendar of filing"), "ReportingPeriodView.list", "can_list", "ReportingPeriod"
            ),
            MenuEntry(_l("Regions and county review"), "RegionView.list", "can_list", "Region"),
            MenuEntry(_l("Energy carriers"), "CarrierView.list", "can_list", "Carrier"),
            MenuEntry(_l("People"), "PersonView.list", "can_list", "Person"),
            MenuEntry(_l("Roles"), "RoleView.list", "can_list", "Role"),
            MenuEntry(_l("Journal"), "JournalView.list", "can_list", "Journal"),
        ),
    ),
)


def put_together(app: Flask, appbuilder: AppBuilder) -> None:
    SUBJECTS[KIND] = FilingSubject()
    for view in VIEWS:
        appbuilder.add_view_no_menu(view)
    for api in APIS:
        appbuilder.add_api(api)
    install_shell(app, MENU, stands_at)
    install_commands(app)


def stands_at() -> str:
    """The places at which the person stands, by name; an enterprise by its county."""
    scope = scope_of_person(g.user)
    names = names_by_path(scope.roots)
    shown = [
        " › ".join(names[p] for p in sorted(names) if root.startswith(p)) for root in scope.roots
    ]
    return "; ".join(text or _("Whole platform") for text in shown) or _("nowhere")
