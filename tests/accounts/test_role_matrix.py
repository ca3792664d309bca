"""The matrix of rights: all roles side by side, changed together, looked at before saving."""

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.accounts.grants import OPENS_THE_PANEL, change_matrix, change_rights, synchronise_roles
from app.accounts.matrix import Change, Matrix
from app.accounts.queries import known_rights, stored_matrix
from app.accounts.roles import CANNOT_BE_TAKEN, PERMISSIONS, ROLES, THINGS, label_of
from app.audit.models import AuditEntry
from app.audit.verify import broken_chains
from app.core.db import db
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.unit import unit_of_work
from tests.accounts.people import details, enter
from tests.security.probing import nothing_changes, statements
from tests.world import PEOPLE

ADDRESS = "/roles/list/"
SUPER = "super_administrator"
CELL = re.compile(r'name="c" value="([\d.]+)" aria-label="([^"]+)"( checked)?( data-was="([01])")?')
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
LOCKED = re.compile(r'<td class="locked".*?visually-hidden">([^<]+)</span>')
LINE = re.compile(r'<li class="(given|taken)">([^<]+)</li>')
JOURNAL = "Observer: Journal, see the list"
SWITCH = "County reviewer: Regions, switch the county review"


class Shown:
    """The matrix as it came to a browser, and as somebody ticks it."""

    def __init__(self, answer):
        self.text, self.status = html.unescape(answer.text), answer.status_code
        cells = CELL.findall(self.text)
        self.value = {label: value for value, label, *_rest in cells}
        self.ticked = {label for _value, label, checked, *_rest in cells if checked}
        self.hidden = dict(HIDDEN.findall(self.text))
        self.marked = {label for _v, label, _c, was, _w in cells if was}

    def tick(self, *labels):
        self.ticked |= set(labels)
        return self

    def untick(self, *labels):
        self.ticked -= set(labels)
        return self

    def send(self, client, step=None, **other):
        data = {"c": [self.value[label] for label in self.ticked], **self.hidden, **other}
        return client.post(ADDRESS, data=data if step is None else {**data, "step": step})


def opened(client):
    return Shown(client.get(ADDRESS))


def confirm(client, preview, step="save"):
    """Click on a button of the preview."""
    hidden = dict(HIDDEN.findall(html.unescape(preview.text)))
    return client.post(ADDRESS, data={**hidden, "step": step})


def cell(role, right):
    permission, thing = right
    return f"{label_of(role)}: {THINGS[thing]}, {PERMISSIONS[permission]}"


def held(world, key):
    with world.seen_from():
        return stored_matrix()[0].held[key]


def entries(world):
    with world.seen_from():
        query = select(AuditEntry).where(AuditEntry.tag == "role:change_rights")
        found = db.session.scalars(query.order_by(AuditEntry.id)).all()
        return {one.subject: json.loads(one.facts) for one in found}, len(found)


def let(world, key, *, given=(), taken=()):
    """Somebody else changes the rights of a role."""
    with world.acting("super") as actor:
        role = db.session.scalars(select(Role).where(Role.name == key)).one()
        before = {(row.permission.name, row.view_menu.name) for row in role.permissions}
        change_rights(role, frozenset(before - set(taken) | set(given)), actor=actor)


# what is shown


def test_every_role_and_every_known_right_is_shown_once(world):
    page = world.client("super").get(ADDRESS)
    labels = [label for _value, label, *_rest in CELL.findall(html.unescape(page.text))]
    locked = [text.partition(": Cannot")[0] for text in LOCKED.findall(html.unescape(page.text))]
    with world.seen_from():
        rights = known_rights()
        wanted = [cell(role, right) for role in ROLES for right in rights]
    assert sorted(labels + locked) == sorted(wanted)
    heads = page.text.partition("<thead>")[2].partition("</thead>")[0]
    assert re.findall(r'<a href="/roles/show/\d+">([^<]+)</a>', heads) == [
        label_of(key) for key in ROLES
    ]
    groups = re.findall(r'<th scope="rowgroup" colspan="9"><span>([^<]+)</span>', page.text)
    assert groups == [str(label) for label in THINGS.values()]


