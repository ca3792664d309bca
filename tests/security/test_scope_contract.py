"""The scope contract: every address of the application, every role, own and foreign rows.

Addresses are discovered from ``app.url_map``: a new one is tested without being named.  One
whose arguments the contract does not know makes it fail until somebody teaches it.
"""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from werkzeug.routing import Rule

from app.audit.actor import SYSTEM
from app.core.clock import now, today
from app.core.db import Model, db
from app.core.uploads import storage
from app.energy_staff.chart_operations import save_chart
from app.energy_staff.chart_rows import ChartKind
from app.energy_staff.fields import Annex
from app.energy_staff.models import EnergyForm
from app.energy_staff.operations import begin, bring_scan
from app.enterprises.change_requests import ask_change
from app.enterprises.life import ChangeRequest, EnterpriseMove
from app.enterprises.models import Enterprise
from app.enterprises.moves import ask_move
from app.exports.models import Export
from app.exports.operations import ask as ask_for_export
from app.filings.alarms.models import Explanation, Reason
from app.filings.attaching import attach
from app.filings.models import Filing
from app.filings.sheets.attachment import Attachment
from app.inspection.models import InspectionFile
from app.notices.models import Notice, NoticeKind
from app.notices.operations import notify
from app.regions.scope import Between, Placed
from app.review.workflow import Action
from app.support.models import ProblemReport
from app.support.operations import ProblemDetails, report_problem
from app.upkeep.jobs import FORGET
from tests.inspection.handing_in import hand_in
from tests.jobs.asking import ask_for
from tests.targets.setting import hand_out, set_plan, set_year
from tests.world import LEAGUE, NEXT_COUNTY, OTHER_COUNTY, OTHER_LEAGUE, PEOPLE

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
INSIDE = [name for name, (role, place) in PEOPLE.items() if place not in ("", "150000/")]
INSIDE = [name for name in INSIDE if not name.startswith("other")]
# what belongs to no place, or to whoever asks: named here, each with the reason
OPEN_TO_ALL = {
    "static": "files of the product",
    "appbuilder.static": "files of the framework",
    "AuthDBView.login": "the login itself",
    "AuthDBView.logout": "ends the session of the test",
    "LocaleView.index": "the language of whoever asks",
    "UtilView.back": "leads back to where one was",
    "TokenApi.login": "the login of programs",
    "TokenApi.refresh": "asks for a refresh token",
    "OpenApi.get": "describes the API",
    "SwaggerView.show": "shows the description",
    "MenuApi.get_menu_data": "names of pages only",
    "HomeView.index": "counts, tested by their own tests",
    "RuleBookView.page": "rules say nothing of anybody",
    "RuleBookView.workbook": "the same as a workbook",
    "VerifyView.page": "tells of a submitted version to who knows its whole hash",
}
KNOWN = {"pk", "key", "action", "code", "attachment", "added", "number", "explanation", "year"}
KNOWN |= {"report"}  # the name of one, which is no row
KNOWN |= {"remark", "question", "asked"}  # of the review that `pk` names


def explained(world, name, filing):
    """An explanation with a file, as if one of the warnings had been explained."""
    with world.acting(name) as actor:
        row = db.session.get(Filing, filing)
        file = db.session.scalars(select(Attachment).where(Attachment.filing_id == filing)).first()
        said = Explanation(filing_id=filing, place=row.place, code="X-01", key="04")
        said.column = said.label = ""
        said.fingerprint, said.reason, said.text = "", Reason.OTHER, f"Said by {name} of coal."
        said.file_name, said.media_type, said.sha256 = "said.pdf", "application/pdf", file.sha256
        said.given_by, said.given_at = actor.name, now()
        db.session.add(said)


