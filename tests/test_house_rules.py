"""The rules of the house that no linter knows."""

import ast
from pathlib import Path

import pytest
from flask_appbuilder import ModelRestApi, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.views import IndexView

from app.core.api import DomainApi
from app.core.db import Model
from app.core.interface import DomainInterface
from app.core.web import DomainPage, DomainView
from app.filings.sheet import SheetRow
from app.filings.sheets import SHEETS
from app.filings.sheets.attachment import Attachment
from app.regions.scope import Between, Placed

APP = Path("app")
FILES = sorted(p for p in APP.rglob("*.py") if "migrations" not in p.parts)
WITHOUT_WEB = {"models", "operations", "queries", "reckoning", "workflow", "passwords", "roles"}
# tables without a place: public, or about people, who are asked for by place explicitly;
# announcements and the contact are for everybody, wherever they stand
PUBLIC = (
    "region industry carrier carrier_coefficient primary_coefficient product product_limit "
    "waste_class sheet_policy catalogue_stamp reporting_period registry_counter audit_chain "
    "rule_version "
    "rendition energy_record_counter inspection_document "
    "added_place announcement platform_contact plan_period special_day closed_year"
).split()
PUTS_TOGETHER = {APP / "__init__.py", APP / "factory.py"}
# the files that write past the session's scope, and say why
PAST_THE_SCOPE = {"app/upkeep/demonstration", "app/accounts", "app/rulebook/writing_down"}


def imports(tree: ast.AST) -> set[str]:
    names = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    return names | {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}


@pytest.mark.parametrize("file", FILES, ids=str)
def test_rules_of_a_file(file):
    text = file.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a file says in its first line what it is"

    if file != APP / "core/unit.py":
        calls = {n.func for n in ast.walk(tree) if isinstance(n, ast.Call)}
        commits = [f for f in calls if isinstance(f, ast.Attribute) and f.attr == "commit"]
        assert not commits, "only the unit of work commits"

    if file.stem in WITHOUT_WEB:
        assert "flask" not in imports(tree), "what acts is told who acts; it does not ask the web"

    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        if file not in PUTS_TOGETHER:  # what is heavy, or draws on it, may wait until it is needed
            own = ".".join(file.parts[:2])
            inner = [n for n in imports(function) if f"{n}.".startswith("app.") and own not in n]
            assert not inner, f"{function.name} imports in its middle: a floor is crossed"

    if file.name == "operations.py":
        public = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
        writes = [f for f in public if any(a.arg == "actor" for a in f.args.args)]
        assert not writes, "the actor is a keyword, so that every call names it"

    if not any(str(file).startswith(place) for place in PAST_THE_SCOPE):
        taken = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
            for alias in node.names
        }
        assert not taken & {"insert", "text", "table"}, "this would go past the scope"


# the files that read past the scope what hangs on a row found within it, and the one that writes
READ_WITH_ITS_OWNER = {
    "app/enterprises/classes.py",
    "app/enterprises/importing.py",
    "app/enterprises/queries.py",
    "app/filings/listing.py",
    "app/filings/models.py",
    "app/inspection/duties.py",
    "app/reports/alarms.py",
    "app/regions/scope.py",
    "app/reports/progress.py",
    "app/reports/selection.py",
    "app/reports/status.py",
}
CARRIES = {"app/enterprises/moves.py", "app/regions/scope.py"}
LOOK_EVERYWHERE = {
    "app/filings/attaching.py",  # whether a file hangs on another filing
    "app/filings/summary_views.py",  # whether a print was submitted, to who knows its whole hash
    "app/regions/scope.py",
}


def test_ways_around_the_scope_are_named_here():
    def using(*words):
        return {str(f) for f in FILES if any(word in f.read_text() for word in words)}

    assert using("SEEN_WITH_ITS_OWNER", "SEEN_BY") == READ_WITH_ITS_OWNER
    assert using("carrying(") == CARRIES
    assert using("looking_everywhere(") == LOOK_EVERYWHERE


def test_no_room_for_odds_and_ends():
    names = {file.stem for file in FILES}
    assert not names & {"utils", "helpers", "common", "misc", "services"}


def test_every_table_of_ours_is_placed_or_said_to_be_public(app):
    ours = {m.class_ for m in Model.registry.mappers if m.class_.__module__.startswith("app.")}
    unplaced = {kind.__tablename__ for kind in ours if not issubclass(kind, Placed | Between)}
    assert unplaced == set(PUBLIC)


def test_every_view_derives_from_our_bases(app):
    theirs = "flask_appbuilder."
    for view in app.appbuilder.baseviews:
        kind = type(view)
        if not kind.__module__.startswith(theirs):
            allowed = (DomainView, DomainPage, DomainApi, IndexView)
            assert isinstance(view, allowed) or kind.__name__ == "TokenApi", kind
        assert not isinstance(view, ModelRestApi)
        if isinstance(view, ModelView):
            assert isinstance(view, DomainView), kind
            assert isinstance(view.datamodel, DomainInterface)
            assert not view.include_route_methods & {"download", "action", "action_post", "delete"}


def test_nobody_uses_fabs_interface_directly():
    for file in FILES:
        if file != APP / "core/interface.py":
            assert SQLAInterface.__name__ not in file.read_text().replace("DomainInterface", "")


def test_every_sheet_row_is_bound_and_only_once():
    kinds = set(SheetRow.__subclasses__())
    assert kinds == {*SHEETS.values(), Attachment}
    assert [kind.sheet.key for kind in SHEETS.values()] == list(SHEETS)


def test_state_is_never_a_field_of_a_form(app):
    for view in app.appbuilder.baseviews:
        if isinstance(view, DomainView) and view.include_route_methods & {"add", "edit"}:
            fields = {*view.edit_columns, *view.add_columns}
            assert not fields & {"state", "route", "place", "status", "version_no", "data_hash"}