def test_what_is_stored_is_ticked_and_nothing_is_marked(world):
    shown = opened(world.client("super"))
    assert shown.status == 200
    for key, kind in ROLES.items():
        for right in kind.grants:
            locked = right in CANNOT_BE_TAKEN or (key == SUPER and right in OPENS_THE_PANEL)
            assert locked == (cell(key, right) not in shown.ticked)
    assert shown.marked == set()
    assert LINE.findall(shown.text) == []


def test_what_cannot_be_taken_is_locked_and_says_why(world):
    page = html.unescape(world.client("super").get(ADDRESS).text)
    reasons = dict(text.split(": Cannot be taken away: ") for text in LOCKED.findall(page))
    assert len(reasons) == len(CANNOT_BE_TAKEN) * len(ROLES) + len(OPENS_THE_PANEL)
    assert reasons["Observer: Own password, change"] == "nobody could log in without it."
    assert reasons["Super administrator: Roles, change"].startswith("nobody could come back")
    assert "Observer: Roles, change" not in reasons


def test_what_could_not_be_taken_but_is_missing_can_be_given(world):
    with world.seen_from(), unit_of_work():
        role = db.session.scalars(select(Role).where(Role.name == "observer")).one()
        role.permissions = [
            row for row in role.permissions if row.view_menu.name not in ("Home", "Preference")
        ]
    client = world.client("super")
    shown = opened(client)
    assert "Observer: Start page, open" not in shown.ticked
    preview = shown.tick("Observer: Start page, open").send(client)
    assert confirm(client, preview).status_code == 302
    assert ("can_show", "Home") in held(world, "observer")
    assert ("can_change", "Preference") not in held(world, "observer")


def is_small(page):
    """The page grows with the rights there are, by not more than this for each box of it."""
    boxes = page.text.count('type="checkbox"')
    assert boxes > 500
    return len(page.data) < 230 * boxes


def test_the_page_is_small_and_asks_little(world):
    client = world.client("super")
    client.get(ADDRESS)
    with statements(world) as asked:
        page = client.get(ADDRESS)
    assert is_small(page)
    assert len(asked) <= 8
    # the rights of whoever asks, those of all roles, and their names
    assert len([one for one, _values in asked if "ab_permission_view" in one]) == 3


def test_nothing_in_the_pages_needs_an_inline_style_or_script(world):
    client = world.client("super")
    shown = opened(client)
    preview = shown.untick(JOURNAL).send(client)
    for text in (shown.text, preview.text):
        main = text.partition("<main")[2].partition("</main>")[0]
        assert not re.search(r"\sstyle=|\son\w+=|<script", main)


def test_who_may_look_but_not_change_sees_words_and_no_inputs(world):
    looking = {("can_list", "Role"), ("can_show", "Role")}
    let(world, "region_reviewer", given=looking)
    client = world.client("region")
    page = client.get(ADDRESS)
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert page.status_code == 200
    assert not re.search(r'<input|<button|method="post"', main)
    may = main.count('<span role="img" aria-label="may">✓</span>')
    may_not = main.count('<span role="img" aria-label="may not">–</span>')
    with world.seen_from():
        matrix = stored_matrix()[0]
    assert may == sum(map(len, matrix.held.values()))
    assert may + may_not == len(matrix.rights) * len(matrix.held)
    with nothing_changes(world):
        assert opened(world.client("super")).untick(JOURNAL).send(client).status_code == 403


def test_who_stands_below_the_top_changes_nothing_even_with_the_right(world):
    let(world, "region_reviewer", given=OPENS_THE_PANEL)
    client, form = world.client("region"), opened(world.client("super")).untick(JOURNAL)
    assert '<input class="form-check-input"' not in client.get(ADDRESS).text
    wanted = form.send(world.client("super"))
    with nothing_changes(world):
        assert form.send(client).status_code == 403
        assert confirm(client, wanted).status_code == 403


@pytest.mark.parametrize("who", [name for name in PEOPLE if name != "super"])
def test_nobody_else_changes_a_right(world, who):
    form = opened(world.client("super")).untick(JOURNAL)
    preview, client = form.send(world.client("super")), world.client(who)
    with nothing_changes(world):
        assert client.get(ADDRESS).status_code == 403
        assert form.send(client).status_code == 403
        assert confirm(client, preview).status_code == 403
        assert form.send(client, step="back").status_code == 403


