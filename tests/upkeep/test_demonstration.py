"""The demonstration data: whole, deterministic, right by the row checks, and proving itself."""

import hashlib
from collections import Counter, defaultdict
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.operations import synchronise_roles
from app.checks.rules import Severity
from app.core.canonical import canonical, digest
from app.core.clock import today
from app.core.credit_code import is_credit_code
from app.core.db import db
from app.core.unit import unit_of_work
from app.core.uploads import media_type, storage
from app.energy_staff import chart_rows, checking
from app.energy_staff.models import EnergyChart, EnergyForm, FormState
from app.enterprises.models import EnergyLevel, Enterprise, EnterpriseLevel, Industry
from app.enterprises.queries import level_of
from app.filings.alarms.checking import said_of
from app.filings.alarms.explaining import is_empty_phrase
from app.filings.alarms.freezing import checkup_row
from app.filings.alarms.models import Answer, Checkup, Explanation
from app.filings.deadlines import handed_in_late
from app.filings.figures import findings, read_back, worked_out
from app.filings.models import Extension, Filing, FilingVersion, ReportingPeriod
from app.filings.queries import book_around, find_filing, latest_version, working_figures
from app.filings.rules.queries import rules_in_force
from app.filings.sheets.attachment import Attachment
from app.regions.models import Region
from app.regions.scope import EVERYWHERE, look_from
from app.reports.target_figures import Span, cohorts
from app.reports.target_progress import annual_lines
from app.review.models import Decision, Review
from app.review.workflow import Route, State
from app.rulebook.sweeping import sweep
from app.targets.models import AnnualTarget, PlanTarget, TargetKind, TargetVersion
from app.targets.reading import as_content, details_of
from app.upkeep.demonstration.load import is_loaded, load_demonstration
from app.upkeep.demonstration.story import PERIODS
from app.upkeep.levels import settle_levels
from app.upkeep.reference import load_reference_data
from app.upkeep.schema import migrate_to_head
from app.upkeep.verify import everything_wrong
from app.workdays.queries import special_days
from tests.databases import Database
from tests.world import make_app


@pytest.fixture(scope="module")
def demo(database: Database, tmp_path_factory) -> Flask:
    """The demonstration, loaded into a database of its own."""
    url = database.another("demonstration")
    app = make_app(url, tmp_path_factory.mktemp("uploads"))
    with app.app_context():
        migrate_to_head()
        look_from(db.session, EVERYWHERE)
        with unit_of_work():
            synchronise_roles(app.appbuilder)
            load_reference_data()
        app.config["ACCOUNTS"] = load_demonstration()
        db.session.remove()
    return app


@pytest.fixture
def seen(demo):
    with demo.app_context():
        look_from(db.session, EVERYWHERE)
        yield demo
        db.session.remove()
        db.engine.dispose()


def test_it_fills_all_counties_and_industries_and_both_levels(seen):
    enterprises = list(db.session.scalars(select(Enterprise)))
    counties = {e.place.rsplit("/", 2)[0] + "/" for e in enterprises}
    active = select(Region.path).where(Region.active, func.length(Region.path) == 21)
    assert counties == set(db.session.scalars(active))
    assert len(counties) == 103
    assert {e.industry_code for e in enterprises} == set(db.session.scalars(select(Industry.code)))
    assert all(is_credit_code(e.credit_code) for e in enterprises)
    assert set(db.session.scalars(select(EnterpriseLevel.level))) == set(EnergyLevel)


def test_the_older_quarters_are_final_and_the_last_two_stand_everywhere(seen):
    query = select(Filing.year * 4 + Filing.quarter, Review.state, Review.route).join(Filing.review)
    rows = list(db.session.execute(query))
    quarters = sorted({quarter for quarter, _state, _route in rows})
    assert len(quarters) == 12
    assert all(state.is_final for quarter, state, _route in rows if quarter < quarters[-2])
    late = Counter(state for quarter, state, _route in rows if quarter >= quarters[-2])
    assert set(late) == set(State) - {State.CLOSED}  # nobody stopped while filing
    assert {route for _quarter, _state, route in rows} - {None} == set(Route)


