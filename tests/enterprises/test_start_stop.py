"""企业启停: which quarter counts, who may, what it takes, and that nothing else moves."""

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import Forbidden, Invalid
from app.core.period import Quarter
from app.enterprises.models import Enterprise, StartStop, StopReason
from app.enterprises.start_stop import is_enabled_in, planned_of, stop_in
from app.review.workflow import Action
from tests.reports.test_sums import covered, table_of
from tests.world import QUARTER

Q = [Quarter(2026, n) for n in (1, 2, 3, 4)]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def stopped_in(world, name="Here"):
    with world.seen_from():
        pk = world.enterprise(name).id
        alone = [q for q in Q if stop_in(pk, q)]
        by_query = [
            q
            for q in Q
            if db.session.scalar(select(Enterprise.id).where(Enterprise.id == pk, is_enabled_in(q)))
            is None
        ]
    assert alone == by_query
    return [q.quarter for q in alone]


def changes(world):
    with world.seen_from():
        return db.session.scalar(select(func.count(StartStop.id)))


def test_nobody_is_stopped_without_a_record(world):
    assert stopped_in(world) == []


def test_a_stop_holds_from_its_quarter_on(world):
    world.stop(effective=Q[1])
    assert stopped_in(world) == [2, 3, 4]
    assert stopped_in(world, "Next") == []


def test_a_restart_holds_from_its_quarter_on(world):
    world.stop(effective=Q[0])
    world.switch("Here", effective=Q[2], enabled=True)
    assert stopped_in(world) == [1, 2]


def test_a_planned_stop_is_taken_back_by_starting_from_the_same_quarter(world):
    world.stop(effective=Q[3])
    world.switch("Here", effective=Q[3], enabled=True)
    assert stopped_in(world) == []
    assert changes(world) == 2  # both are kept


def test_a_later_decision_stands_over_what_was_planned(world):
    world.stop(effective=Q[3])
    world.stop(effective=Q[1])
    world.switch("Here", effective=Q[2], enabled=True)
    assert stopped_in(world) == [2]


def test_a_planned_stop_takes_effect_without_anybody_clicking(world, monkeypatch):
    world.stop(effective=Quarter(2027, 1))
    client = world.client("county")

    def shown(day):
        monkeypatch.setattr(clock, "today", lambda: day)
        monkeypatch.setattr("app.core.period.today", lambda: day)
        return client.get("/enterprises/list/?enabled=no").text

    assert "Here" not in shown(date(2026, 12, 31)).partition("<tbody")[2]
    assert "Here" in shown(date(2027, 1, 1)).partition("<tbody")[2]
    with world.seen_from():
        assert planned_of(world.enterprise()) is None


def test_what_is_planned_next_is_told(world):
    world.stop(effective=Quarter(2027, 2))
    world.switch("Here", effective=Quarter(2027, 4), enabled=True)
    with world.seen_from():
        assert planned_of(world.enterprise()).effective == Quarter(2027, 2).index


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"stop_reason": None}, "stop_reason"),
        ({"files": ()}, "files"),
        ({"description": "  "}, "description"),
        ({"effective": Quarter(2030, 1)}, "effective"),
        ({"enabled": True}, "enabled"),
    ],
)
def test_what_is_missing_is_named_and_nothing_changes(world, wanted, field):
    given = {"enabled": False, "stop_reason": StopReason.OTHER, "files": [1]}
    with pytest.raises(Invalid) as refusal:
        world.switch("Here", **{**given, **wanted})
    assert [one.where for one in refusal.value.details] == [field]
    assert changes(world) == 0


def test_a_stop_does_not_reach_back_over_what_is_final(world):
    filing = world.filled()
    for who, action in (
        ("confirmer", Action.SUBMIT),
        ("county", Action.APPROVE),
        ("league", Action.APPROVE),
    ):
        world.act(who, action, filing)
    with pytest.raises(Invalid) as refusal:
        world.stop(effective=QUARTER)
    assert "2026Q1" in str(refusal.value.details[0])
    world.stop(effective=Q[1])
    assert stopped_in(world) == [2, 3, 4]


@pytest.mark.parametrize("who", ["county", "confirmer"])
def test_only_the_league_and_the_region_switch(world, who):
    with pytest.raises(Forbidden):
        world.stop(by=who)
    assert changes(world) == 0


def test_two_at_once_make_one_change(world):
    world.stop(effective=Q[1])
    client = world.client("league")
    with world.seen_from():
        pk = world.enterprise().id
    data = form(enabled="1", effective="2026Q3", version="0", seen="1/2026Q3/1", save="1")
    assert client.post(f"/start-stop/{pk}", data=data).status_code == 409
    assert changes(world) == 1


def test_a_written_change_cannot_be_altered(world):
    world.stop()
    with world.seen_from(), pytest.raises(Exception, match="append-only"):
        db.session.execute(StartStop.__table__.update().values(description="other"))


def test_both_switches_are_told_in_the_journal(world):
    world.stop(effective=Q[1])
    world.switch("Here", in_statistics=False)
    world.switch("Here", in_statistics=True)
    with world.seen_from():
        tags = db.session.scalars(
            select(AuditEntry.tag)
            .where(AuditEntry.subject == "Here", AuditEntry.actor_id.is_not(None))
            .order_by(AuditEntry.id)
        ).all()
    assert tags == ["enterprise:stop", "enterprise:leave_out", "enterprise:count_in"]