# looking before saving


def test_a_preview_says_what_would_change_and_changes_nothing(world):
    client = world.client("super")
    form = opened(client).untick(JOURNAL).tick(SWITCH)
    with nothing_changes(world):
        preview = form.send(client)
    assert preview.status_code == 200
    assert LINE.findall(html.unescape(preview.text)) == [
        ("given", f"{SWITCH} (given)"),
        ("taken", f"{JOURNAL} (taken)"),
    ]
    assert "1 given, 1 taken" in preview.text
    assert "County reviewer (people who hold it: 2)" in preview.text
    assert "Observer (people who hold it: 2)" in preview.text


def test_back_from_the_preview_keeps_what_was_ticked(world):
    client = world.client("super")
    preview = opened(client).untick(JOURNAL).tick(SWITCH).send(client)
    with nothing_changes(world):
        again = Shown(confirm(client, preview, step="back"))
    assert again.status == 200
    assert SWITCH in again.ticked
    assert JOURNAL not in again.ticked
    assert again.marked == {SWITCH, JOURNAL}
    assert len(LINE.findall(again.text)) == 2
    assert again.text.count('<td class="given">') == again.text.count('<td class="taken">') == 1
    tokens = {"csrf_token": ""}  # it says when it was made
    assert again.hidden | tokens == opened(client).hidden | tokens


def test_saving_without_a_change_says_so(world):
    client = world.client("super")
    with nothing_changes(world):
        answer = opened(client).send(client)
        assert answer.status_code == 302
    assert "There is nothing to change." in client.get(ADDRESS).text


def test_two_roles_change_at_once_and_only_they_are_in_the_journal(world):
    client = world.client("super")
    preview = opened(client).untick(JOURNAL).tick(SWITCH).send(client)
    assert world.client("observer").get("/journal/list/").status_code == 200
    assert confirm(client, preview).status_code == 302
    assert world.client("observer").get("/journal/list/").status_code == 403
    assert held(world, "observer") == ROLES["observer"].grants - {("can_list", "Journal")}
    assert held(world, "county_reviewer") == ROLES["county_reviewer"].grants | {
        ("can_switch", "Region")
    }
    for key in ROLES.keys() - {"observer", "county_reviewer"}:
        assert held(world, key) == ROLES[key].grants
    told, count = entries(world)
    assert count == 2
    assert told == {
        "observer": {"given": [], "taken": ["can_list Journal"]},
        "county_reviewer": {"given": ["can_switch Region"], "taken": []},
    }
    with world.seen_from():
        names = db.session.scalars(
            select(AuditEntry.actor_name).where(AuditEntry.tag == "role:change_rights")
        )
        assert set(names) == {"Super Tester"}


# at the same time


def test_a_second_click_does_nothing_more(world):
    client = world.client("super")
    preview = opened(client).untick(JOURNAL).send(client)
    assert [confirm(client, preview).status_code for _click in range(2)] == [302, 302]
    assert entries(world)[1] == 1


def test_a_double_click_in_two_threads_is_written_once(world):
    client = world.client("super")
    preview = opened(client).untick(JOURNAL).tick(SWITCH).send(client)
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda who: confirm(world.client(who), preview), ["super"] * 2))
    assert [answer.status_code for answer in found] == [302, 302]
    assert entries(world)[1] == 2


def test_of_two_who_save_at_once_one_is_told(world):
    client = world.client("super")
    changes = [opened(client).untick(JOURNAL), opened(client).tick(SWITCH)]
    previews = [form.send(client) for form in changes]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda one: confirm(world.client("super"), one), previews))
    assert sorted(answer.status_code for answer in found) == [302, 409]
    assert entries(world)[1] == 1