class Rows:
    """An own and a foreign row for every kind of thing that an address can name."""

    def __init__(self, world):
        self.jobs, self.targets = world.told("own and foreign rows", lambda: self._make(world))
        with world.seen_from():
            self.world = world
            self.foreign = self._numbers(world, "There", "other_confirmer")
            self.own = self._numbers(world, "Here", "confirmer")
            code = world.enterprise("There").credit_code
            self.marks = [code, OTHER_COUNTY, "Trouble of other_confirmer", "by other_confirmer"]
            self.marks += ["Told to other_confirmer", "Taken away by other_confirmer"]
            self.marks.append("Staff of other_confirmer")

    @staticmethod
    def _make(world):
        own, foreign = world.filled("confirmer"), world.filled("other_confirmer")
        for filing, name in ((own, "confirmer"), (foreign, "other_confirmer")):
            with world.acting(name) as actor:
                attach(
                    world.filing("Here" if filing == own else "There"),
                    BytesIO(PDF + name.encode()),
                    "report.pdf",
                    {"kind": "other"},
                    storage=storage(),
                    actor=actor,
                )
            explained(world, name, filing)
            where = "Here" if filing == own else "There"
            hand_in(world, "D1101", 2025, name, where, content=name.encode())
            world.act(name, Action.SUBMIT, filing)
            with world.acting(name) as actor:
                key = f"00000000-0000-4000-8000-{filing:012d}"
                details = ProblemDetails(f"Trouble of {name}", "It is slow.", "", key)
                report_problem(details, actor=actor)
                its = world.enterprise("Here" if filing == own else "There")
                ask_for_export("EnterpriseView.list", {}, f"Taken away by {name}", actor=actor)
                wanted = {"name": its.name, "industry_code": "26", "address": f"by {name}"}
                ask_change(its, wanted, reason="moved", actor=actor)
                form = begin(its, Annex.PERSON, actor=actor)
                form.person = f"Staff of {name}"
                top = {"node": "1", "title": f"Staff of {name}", "role": "leader_group"}
                save_chart(its, ChartKind.ORGANISATION, [top], 0, actor=actor)
                scan = BytesIO(PDF + b"scan of " + name.encode())
                bring_scan(form, scan, "signed.pdf", storage=storage(), actor=actor)
                notify(
                    NoticeKind.LATE,
                    to=[actor.id],
                    place=its.place,
                    about=f"Told to {name}",
                    subject=("period", 8104),
                    event="late",
                    actor=SYSTEM,
                    facts={"due_on": "2026-04-20"},
                )
        soon = today() + timedelta(days=30)
        for name, by, county in (
            ("Here", "league", NEXT_COUNTY),
            ("There", "other_league", OTHER_LEAGUE + "150303/"),
        ):
            with world.acting(by) as actor:
                ask_move(world.enterprise(name), county, soon, reason="moved", actor=actor)
        jobs = {name: ask_for(world, name, FORGET.key) for name in ("confirmer", "other_confirmer")}
        targets = {
            name: {
                "PlanTarget": set_plan(world, name, by),
                "AnnualTarget": set_year(world, name, by),
                "LeagueQuota": hand_out(world, league),
            }
            for name, by, league in (
                ("Here", "league", LEAGUE),
                ("There", "other_league", OTHER_LEAGUE),
            )
        }
        return jobs, targets

    def _numbers(self, world, enterprise, person):
        found = world.enterprise(enterprise)
        filing = world.filing(enterprise)
        number = select(User.id).where(User.username == person)
        report = select(ProblemReport.id).where(ProblemReport.place == found.place)
        said = select(Explanation.id).where(Explanation.filing_id == filing.id)
        attached = select(Attachment.id).where(Attachment.filing_id == filing.id)
        return {
            **self.targets[enterprise],
            "Enterprise": found.id,
            "EnterpriseMove": db.session.scalar(
                select(EnterpriseMove.id).where(EnterpriseMove.enterprise_id == found.id)
            ),
            "ChangeRequest": db.session.scalar(
                select(ChangeRequest.id).where(ChangeRequest.place == found.place)
            ),
            "EnergyForm": db.session.scalar(
                select(EnergyForm.id).where(EnergyForm.place == found.place)
            ),
            "Filing": filing.id,
            "InspectionFile": db.session.scalar(
                select(InspectionFile.id).where(InspectionFile.place == found.place)
            ),
            "ProblemReport": db.session.scalar(report),
            "Review": filing.review_id,
            "Job": self.jobs[person],
            "Export": db.session.scalar(
                select(Export.id).where(Export.title == f"Taken away by {person}")
            ),
            "Notice": db.session.scalar(
                select(Notice.id).where(Notice.about == f"Told to {person}")
            ),
            "User": db.session.scalar(number),
            "attachment": db.session.scalar(attached),
            "explanation": db.session.scalar(said),
            "code": found.place.split("/")[1],
            "place": found.place,
        }


def entity_of(app, rule: Rule):
    """The mapped class whose row ``pk`` names, or None."""
    name = rule.endpoint.partition(".")[0]
    for view in app.appbuilder.baseviews:
        if type(view).__name__ == name:
            data = getattr(view, "datamodel", None)
            return data.obj if data is not None else getattr(view, "entity", None)
    return None


def arguments(app, rule, numbers):
    """Values for the arguments of *rule*; None if its rows have no place."""
    unknown = rule.arguments - KNOWN
    assert not unknown, f"{rule}: teach the contract about {unknown}"
    entity = entity_of(app, rule)
    values = {"key": "S2", "action": "submit", "code": numbers["code"], "added": 1}
    values |= {name: numbers[name] for name in ("attachment", "explanation")} | {"number": 1}
    values["year"], values["report"] = 2025, "status"
    values |= dict.fromkeys(("remark", "question", "asked"), 1)
    if "pk" in rule.arguments:
        if entity is None or not (issubclass(entity, Placed | Between) or entity is User):
            return None
        values["pk"] = numbers[entity.__name__]
    return {name: values[name] for name in rule.arguments}


def addresses(app):
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ALL:
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield adapter, rule, method


def filed_elsewhere(world):
    """All that is written about the other league: rows, people, journal."""
    with world.seen_from():
        found = []
        for table in Model.metadata.sorted_tables:
            if "place" in table.columns:
                rows = db.session.execute(
                    select(table).where(table.c.place.startswith(OTHER_LEAGUE)).order_by(table.c[0])
                )
                found.append([table.name, [tuple(row) for row in rows]])
        return found