def test_its_figures_satisfy_the_row_checks_and_reckon_to_themselves(seen):
    sample = db.session.scalars(select(Filing).where(Filing.id % 29 == 0)).all()
    assert len(sample) > 100
    for filing in sample:
        figures, around = working_figures(filing), book_around(filing)
        assert findings(figures, around) == []
        assert worked_out(figures, around) == figures


def test_its_chains_versions_and_decisions_hold(seen):
    assert everything_wrong() == []
    assert db.session.scalar(select(func.count(FilingVersion.id))) > 3000


def test_what_is_filed_raises_few_alarms_and_no_error(seen):
    """Of the last two quarters; what could not be run would count as an alarm of nobody."""
    for period in PERIODS[-2:]:
        found = sweep(period, rules_in_force(period))
        assert not [one.rule.code for one in found.swept if one.not_run]
        alarms = [(one.rule, hit) for one in found.swept for hit in one.hits]
        errors = {rule.code for rule, _hit in alarms if rule.text.severity is Severity.ERROR}
        assert errors == set()
        assert 0 < len(alarms) < found.filings * 1.5
        most = Counter(hit.filing_id for _rule, hit in alarms).most_common(1)
        assert most[0][1] < 12


def test_its_warnings_are_explained_and_frozen_with_each_step_as_the_product_does_it(seen):
    newest = {(one.year, one.quarter) for one in PERIODS[-2:]}
    query = select(Decision, Filing).join(Filing, Filing.review_id == Decision.review_id)
    steps = [(step, filing) for step, filing in db.session.execute(query)]
    new = [step for step, one in steps if (one.year, one.quarter) in newest]
    hashes = set(db.session.scalars(select(Checkup.hash)))
    assert {step.seen_alarms for step in new} == hashes
    assert db.session.scalar(select(func.count(Checkup.id))) == len(new) > 1000
    answers = Counter(db.session.scalars(select(Explanation.answer)))
    assert answers[Answer.ASKED_AGAIN] == 3
    assert answers[Answer.ACCEPTED] > 50
    assert answers[Answer.NONE] > 20
    assert not [one for one in db.session.scalars(select(Explanation.text)) if is_empty_phrase(one)]
    assert len(set(db.session.scalars(select(Explanation.reason)))) > 4
    assert db.session.scalar(select(func.max(Checkup.errors + Checkup.not_run))) == 0
    last = select(Checkup.filing_id, func.max(Checkup.number)).group_by(Checkup.filing_id)
    for pk, number in list(db.session.execute(last))[::45]:
        filing = db.session.get_one(Filing, pk)
        figures = read_back(latest_version(filing).content)
        said = said_of(filing, figures, book_around(filing))
        kept = db.session.scalars(
            select(Checkup).where(Checkup.filing_id == pk, Checkup.number == number)
        ).one()
        assert checkup_row(pk, kept.version_no, said)["content"] == kept.content


def test_every_filing_has_files_of_its_own(seen):
    owners: dict[str, set[int]] = defaultdict(set)
    names: dict[str, str] = {}
    for one in db.session.scalars(select(Attachment)):
        owners[one.sha256].add(one.filing_id)
        names[one.sha256] = one.file_name
    assert all(len(filings) == 1 for filings in owners.values())
    kept = storage()
    for sha256 in list(owners)[::97]:
        assert media_type(kept, sha256, names[sha256])
        assert hashlib.sha256(kept.path(sha256).read_bytes()).hexdigest() == sha256


def test_the_forms_of_energy_managers_would_be_taken_as_they_are(seen):
    forms = db.session.scalars(select(EnergyForm)).all()
    for one in forms:
        assert checking.flaws(one.annex, one.fields, one.staff, today()) == []
    numbers = [one.record_no for one in forms if one.record_no]
    assert len(set(numbers)) == len(numbers) > 50
    assert {one.state for one in forms} >= {
        FormState.IN_FORCE,
        FormState.HANDED_IN,
        FormState.RETURNED,
    }
    for chart in db.session.scalars(select(EnergyChart)):
        assert chart_rows.flaws(chart.kind, chart.rows, today()) == []