@pytest.mark.parametrize("when", ["before the preview", "after the preview"])
def test_who_was_overtaken_is_told_and_keeps_what_was_ticked(world, when):
    client, taken = world.client("super"), ("can_export", "Report")
    form = opened(client).untick(JOURNAL).tick(SWITCH)
    preview = form.send(client)
    let(world, "inspection_staff", taken={taken})
    with nothing_changes(world):
        answer = form.send(client) if when.startswith("before") else confirm(client, preview)
    again = Shown(answer)
    assert again.status == 409
    assert "Somebody else has changed rights meanwhile" in again.text
    others, own = again.text.partition("rights-legend")[::2]
    assert LINE.findall(others) == [("taken", "Inspection staff: Reports, export (taken)")]
    assert len(LINE.findall(own)) == 2
    assert JOURNAL not in again.ticked
    assert SWITCH in again.ticked
    assert again.marked == {JOURNAL, SWITCH}
    assert confirm(client, again.send(client)).status_code == 302
    assert ("can_list", "Journal") not in held(world, "observer")
    assert taken not in held(world, "inspection_staff")


def test_who_wants_what_somebody_else_has_just_done_is_not_told_off(world):
    client = world.client("super")
    preview = opened(client).untick(JOURNAL).send(client)
    let(world, "observer", taken={("can_list", "Journal")})
    assert confirm(client, preview).status_code == 302
    assert entries(world)[1] == 1


def test_a_right_that_an_upgrade_brings_meanwhile_is_not_taken_away(world, monkeypatch):
    client, new = world.client("super"), ("can_list", "Novelty")
    preview = opened(client).untick(JOURNAL).send(client)
    observer = ROLES["observer"]
    changed = type(observer)(
        observer.key, observer.label, observer.tiers, observer.grants | {new}, observer.may_grant
    )
    monkeypatch.setitem(ROLES, "observer", changed)
    novelty = SimpleNamespace(class_permission_name="Novelty", base_permissions=["can_list"])
    with world.seen_from(), unit_of_work():
        views = [*world.app.appbuilder.baseviews, novelty]
        synchronise_roles(SimpleNamespace(baseviews=views))
    assert confirm(client, preview).status_code == 302
    assert held(world, "observer") == observer.grants - {("can_list", "Journal")} | {new}
    assert entries(world)[0]["observer"] == {"given": [], "taken": ["can_list Journal"]}
    assert "Observer: Novelty, see the list" in opened(client).ticked


def test_a_right_that_an_upgrade_has_removed_is_unknown_and_nothing_is_saved(world):
    with world.seen_from(), unit_of_work():
        passing = SimpleNamespace(class_permission_name="Passing", base_permissions=["can_list"])
        synchronise_roles(SimpleNamespace(baseviews=[*world.app.appbuilder.baseviews, passing]))
    client = world.client("super")
    preview = opened(client).untick(JOURNAL).send(client)
    with world.seen_from(), unit_of_work():
        synchronise_roles(world.app.appbuilder)
    with nothing_changes(world):
        assert confirm(client, preview).status_code == 422


# what no page of ours sends


@pytest.mark.parametrize(
    "wrong",
    [
        {"rights": ""},
        {"rights": "can_list"},
        {"rights": "can_fly Home"},
        {"rights": "' or 1=1"},
        {"rights": "can_show Home,can_show Home"},
        {"seen": ""},
        {"seen": "observer"},
        {"seen": "observer 1"},
        {"seen": "observer 2"},
        {"seen": "Public {zeros}"},
        {"seen": "Admin {zeros}"},
        {"seen": "observer {zeros},observer {zeros}"},
        {"seen": "nobody {zeros}"},
        {"c": "0.8"},
        {"c": "9999.0"},
        {"c": "1"},
        {"c": "-1.0"},
        {"c": "１.0"},
        {"c": "99999999999999999999.0"},
        {"c": "can_list Journal"},
        {"wanted": ""},
        {"wanted": "Public {ones}"},
        {"wanted": "observer {zeros}0"},
    ],
    ids=str,
)
@pytest.mark.parametrize("step", [None, "save", "back"])
def test_what_no_page_of_ours_sends_is_refused_and_nothing_changes(world, wrong, step):
    client = world.client("super")
    form = opened(client).untick(JOURNAL)
    count = len(form.hidden["rights"].split(","))
    texts = {name: text.format(zeros="0" * count, ones="1" * count) for name, text in wrong.items()}
    with nothing_changes(world):
        assert form.send(client, step, **texts).status_code == 422


def test_an_empty_form_takes_nothing_from_anybody(world):
    with nothing_changes(world):
        for data in ({}, {"step": "save"}, {"c": ""}):
            assert world.client("super").post(ADDRESS, data=data).status_code == 422