def body(rows):
    """What a wicked hand would send: everything that names the other league."""
    foreign = rows.foreign
    return {
        "enterprise": foreign["Enterprise"],
        "enterprise_id": foreign["Enterprise"],
        "place": foreign["place"],
        "county": OTHER_COUNTY,
        "county_review": "off",
        "period": "2026Q2",
        "report_year": 2026,
        "report_quarter": 2,
        "year": 2026,
        "level": "ge_500k",
        "reason": "because I want to, and say so at length",
        "revision": 3,
        "rows": [],
        "username": "wicked",
        "first_name": "a",
        "last_name": "b",
        "email": "wicked@example.test",
        "roles": ["enterprise_confirmer"],
        "starts_on": "2026-01-01",
        "name": "taken over",
        "kind": "other",
        "league": OTHER_LEAGUE,
        "span": "15th",
        "energy": "1",
        "saving": "1",
        "energy_target": "1",
        "saving_target": "1",
        "version": 1,
    }


def ask(world, client, headers, adapter, rule, method, values, sent):
    """The answer, read to its end and closed."""
    address = adapter.build(rule.endpoint, values, method=method)
    if rule.rule.startswith("/api/"):
        client = world.app.test_client()
        kind = {} if method == "GET" else {"json": sent}
    else:
        headers, kind = {}, {} if method == "GET" else {"data": sent}
    return client.open(address, method=method, headers=headers, buffered=True, **kind)


@pytest.mark.parametrize("name", INSIDE)
def test_no_address_leads_out_of_ones_area(world, name):
    rows, wrong = Rows(world), []
    client, headers = world.client(name), world.token(name)
    before, sent = filed_elsewhere(world), body(rows)
    asked = 0
    for adapter, rule, method in addresses(world.app):
        foreign = arguments(world.app, rule, rows.foreign)
        own = arguments(world.app, rule, rows.own)
        if foreign is None:
            continue
        answer = ask(world, client, headers, adapter, rule, method, foreign, sent)
        asked += 1
        names_a_row = bool(rule.arguments - {"report"})
        if names_a_row and answer.status_code not in (403, 404):
            wrong.append((method, str(rule), answer.status_code))
        if answer.status_code == 200 and any(mark.encode() in answer.data for mark in rows.marks):
            wrong.append((method, str(rule), "shows a foreign row"))
        if names_a_row and method == "GET":
            answer = ask(world, client, headers, adapter, rule, method, own, sent)
            if answer.status_code >= 500:
                wrong.append((method, str(rule), answer.status_code))
    assert asked > 30
    assert wrong == []
    assert filed_elsewhere(world) == before


@pytest.mark.parametrize("name", PEOPLE)
def test_every_own_row_opens_or_is_refused_and_nothing_breaks(world, name):
    """No address answers 5xx to anybody, and what a role may not do is 403."""
    rows, wrong = Rows(world), []
    client, headers = world.client(name), world.token(name)
    for adapter, rule, method in addresses(world.app):
        own = arguments(world.app, rule, rows.own)
        if own is not None and method == "GET":
            answer = ask(world, client, headers, adapter, rule, method, own, {})
            if answer.status_code not in (200, 302, 403, 404):
                wrong.append((method, str(rule), answer.status_code))
    assert wrong == []


def test_a_stranger_is_led_to_the_login(world):
    rows, wrong = Rows(world), []
    client = world.client()
    for adapter, rule, method in addresses(world.app):
        values = arguments(world.app, rule, rows.own)
        if values is not None:
            answer = ask(world, client, {}, adapter, rule, method, values, body(rows))
            expected = 401 if rule.rule.startswith("/api/") else 302
            if answer.status_code != expected:
                wrong.append((method, str(rule), answer.status_code))
    assert wrong == []


def test_numbers_that_are_none_are_not_found(world):
    client = world.client("super")
    for number in ("0", "-1", "99999999999999999999", "abc", "1e3", "１"):
        for place in ("/enterprises/show/", "/people/show/", "/reviews/", "/filings/"):
            assert client.get(place + number).status_code == 404, place + number


def test_json_that_is_none_is_told_so(world):
    headers = {**world.token("confirmer"), "Content-Type": "application/json"}
    client = world.app.test_client()
    for raw in (b"{", b"[]", b"null", b"\xff", b"[" * 5000, json.dumps({"rows": 1}).encode()):
        answer = client.put("/api/v1/filings/1/sheets/S2", data=raw, headers=headers)
        assert answer.status_code in (404, 422), raw[:10]


def test_league_and_enterprise_stand_where_the_contract_thinks(world):
    with world.seen_from():
        assert world.enterprise("Here").place.startswith(LEAGUE)
        assert db.session.scalar(
            select(Enterprise.place).where(Enterprise.name == "There")
        ).startswith(OTHER_LEAGUE)
