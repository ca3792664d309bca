"""What the whole is put together from: views, menu, kinds of things under review, and of jobs."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Flask, current_app, g, url_for
from flask_appbuilder import AppBuilder
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.accounts.models import actor_of, scope_of_person
from app.accounts.preference_views import PreferenceView
from app.accounts.views import OwnPasswordView, PersonView, RoleView
from app.core.list_page import ListPage
from app.core.period import Quarter
from app.core.shell import MenuEntry, MenuGroup, Surroundings, install_shell
from app.documents.rendering import RENDER
from app.energy_staff.chart_views import MeterNetworkView, OrganisationView
from app.energy_staff.moves import follow_enterprises as forms_follow_enterprises
from app.energy_staff.scan_views import EnergyScanView
from app.energy_staff.views import EnergyFormView
from app.enterprises.api import EnterpriseApi
from app.enterprises.change_views import ChangeAskView, ChangeRequestView
from app.enterprises.class_views import EnterpriseClassView
from app.enterprises.import_views import EnterpriseImportView
from app.enterprises.lineage_views import LineageView
from app.enterprises.move_views import MoveAskView, MoveView
from app.enterprises.views import EnterpriseView
from app.exports.answering import answer
from app.exports.making import FORGET as FORGET_EXPORTS
from app.exports.making import MAKE
from app.exports.offers import offer, offer_list
from app.exports.operations import tell_of_making
from app.exports.views import ExportView
from app.filings import reminding
from app.filings.alarms.api import AlarmApi
from app.filings.alarms.file_views import AlarmFileView
from app.filings.alarms.views import AlarmAnswerView, AlarmView
from app.filings.api import FilingApi
from app.filings.attachment_views import AttachmentView
from app.filings.calendar_views import ReportingPeriodView
from app.filings.catalogue_views import (
    CarrierCoefficientView,
    PrimaryCoefficientView,
    ProductLimitView,
    SheetPolicyView,
    WasteClassView,
)
from app.filings.closing_views import ClosedYearView
from app.filings.extension_views import ExtensionGrantView, ExtensionView
from app.filings.history_views import HistoryView
from app.filings.inspected import offer_attachments
from app.filings.live_views import LiveView
from app.filings.models import KIND
from app.filings.setup_views import CarrierView
from app.filings.start_stop_views import StartStopView
from app.filings.steps_api import FilingStepsApi
from app.filings.subject import FilingSubject
from app.filings.summary_views import SummaryView, VerifyView
from app.filings.views import FilingView
from app.filings.workbook_views import WorkbookView
from app.inspection import moves as inspection_moves
from app.inspection.board_views import InspectionCalendarView, InspectionMatrixView
from app.inspection.catalogue_views import InspectionDocumentView
from app.inspection.expiring import EXPIRING
from app.inspection.views import InspectionFileView, InspectionView
from app.jobs.kinds import KINDS
from app.jobs.queue import install_queue
from app.notices.mailing import MAIL
from app.notices.news import News
from app.notices.views import NoticeView
from app.notices.wording import ADDRESSES
from app.regions.queries import names_by_path
from app.reports.behind import BEHIND
from app.reports.confirmation_views import ConfirmationView
from app.reports.journal_views import JournalView
from app.reports.late import LateView
from app.reports.overview_views import OverviewView
from app.reports.report_views import ReportView, offer_reports
from app.reports.target_views import TargetProgressView
from app.reports.target_views import taken_away as targets_taken_away
from app.review.batch_views import BatchView
from app.review.chasing import CHASE
from app.review.subjects import SUBJECTS
from app.review.switches import RegionView
from app.review.views import ReviewView
from app.review.work_views import ReviewAnswerView, ReviewWorkView, RollbackView
from app.rulebook import commands as rulebook_commands
from app.rulebook.book_views import RuleBookView
from app.rulebook.edit_views import RuleEditView
from app.rulebook.sweep_listing import SweptAlarmView, SweptFilingView
from app.rulebook.sweep_views import SweepView
from app.rulebook.sweeps import SWEEP
from app.rulebook.trial_views import RuleTrialView
from app.rulebook.trials import TRIAL
from app.rulebook.usefulness_views import UsefulnessView
from app.rulebook.views import RuleView
from app.support.queries import announcements_in_force
from app.support.views import AnnouncementView, ProblemReportView, SupportView
from app.targets.annual_views import AnnualTargetView
from app.targets.check_views import TargetCheckView
from app.targets.moves import follow_enterprises
from app.targets.plan_views import PlanTargetView
from app.targets.quota_views import LeagueQuotaView
from app.targets.setup_views import PlanPeriodView, ProductView
from app.upkeep.commands import install_commands
from app.upkeep.job_views import JobView
from app.upkeep.jobs import FORGET, LEVELS, MOVES, VERIFY
from app.upkeep.level_views import LevelView
from app.workdays.views import SpecialDayView

VIEWS = (
    HistoryView,
    AlarmView,
    AlarmFileView,
    AlarmAnswerView,
    LiveView,
    WorkbookView,
    SummaryView,
    VerifyView,
    StartStopView,
    EnterpriseView,
    EnterpriseClassView,
    EnterpriseImportView,
    ChangeAskView,
    ChangeRequestView,
    MoveAskView,
    MoveView,
    LineageView,
    LevelView,
    EnergyFormView,
    EnergyScanView,
    OrganisationView,
    MeterNetworkView,
    FilingView,
    AttachmentView,
    ReviewView,
    ReviewWorkView,
    ReviewAnswerView,
    RollbackView,
    BatchView,
    PlanTargetView,
    AnnualTargetView,
    LeagueQuotaView,
    TargetCheckView,
    PlanPeriodView,
    ProductView,
    ReportView,
    OverviewView,
    *BEHIND,
    LateView,
    ConfirmationView,
    TargetProgressView,
    InspectionView,
    InspectionFileView,
    InspectionMatrixView,
    InspectionCalendarView,
    InspectionDocumentView,
    ReportingPeriodView,
    SpecialDayView,
    ExtensionView,
    ExtensionGrantView,
    ClosedYearView,
    CarrierView,
    CarrierCoefficientView,
    PrimaryCoefficientView,
    ProductLimitView,
    WasteClassView,
    SheetPolicyView,
    RuleView,
    RuleEditView,
    RuleTrialView,
    SweepView,
    SweptFilingView,
    SweptAlarmView,
    UsefulnessView,
    RuleBookView,
    RegionView,
    PersonView,
    RoleView,
    OwnPasswordView,
    PreferenceView,
    NoticeView,
    JournalView,
    AnnouncementView,
    SupportView,
    ProblemReportView,
    JobView,
    ExportView,
)
APIS = (EnterpriseApi, FilingApi, FilingStepsApi, AlarmApi)

MENU = (
    MenuGroup(
        _l("Filing and review"),
        (
            MenuEntry(
                _l("Review catalogue"),
                "ReviewView.list",
                "can_list",
                "Review",
                icon="check2-square",
            ),
            MenuEntry(
                _l("Quarterly filings"),
                "FilingView.list",
                "can_list",
                "Filing",
                icon="journal-text",
            ),
            MenuEntry(
                _l("Extensions"),
                "ExtensionView.list",
                "can_list",
                "Extension",
                icon="calendar-plus",
            ),
        ),
    ),
    MenuGroup(
        _l("Targets"),
        (
            MenuEntry(
                _l("Five-year control targets"),
                "PlanTargetView.list",
                "can_list",
                "PlanTarget",
                icon="bullseye",
            ),
            MenuEntry(
                _l("Annual dual-control targets"),
                "AnnualTargetView.list",
                "can_list",
                "AnnualTarget",
                icon="calendar-check",
            ),
            MenuEntry(
                _l("Target checks"),
                "TargetCheckView.list",
                "can_list",
                "Quota",
                icon="clipboard-check",
            ),
            MenuEntry(
                _l("Target progress"),
                "TargetProgressView.progress",
                "can_show",
                "Report",
                icon="graph-up",
            ),
        ),
    ),
    MenuGroup(
        _l("Daily supervision"),
        (
            MenuEntry(
                _l("Supervision documents"),
                "InspectionView.list",
                "can_list",
                "Inspection",
                icon="folder-check",
            ),
            MenuEntry(
                _l("Matrix of documents"),
                "InspectionMatrixView.page",
                "can_list",
                "Inspection",
                icon="grid-3x3",
            ),
            MenuEntry(
                _l("Calendar of documents"),
                "InspectionCalendarView.page",
                "can_list",
                "Inspection",
                icon="calendar-event",
            ),
            MenuEntry(
                _l("Catalogue of supervision documents"),
                "InspectionDocumentView.list",
                "can_list",
                "InspectionCatalogue",
                icon="list-check",
            ),
        ),
    ),
    MenuGroup(
        _l("Registry and reports"),
        (
            MenuEntry(
                _l("Enterprises"), "EnterpriseView.list", "can_list", "Enterprise", icon="building"
            ),
            MenuEntry(
                _l("Start and stop of enterprises"),
                "StartStopView.list",
                "can_list",
                "StartStop",
                icon="power",
            ),
            MenuEntry(
                _l("Changes asked for"),
                "ChangeRequestView.list",
                "can_list",
                "ChangeRequest",
                icon="pencil-square",
            ),
            MenuEntry(
                _l("Moves of enterprises"),
                "MoveView.list",
                "can_list",
                "EnterpriseMove",
                icon="arrow-left-right",
            ),
            MenuEntry(
                _l("Energy levels"),
                "LevelView.year",
                "can_show",
                "EnergyLevel",
                icon="bar-chart-steps",
            ),
            MenuEntry(
                _l("Overview"), "OverviewView.page", "can_show", "Report", icon="grid-3x3-gap"
            ),
            MenuEntry(_l("Reports"), "ReportView.index", "can_show", "Report", icon="table"),
            MenuEntry(
                _l("Energy managers and posts"),
                "EnergyFormView.list",
                "can_list",
                "EnergyForm",
                icon="person-badge",
            ),
            MenuEntry(
                _l("Files of the confirmed filings"),
                "ConfirmationView.list",
                "can_show",
                "Report",
                icon="paperclip",
            ),
        ),
    ),
    MenuGroup(
        _l("Catalogues"),
        (
            MenuEntry(
                _l("Energy carriers"), "CarrierView.list", "can_list", "Carrier", icon="fuel-pump"
            ),
            MenuEntry(
                _l("Coefficients of carriers"),
                "CarrierCoefficientView.list",
                "can_list",
                "Catalogue",
                icon="rulers",
            ),
            MenuEntry(
                _l("Primary coefficients"),
                "PrimaryCoefficientView.list",
                "can_list",
                "Catalogue",
                icon="lightning-charge",
            ),
            MenuEntry(
                _l("Products and their limits"),
                "ProductView.list",
                "can_list",
                "Product",
                icon="box-seam",
            ),
            MenuEntry(
                _l("Limits by quarter"),
                "ProductLimitView.list",
                "can_list",
                "Catalogue",
                icon="speedometer",
            ),
            MenuEntry(
                _l("Classes of solid waste"),
                "WasteClassView.list",
                "can_list",
                "Catalogue",
                icon="recycle",
            ),
            MenuEntry(
                _l("Sheets asked for by policy"),
                "SheetPolicyView.list",
                "can_list",
                "Catalogue",
                icon="toggles",
            ),
        ),
    ),
    MenuGroup(
        _l("Validation rules"),
        (
            MenuEntry(_l("Rules"), "RuleView.list", "can_list", "Rule", icon="shield-exclamation"),
            MenuEntry(
                _l("Usefulness"), "UsefulnessView.page", "can_list", "Rule", icon="bar-chart-line"
            ),
            MenuEntry(
                _l("All filings of a quarter"),
                "SweepView.page",
                "can_sweep",
                "Rule",
                icon="binoculars",
            ),
        ),
    ),
    MenuGroup(
        _l("Settings"),
        (
            MenuEntry(
                _l("Calendar of filing"),
                "ReportingPeriodView.list",
                "can_list",
                "ReportingPeriod",
                icon="calendar3",
            ),
            MenuEntry(
                _l("Working days"),
                "SpecialDayView.list",
                "can_list",
                "SpecialDay",
                icon="calendar-week",
            ),
            MenuEntry(
                _l("Closing of years"),
                "ClosedYearView.list",
                "can_list",
                "ClosedYear",
                icon="lock",
            ),
            MenuEntry(
                _l("Regions and county review"),
                "RegionView.list",
                "can_list",
                "Region",
                icon="diagram-3",
            ),
            MenuEntry(
                _l("Earlier years"), "HistoryView.page", "can_import", "History", icon="archive"
            ),
            MenuEntry(_l("People"), "PersonView.list", "can_list", "Person", icon="people"),
            MenuEntry(_l("Roles"), "RoleView.list", "can_list", "Role", icon="shield-check"),
            MenuEntry(
                _l("Journal"), "JournalView.list", "can_list", "Journal", icon="clock-history"
            ),
            MenuEntry(_l("Jobs"), "JobView.list", "can_list", "Job", icon="gear"),
        ),
    ),
    MenuGroup(
        _l("Help"),
        (
            MenuEntry(
                _l("Announcements"),
                "AnnouncementView.list",
                "can_list",
                "Announcement",
                icon="megaphone",
            ),
            MenuEntry(_l("Rule book"), "RuleBookView.page", "can_show", "Support", icon="book"),
            MenuEntry(
                _l("Platform support"), "SupportView.show", "can_show", "Support", icon="headset"
            ),
            MenuEntry(
                _l("Problem reports"),
                "ProblemReportView.list",
                "can_answer",
                "Support",
                icon="chat-left-text",
            ),
        ),
    ),
)


def put_together(app: Flask, appbuilder: AppBuilder) -> None:
    SUBJECTS[KIND] = FilingSubject()
    KINDS.update({kind.key: kind for kind in (VERIFY, FORGET, LEVELS, MOVES, TRIAL, SWEEP, RENDER)})
    KINDS.update({kind.key: kind for kind in (MAKE, FORGET_EXPORTS)})
    KINDS[reminding.REMINDERS.key] = reminding.REMINDERS
    KINDS[CHASE.key] = CHASE
    KINDS[EXPIRING.key] = EXPIRING
    # where there is no mail, the hour passes without a job
    KINDS[MAIL.key] = MAIL if app.config["MAIL_HOST"] else replace(MAIL, schedule=None)
    ADDRESSES.update(
        review=lambda pk: url_for("ReviewView.page", pk=pk),
        period=lambda index: url_for("FilingView.list", period=Quarter.at(index)),
        inspection=lambda year: url_for("InspectionView.list", year=year, state="wanting"),
        change_request=lambda pk: url_for("ChangeRequestView.page", pk=pk),
        export=lambda pk: f"{url_for('ExportView.list')}#export-{pk}",
    )
    for view in VIEWS:
        appbuilder.add_view_no_menu(view)
    for api in APIS:
        appbuilder.add_api(api)
    install_shell(app, Surroundings(MENU, stands_at))
    follow_enterprises()
    forms_follow_enterprises()
    reminding.follow_enterprises()
    inspection_moves.follow_enterprises()
    offer_attachments()
    install_commands(app)
    rulebook_commands.install_commands(app)
    for view in appbuilder.baseviews:
        if isinstance(view, ListPage):
            offer_list(view)
    offer_reports()
    offer("report.targets", targets_taken_away)
    app.extensions["exports"] = answer
    app.extensions["exported"] = tell_of_export
    app.extensions["news"] = announced
    install_queue(app)


def stands_at() -> str:
    """The places at which the person stands, by name; an enterprise by its county.

    A form that is not ours is refused before FAB has said who asks; the login knows it already.
    """
    scope = scope_of_person(current_user)
    names = names_by_path(scope.roots)
    shown = [
        " › ".join(names[p] for p in sorted(names) if root.startswith(p)) for root in scope.roots
    ]
    return "; ".join(text or _("Whole platform") for text in shown) or _("nowhere")


def tell_of_export(thing: str, rows: int, filters: Mapping[str, str]) -> None:
    """Enter in the journal who took a list away: what was in it, and how much."""
    actor = actor_of(g.user)
    place = min(actor.scope.roots, default="")
    tell_of_making(thing, g.user, rows, filters, actor=actor, place=place)


def announced(most: int) -> list[News]:
    """What everybody is to read, for whoever may."""
    if not current_app.appbuilder.sm.has_access("can_show", "Announcement"):  # type: ignore[attr-defined]
        return []
    return [
        News(one.title, url_for("AnnouncementView.show", pk=one.id), one.since)
        for one in announcements_in_force(most)
    ]