def test_what_is_locked_stays_whatever_is_sent(world):
    client = world.client("super")
    form = opened(client)
    form.ticked = set()
    assert confirm(client, form.send(client)).status_code == 302
    assert held(world, SUPER) == CANNOT_BE_TAKEN | OPENS_THE_PANEL
    for key in ROLES.keys() - {SUPER}:
        assert held(world, key) == CANNOT_BE_TAKEN


# the operation


RIGHTS = (("can_list", "Journal"), ("can_export", "Report"))


def matrix(**held_by):
    return Matrix(RIGHTS, {key: frozenset(rights) for key, rights in held_by.items()})


def test_the_operation_speaks_only_of_what_it_was_given(world):
    journal, export = RIGHTS
    seen, wanted = matrix(observer=RIGHTS), matrix(observer=[export])
    with world.acting("super") as actor:
        assert change_matrix(seen, wanted, actor=actor) == (Change("observer", journal, False),)
    assert held(world, "observer") == ROLES["observer"].grants - {journal}


@pytest.mark.parametrize("who", ["region", "league"])
def test_the_operation_is_for_the_very_top_only(world, who):
    with nothing_changes(world), pytest.raises(Forbidden), world.acting(who) as actor:
        change_matrix(matrix(observer=RIGHTS), matrix(observer=[]), actor=actor)


@pytest.mark.parametrize("role", ["Public", "Admin", "nobody"])
def test_the_operation_gives_nothing_to_strangers(world, role):
    with nothing_changes(world), pytest.raises(Invalid), world.acting("super") as actor:
        change_matrix(matrix(**{role: []}), matrix(**{role: RIGHTS}), actor=actor)


def test_the_operation_turns_down_what_was_decided_on_something_else(world):
    with nothing_changes(world), pytest.raises(Conflict), world.acting("super") as actor:
        change_matrix(matrix(observer=[]), matrix(observer=RIGHTS[:1]), actor=actor)


def test_the_chain_of_the_journal_holds_after_a_change(world):
    client = world.client("super")
    confirm(client, opened(client).untick(JOURNAL).tick(SWITCH).send(client))
    with world.seen_from():
        assert broken_chains() == []


# one role, in words


def role_page(world, key, who="super"):
    with world.seen_from():
        number = db.session.scalars(select(Role.id).where(Role.name == key)).one()
    return world.client(who).get(f"/roles/show/{number}")


def facts(text):
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", text))


def test_a_role_page_says_in_words_what_the_role_may_do_and_how_many_hold_it(world):
    enter(world, details("second.league", role="league_administrator"))
    text = html.unescape(role_page(world, "league_administrator").text)
    may, may_not = (facts(part) for part in text.partition("<h2>May not</h2>")[::2])
    rest = "set the class, import, enter mergers and splits, export"
    assert may["Enterprises"] == f"see the list, open, add, change, {rest}"
    assert may_not["Enterprises"] == "set the energy level"
    assert may["Reviews"] == "see the list, open, approve and return, export"
    assert may_not["Roles"] == "see the list, open, change"
    assert "People who hold this role: 3" in text
    assert 'href="/people/list/?role=league_administrator"' in text
    assert "They may give these roles to others: County reviewer, " in text
    main = text.partition("<main")[2].partition("</main>")[0]
    assert not re.search("<input|<button|<form", main)


def test_a_role_page_in_chinese_has_a_chinese_title(world):
    client = world.client("super")
    client.get("/lang/zh")
    assert "<h1>角色权限</h1>" in client.get(ADDRESS).text
    with world.seen_from():
        number = db.session.scalars(select(Role.id).where(Role.name == "observer")).one()
    text = client.get(f"/roles/show/{number}").text
    assert re.search(r"<h1>角色权限：[^<]+</h1>", text)
    assert is_small(client.get(ADDRESS))


def test_a_role_page_asks_little(world):
    role_page(world, "observer")
    with world.seen_from():
        number = db.session.scalars(select(Role.id).where(Role.name == "observer")).one()
    client = world.client("super")
    with statements(world) as asked:
        client.get(f"/roles/show/{number}")
    assert len([one for one, _values in asked if one.startswith("SELECT")]) <= 9