def test_the_levels_are_those_that_last_years_figures_give(seen):
    given = {
        row.enterprise_id: row.level
        for row in db.session.scalars(select(EnterpriseLevel).where(EnterpriseLevel.year == 2026))
    }
    with unit_of_work():
        done = settle_levels(2026)
        assert (done.written, done.unchanged, done.unset) == (0, len(given), [])
        settled = {
            row.enterprise_id: row.level
            for row in db.session.scalars(
                select(EnterpriseLevel).where(EnterpriseLevel.year == 2026)
            )
        }
    assert settled == given


def test_it_is_the_same_every_time(seen):
    """What is in it changes only when somebody means it to."""
    hashes = db.session.scalars(select(FilingVersion.hash).order_by(FilingVersion.id))
    assert len(digest("".join(hashes))) == 64
    names = list(db.session.scalars(select(Enterprise.name).order_by(Enterprise.id).limit(2)))
    assert len(set(names)) == 2
    assert is_loaded()


def test_the_accounts_are_of_every_role_and_only_one_has_to_change_its_password(demo):
    accounts = demo.config["ACCOUNTS"]
    assert {a["role"] for a in accounts} >= {
        "super_administrator",
        "region_reviewer",
        "league_administrator",
        "county_reviewer",
        "inspection_staff",
        "enterprise_filler",
        "enterprise_confirmer",
        "observer",
    }
    assert all(set(a) == {"username", "password", "role", "place", "name"} for a in accounts)
    client = demo.test_client()
    for name, status in (("league_150200", 200), ("newcomer", 403)):
        [account] = [a for a in accounts if a["username"] == name]
        login = {"username": name, "password": account["password"], "provider": "db"}
        assert client.post("/api/v1/security/login", json=login).status_code == status


def test_the_next_number_is_free(seen):
    """Rows written with numbers of their own leave the sequences behind them."""
    with unit_of_work():
        enterprise = db.session.scalars(select(Enterprise).limit(1)).one()
        review = Review(kind="filing", title="x", place=enterprise.place)
        db.session.add(review)
        db.session.flush()
        assert review.id > 3000
        db.session.delete(review)
    assert db.session.scalar(select(func.count(ReportingPeriod.id))) == 13


def test_one_is_late_two_have_more_time_and_next_year_is_set_apart(seen):
    late = db.session.scalars(select(Filing).where(handed_in_late())).all()
    assert [(one.period, one.first_submitted_on) for one in late] == [
        (PERIODS[-1], date(2026, 10, 22))
    ]
    [explained] = db.session.scalars(select(Explanation).where(Explanation.code == "F-07"))
    assert explained.filing_id == late[0].id
    given = db.session.scalars(select(Extension).order_by(Extension.id)).all()
    assert [one.due_on for one in given] == [date(2026, 10, 30), date(2026, 12, 18)]
    levels = [level_of(one.enterprise, one.year) for one in given]
    assert levels == [EnergyLevel.LT_500K, EnergyLevel.GE_500K]
    assert not any(find_filing(one.enterprise_id, one.period) for one in given)
    assert {day.year for day in special_days()} == {2027}


def test_its_targets_are_plausible_some_missing_some_missed(seen):
    """What the rows say is what the last version in the ledger says."""
    last = {}
    for version in db.session.scalars(select(TargetVersion).order_by(TargetVersion.number)):
        last[version.kind, version.place, version.span] = version
    rows = [*db.session.scalars(select(PlanTarget)), *db.session.scalars(select(AnnualTarget))]
    for row in rows:
        version = last.pop((row.kind, row.place, row.span))
        assert version.content == canonical(as_content(details_of(row)))
    assert {kind for kind, _place, _span in last} == {TargetKind.QUOTA}
    assert Counter(row.span for row in rows).keys() == {"14th", "15th", "2024", "2025", "2026"}
    enterprises = db.session.scalar(select(func.count(Enterprise.id)))
    assert enterprises > sum(row.span == "2026" for row in rows) > enterprises * 0.8
    lines = annual_lines(cohorts(Span("150000/", 2025, 4)), Span("150000/", 2025, 4))
    assert all(line.target * 9 < line.energy * 10 < line.target * 11 for line in lines)
    counties = [
        line
        for league in lines
        for line in annual_lines(cohorts(Span(league.part, 2025, 4)), Span(league.part, 2025, 4))
    ]
    missed = sum(line.energy > line.target for line in counties)
    assert 0 < missed < len(counties) / 2