def test_left_out_of_statistics_and_back_every_figure_is_restored(world):
    """Hand-computed: each filing of the example is 225,209.77 tce; Large passes the region too."""
    for who in ("confirmer", "large_confirmer"):
        filing = world.filled(who)
        world.act(who, Action.SUBMIT, filing)
        world.act("county", Action.APPROVE, filing)
        world.act("league", Action.APPROVE, filing)
        if who == "large_confirmer":
            world.act("region", Action.APPROVE, filing)

    def told():
        with world.seen_from():
            table, counted = table_of(world, quarter=1), covered()
        lines = [line.values for line in table.lines]
        return [str(one) for one in table.foot.values], lines, counted

    before = told()
    assert before[0][7] == "450419.5400"
    world.switch("Large", in_statistics=False)
    left = told()
    assert left[0][7] == "225209.7700"
    assert [row[0] for row in left[1]] == ["Here"]
    assert (left[2].included, left[2].excluded) == (1, 1)
    world.switch("Large", in_statistics=True)
    assert told() == before
    world.switch("Large", in_statistics=False)
    world.switch("Large", in_statistics=True)
    assert told() == before


def form(**changed):
    return {
        "enabled": "",
        "effective": "2026Q4",
        "stop_reason": "stopped",
        "in_statistics": "1",
        "description": "The works are closed.",
        "version": "0",
        "seen": "",
        **changed,
    }


def test_the_effect_is_shown_before_it_is_saved_and_the_file_is_not_lost(world):
    filing = world.filled(period=Q[3])
    with world.seen_from():
        pk = world.enterprise().id
    client = world.client("league")
    data = form(save="1", files=(BytesIO(PDF), "停用申请.pdf"))
    page = client.post(f"/start-stop/{pk}", data=data)
    assert page.status_code == 200
    assert changes(world) == 0  # asked to save, but the effect had not been seen
    assert f"/filings/{filing}" in page.text
    assert "is locked" in page.text
    token = page.text.partition('name="kept" value="')[2].partition('"')[0]
    seen = page.text.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    assert seen == "/2026Q4/1"
    saved = client.post(f"/start-stop/{pk}", data=form(save="1", seen=seen, kept=token))
    assert saved.status_code == 302
    text = client.get(f"/start-stop/{pk}").text
    assert "停用申请.pdf" in text
    number = text.partition("/start-stop/files/")[2].partition("/opened")[0]
    with client.get(f"/start-stop/files/{number}") as file:
        assert file.data == PDF
    for other in ("other_league", "other_observer"):
        assert world.client(other).get(f"/start-stop/files/{number}").status_code == 404
        assert world.client(other).get(f"/start-stop/{pk}").status_code == 404
    assert world.client("confirmer").get(f"/start-stop/{pk}").status_code == 403


def test_a_file_that_another_has_uploaded_is_not_taken(world):
    with world.seen_from():
        pk = world.enterprise().id
    data = form(files=(BytesIO(PDF), "a.pdf"))
    page = world.client("league").post(f"/start-stop/{pk}", data=data).text
    token = page.partition('name="kept" value="')[2].partition('"')[0]
    for kept in (token, token[:-2] + "xx", "nonsense"):
        data = form(kept=kept, seen="/2026Q4/1", save="1")
        assert world.client("super").post(f"/start-stop/{pk}", data=data).status_code == 404
    assert changes(world) == 0


def test_a_file_of_no_good_type_is_told_at_its_input(world):
    with world.seen_from():
        pk = world.enterprise().id
    data = form(files=(BytesIO(b"MZ nothing"), "a.pdf"))
    answer = world.client("league").post(f"/start-stop/{pk}", data=data)
    assert answer.status_code == 422
    assert "Only pdf, jpg" in answer.text
    assert "The works are closed." in answer.text


def test_another_league_neither_sees_nor_switches(world):
    world.stop()
    with world.seen_from():
        pk = world.enterprise().id
    client = world.client("other_league")
    assert "Here" not in client.get("/start-stop/list/").text.partition("<tbody")[2]
    assert client.get(f"/start-stop/{pk}").status_code == 404
    data = form(save="1", seen="/2026Q4/1")
    assert client.post(f"/start-stop/{pk}", data=data).status_code == 404
    assert changes(world) == 1


def test_the_list_filters_by_standing_reason_plan_and_statistics(world):
    world.stop("Here", Q[2])
    world.stop("Large", Quarter(2027, 1), StopReason.MERGED)
    world.switch("Next", in_statistics=False)
    client = world.client("league")

    def names(asked):
        body = client.get(f"/start-stop/list/?{asked}").text.partition("<tbody")[2]
        return {name for name in ("Here", "Large", "Next") if f">{name}<" in body}

    assert names("") == {"Here", "Large", "Next"}
    assert names("enabled=no") == {"Here"}
    assert names("enabled=yes") == {"Large", "Next"}
    assert names("reason=stopped") == {"Here"}
    assert names("reason=merged") == set()  # not yet
    assert names("planned=yes") == {"Large"}
    assert names("counted=no") == {"Next"}
    assert names("q=Lar") == {"Large"}
