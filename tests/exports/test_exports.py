"""Large tables: made in the background, as their asker sees them, for nobody else, for a week."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask_appbuilder.security.sqla.models import User
from openpyxl import load_workbook
from sqlalchemy import select

from app.accounts.grants import change_rights
from app.audit.models import AuditEntry
from app.core import export as core_export
from app.core.clock import now
from app.core.db import db
from app.core.export import Exportable, Head
from app.exports import files, offers
from app.exports.making import FORGET
from app.exports.models import KEPT, Export
from app.exports.operations import MOST_AT_ONCE, REMEMBERED
from app.jobs.models import Job, JobState
from app.jobs.work import work_off
from app.notices.models import Notice
from tests.jobs.asking import ask_for, change, job_of, work
from tests.world import LEAGUE, OTHER_LEAGUE

LIST = "EnterpriseView.list"
NUMBER = re.compile(r'id="export-(\d+)"')


def ask(world, who="region", key=LIST, args="sort=name"):
    """Asks for a table; the answer, and the number of the newest export of that person."""
    answer = world.client(who).post("/exports/ask", data={"key": key, "args": args})
    with world.seen_from():
        person = select(User.id).where(User.username == who).scalar_subquery()
        query = select(Export.id).where(Export.asked_by_id == person).order_by(Export.id.desc())
        return answer, db.session.scalars(query).first()


def kept(world):
    """The files that lie in the folder."""
    return sorted(path.name for path in folder(world).glob("*"))


def folder(world):
    with world.app.app_context():
        return files.folder()


@pytest.fixture(autouse=True)
def nothing_is_left(world):
    yield
    for path in folder(world).glob("*"):
        path.unlink()


def lines(answer):
    page = page_of(answer)
    return [list(row) for row in page.iter_rows(values_only=True)]


def page_of(answer):
    with answer:
        assert answer.status_code == 200, answer.text
        return load_workbook(BytesIO(answer.data)).active


def entries(world, tag):
    with world.seen_from():
        query = select(AuditEntry.facts).where(AuditEntry.tag == tag).order_by(AuditEntry.id)
        return db.session.scalars(query).all()


def state_of(world, number):
    with world.seen_from():
        row = db.session.get(Export, number)
        return row.state(db.session.get(Job, row.job_id)).value


def rewrite(world, number, **values):
    with world.seen_from():
        row = db.session.get(Export, number)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def job_number(world, number):
    with world.seen_from():
        return db.session.get(Export, number).job_id


def offered(monkeypatch, rows, **more):
    """A table of the test, under the key ``test``."""
    table = Exportable("Table", [Head("N")], lambda: 3, rows, **more)
    monkeypatch.setitem(offers.OFFERED, "test", offers.Offer(lambda _args: table, "Enterprise"))


# at once, or in the background


def test_a_small_list_is_given_at_once_and_a_large_one_is_asked_about(world):
    assert len(lines(world.client("county").get("/enterprises/list.xlsx?q=here"))) == 2
    answer = world.client("region").get("/enterprises/list.xlsx?sort=-name")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "These are 4 rows" in answer.text
    args = html.unescape(re.search(r'name="args" value="([^"]*)"', answer.text)[1])
    answer, number = ask(world, args=args)
    assert answer.location == f"/exports/#export-{number}"
    work(world)
    found = lines(world.client("region").get(f"/exports/{number}/file"))
    assert [row[0] for row in found] == ["Enterprise", "There", "Next", "Large", "Here"]


def test_the_button_of_a_large_list_asks_without_a_detour(world):
    page = world.client("region").get("/enterprises/list/?q=e").text
    assert 'action="/exports/ask"' in page
    assert 'name="args" value="q=e"' in page
    assert "list.xlsx" not in page
    assert "list.xlsx" in world.client("county").get("/enterprises/list/").text


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("league", ["Here", "Large", "Next"]),
        ("region", ["Here", "Large", "Next", "There"]),
        ("county", ["Here", "Large"]),
    ],
)
def test_the_job_sees_what_its_asker_sees(world, who, seen):
    _answer, number = ask(world, who)
    work(world)
    assert [row[0] for row in lines(world.client(who).get(f"/exports/{number}/file"))[1:]] == seen


def test_it_looks_from_where_its_asker_stood_whatever_happens_to_them_meanwhile(world):
    _answer, number = ask(world, "league")
    with world.seen_from():
        person = db.session.scalars(select(User).where(User.username == "league")).one()
        person.place = OTHER_LEAGUE
        db.session.commit()
    work(world)
    with world.seen_from():
        assert db.session.get(Export, number).rows == 3
    # standing elsewhere now, they do not even find it
    assert world.client("league").get(f"/exports/{number}/file").status_code == 404
    assert entries(world, "export:fetch") == []


def test_every_list_that_can_be_exported_is_offered(world):
    wrong = []
    for key in [key for key in offers.OFFERED if key.endswith(".list")]:
        answer, number = ask(world, "super", key, "period=all")
        work(world)
        if answer.status_code != 302 or state_of(world, number) != "done":
            wrong.append((key, answer.status_code))
    assert wrong == []
    assert len(offers.OFFERED) > 15


def test_columns_and_language_are_those_of_the_asking(world):
    client = world.client("region")
    client.post(
        "/account/preferences/",
        data={"columns:EnterpriseView": "", "column": ["county"], "language": "zh"},
    )
    page = client.get("/enterprises/list/?sort=name").text
    args = html.unescape(re.search(r'name="args" value="([^"]*)"', page)[1])
    assert args == "sort=name&columns=county"
    _answer, number = ask(world, args=args)
    client.post("/account/preferences/", data={"columns:EnterpriseView": "", "language": "en"})
    work(world)
    answer = client.get(f"/exports/{number}/file")
    assert lines(answer)[:2] == [["企业", "旗县"], ["Here", "包头市 土默特右旗"]]


# who may


@pytest.mark.parametrize(
    ("who", "key", "args", "status"),
    [
        ("filler", LIST, "", 403),
        ("staff", LIST, "", 403),
        ("county", "JournalView.list", "", 403),
        ("region", "Nothing.list", "", 404),
        ("region", LIST, "q=" + "x" * 500, 422),
        ("region", LIST, "&".join(f"a{n}=1" for n in range(60)), 422),
        ("region", "JournalView.list", "at_from=yesterday", 422),
        (None, LIST, "", 302),
    ],
)
def test_what_one_may_not_take_away_is_not_made(world, who, key, args, status):
    client = world.client(who)
    assert client.post("/exports/ask", data={"key": key, "args": args}).status_code == status
    with world.seen_from():
        assert db.session.scalars(select(Export)).all() == []
        assert db.session.scalars(select(Job)).all() == []


def test_a_right_that_is_lost_meanwhile_is_asked_for_again(world):
    _answer, waiting = ask(world, "league")
    _answer, ready = ask(world, "league", args="q=here")
    with world.app.app_context():
        assert work_off()  # the first in the queue
    made, other = (waiting, ready) if state_of(world, waiting) == "done" else (ready, waiting)
    with world.acting("super") as actor:
        role = world.app.appbuilder.sm.find_role("league_administrator")
        rights = {(p.permission.name, p.view_menu.name) for p in role.permissions}
        change_rights(role, rights - {("can_export", "Enterprise")}, actor=actor)
    assert world.client("league").get(f"/exports/{made}/file").status_code == 403
    work(world)
    assert state_of(world, other) == "failed"
    assert len(kept(world)) == 1


@pytest.mark.parametrize("who", ["super", "league", "other_league", "observer"])
def test_what_somebody_else_has_asked_for_is_not_there(world, who):
    _answer, number = ask(world)
    work(world)
    client = world.client(who)
    assert client.get(f"/exports/{number}/file").status_code == 404
    for act in ("cancel", "again"):
        assert client.post(f"/exports/{number}/{act}").status_code == 404
    assert f"export-{number}" not in client.get("/exports/").text
    assert entries(world, "export:fetch") == []
    assert state_of(world, number) == "done"


# what stands in the journal, and who is told


def test_making_and_fetching_stand_in_the_journal_and_the_asker_is_told(world):
    _answer, number = ask(world, args="q=here&sort=name")
    assert entries(world, "enterprise:export") == []
    work(world)
    assert entries(world, "enterprise:export") == ['{"filters":{"q":"here"},"rows":2}']
    client = world.client("region")
    with client.get(f"/exports/{number}/file") as answer:
        size = len(answer.data)
    told = f'{{"rows":2,"size":{size},"title":"Enterprises"}}'
    assert entries(world, "export:fetch") == [told]
    with world.seen_from():
        [notice] = db.session.scalars(select(Notice)).all()
        assert (notice.kind.value, notice.about) == ("export_ready", "Enterprises")
    answer = client.get(f"/notices/{notice.id}/open")
    assert answer.location == f"/exports/#export-{number}"


def test_a_text_that_looks_like_a_formula_stays_text(world):
    with world.seen_from():
        world.enterprise("Here").name = '=HYPERLINK("http://evil")'
        db.session.commit()
    _answer, number = ask(world)
    work(world)
    answer = world.client("region").get(f"/exports/{number}/file")
    cell = page_of(answer)["A2"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://evil")', "s")


# twice, and at once


def test_asked_twice_it_is_made_once_and_again_when_it_is_done(world):
    _answer, first = ask(world)
    answer, second = ask(world)
    assert (first, answer.location) == (second, f"/exports/#export-{first}")
    _answer, other = ask(world, args="sort=-name")
    assert other != first
    assert work(world) == 2
    _answer, third = ask(world)
    assert third not in (first, other)


def test_two_who_ask_at_the_same_moment_get_one(world):
    clients = [world.client("region") for _n in range(4)]
    data = {"key": LIST, "args": "sort=name"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one.post("/exports/ask", data=data), clients))
    assert {answer.status_code for answer in answers} <= {302, 503}
    assert len({answer.location for answer in answers if answer.status_code == 302}) == 1
    with world.seen_from():
        assert len(db.session.scalars(select(Export)).all()) == 1
        assert len(db.session.scalars(select(Job)).all()) == 1


def test_nobody_fills_the_queue(world):
    for n in range(MOST_AT_ONCE):
        assert ask(world, args=f"q={n}")[0].status_code == 302
    answer, number = ask(world, args="q=more")
    assert answer.status_code == 409
    world.client("region").post(f"/exports/{number}/cancel")
    assert ask(world, args="q=more")[0].status_code == 302


# what does not come to its end


def test_cancelled_in_the_middle_it_leaves_nothing(world, monkeypatch):
    client = world.client("region")
    seen = []

    def rows():
        yield [1]
        seen.append(kept(world))
        assert client.post(f"/exports/{numbers[0]}/cancel").status_code == 302
        yield [2]
        yield [3]

    offered(monkeypatch, rows)
    numbers = [ask(world, key="test")[1]]
    work(world)
    assert len(seen[0]) == 1
    assert (state_of(world, numbers[0]), kept(world)) == ("cancelled", [])
    assert entries(world, "enterprise:export") == []
    assert client.post(f"/exports/{numbers[0]}/cancel").status_code == 409
    assert client.get(f"/exports/{numbers[0]}/file").status_code == 409
    with world.seen_from():
        assert db.session.scalars(select(Notice)).all() == []


def test_what_was_cancelled_is_made_when_asked_for_again(world):
    _answer, number = ask(world)
    client = world.client("region")
    client.post(f"/exports/{number}/cancel")
    assert state_of(world, number) == "cancelled"
    assert client.post(f"/exports/{number}/again").location == f"/exports/#export-{number}"
    assert client.post(f"/exports/{number}/again").location == f"/exports/#export-{number}"
    assert work(world) == 1
    assert state_of(world, number) == "done"
    assert len(kept(world)) == 1


def test_an_error_is_tried_again_and_leaves_no_file(world, monkeypatch):
    def rows():
        yield [1]
        raise OSError("the disk is full")

    offered(monkeypatch, rows)
    _answer, number = ask(world, key="test")
    for _try in range(3):
        work(world)
        change(world, job_number(world, number), run_after=now())
    assert job_of(world, job_number(world, number)).tries == 3
    assert (state_of(world, number), kept(world)) == ("failed", [])
    page = world.client("region").get("/exports/").text
    assert "Something went wrong on our side" in page or "出错" in page


def test_a_worker_that_was_killed_is_followed_by_another_which_clears_up(world):
    """What it leaves: a job it holds, and half a file."""
    _answer, number = ask(world)
    job = job_number(world, number)
    change(world, job, state=JobState.RUNNING, tries=1, holder="gone", started_at=now())
    change(world, job, lease_until=now() + timedelta(minutes=1))
    half = folder(world) / f"{number}-{'0' * 16}.xlsx"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"PK half")
    assert work(world) == 0  # it may be alive
    change(world, job, lease_until=now() - timedelta(seconds=1))
    assert work(world) == 1
    assert state_of(world, number) == "done"
    assert len(kept(world)) == 1
    assert half.name not in kept(world)


def test_who_lost_the_lease_leaves_no_file_and_no_entry(world, monkeypatch):
    def rows():
        yield [1]
        change(world, job_number(world, numbers[0]), holder="another")
        yield [2]

    offered(monkeypatch, rows)
    numbers = [ask(world, key="test")[1]]
    work(world)
    assert kept(world) == []
    assert entries(world, "enterprise:export") == []
    assert job_of(world, job_number(world, numbers[0])).state is JobState.RUNNING


def test_more_than_excel_holds_is_refused_in_words(world, monkeypatch):
    _answer, number = ask(world)
    monkeypatch.setattr(core_export, "MOST_ROWS", 3)
    assert world.client("region").get("/enterprises/list.xlsx").status_code == 422
    work(world)
    assert (state_of(world, number), kept(world)) == ("failed", [])
    page = world.client("region").get("/exports/").text
    assert "1,048,576" in page
    assert "are 4" in page


# a week later


def test_a_file_goes_after_a_week_and_the_page_says_so(world):
    _answer, number = ask(world)
    work(world)
    rewrite(world, number, made_at=now() - KEPT - timedelta(seconds=1))
    client = world.client("region")
    answer = client.get(f"/exports/{number}/file")
    assert answer.status_code == 404
    assert "kept for 7 days and is gone" in answer.text
    assert "Expired" in client.get("/exports/").text
    assert len(kept(world)) == 1
    ask_for(world, "super", FORGET.key)
    work(world)
    assert kept(world) == []
    assert entries(world, "export:forget") == ['{"count":1}']
    again = client.post(f"/exports/{number}/again").location
    assert again != f"/exports/#export-{number}"
    rewrite(world, number, asked_at=now() - REMEMBERED - timedelta(seconds=1))
    ask_for(world, "super", FORGET.key)
    work(world)
    with world.seen_from():
        left = db.session.scalars(select(Export.id)).all()
    assert [f"/exports/#export-{one}" for one in left] == [again]


def test_a_file_that_is_missing_is_said_to_be(world):
    _answer, number = ask(world)
    work(world)
    [name] = kept(world)
    Path(folder(world) / name).unlink()
    answer = world.client("region").get(f"/exports/{number}/file")
    assert answer.status_code == 404
    assert "no longer there" in answer.text
    assert entries(world, "export:fetch") == []


def test_the_page_shows_how_far_each_is(world):
    client = world.client("region")
    assert "Nothing has been made" in client.get("/exports/").text
    _answer, first = ask(world)
    _answer, second = ask(world, args="q=e")
    page = client.get("/exports/").text
    assert NUMBER.findall(page) == [str(second), str(first)]
    assert page.count("data-job-progress") == 2
    assert 'href="/enterprises/list/?q=e"' in page
    assert page.count("data-while-job") == 2
    work(world)
    page = client.get("/exports/").text
    assert page.count("/file") == 2
    assert "None" not in page


def test_the_place_is_where_the_asker_stands(world):
    _answer, number = ask(world, "league")
    with world.seen_from():
        assert db.session.get(Export, number).place == LEAGUE


def test_what_was_cancelled_takes_its_place_in_the_queue_again(world):
    _answer, first = ask(world, args="q=first")
    client = world.client("region")
    client.post(f"/exports/{first}/cancel")
    for n in range(MOST_AT_ONCE):
        assert ask(world, args=f"q={n}")[0].status_code == 302
    assert client.post(f"/exports/{first}/again").status_code == 409
    with world.seen_from():
        states = [job.state for job in db.session.scalars(select(Job))]
    assert states.count(JobState.CANCELLED) == 1


def test_a_report_of_many_lines_is_made_in_the_background(world, monkeypatch):
    monkeypatch.setattr("app.exports.answering.MOST_WITHIN_REQUEST", 0)
    asked = "year=2026&quarter=1&by=county"
    page = world.client("league").get(f"/reports/completeness.xlsx?{asked}")
    assert page.status_code == 200
    assert "/exports/ask" in page.text
    _answer, number = ask(world, "league", "report.completeness", asked)
    work(world)
    with world.client("league").get(f"/exports/{number}/file") as answer:
        page = load_workbook(BytesIO(answer.data)).active
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    assert rows[0][0] == "Completeness and timeliness 2026Q1"
    assert rows[1][:3] == ["Banner or county", "Rank", "Number of enterprises"]
    assert [row[2] for row in rows[2:5]] == [2, 1, 3]  # two counties, and both together
