"""Mail about notices: one a person, at most once, by a real SMTP server."""

import smtplib
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select, text

from app.core.clock import now
from app.core.db import db
from app.jobs.models import JobState
from app.notices import mailing
from app.notices.calling import KEY, mail_is_on
from app.notices.letters import can_be_mailed
from app.notices.mailing import waiting
from app.notices.models import Notice, NoticeKind
from tests.jobs.asking import change, jobs_of, work
from tests.notices.telling import notice, told

FILLER, CONFIRMER = "filler@example.test", "confirmer@example.test"


def jobs(world):
    return jobs_of(world, KEY)


def run(world):
    """Let the minute pass in which notices are gathered, and the worker work."""
    for job in jobs(world):
        if job.state is JobState.WAITING:
            change(world, job.id, run_after=now() - timedelta(seconds=1))
    work(world)


def again(world):
    """As if the job of the hour had come."""
    with world.seen_from():
        db.session.execute(
            text("UPDATE job SET state='waiting', tries=0, lease_until=NULL WHERE kind=:kind"),
            {"kind": KEY},
        )
        db.session.commit()
    run(world)


def address(world, name, wanted):
    with world.seen_from():
        person = db.session.scalars(select(User).where(User.username == name)).one()
        person.email = wanted
        db.session.commit()


def body(message):
    return message.get_content()


def test_off_by_default_nothing_is_asked_for(world):
    with world.app.app_context():
        assert not mail_is_on()
    told(world)
    assert jobs(world) == []


def test_what_is_gathered_in_a_minute_is_one_mail_a_person(world, mail):
    first, second = told(world, number=1), told(world, number=2, kind=NoticeKind.CLOSED)
    told(world, name="confirmer", number=1, event="e")
    waits = jobs(world)
    assert len(waits) <= 2  # two, if the minute has just ended
    assert all(timedelta(0) < job.run_after - job.created_at for job in waits)
    assert mail.mails == []
    run(world)
    assert mail.to() == [CONFIRMER, FILLER]
    message = mail.message_to(FILLER)
    assert message["Subject"] == "2 notices for you"
    assert message["From"] == "万企节能 Tumen <tumen@example.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    said = body(message)
    assert "Here 2026Q1: Returned to the enterprise" in said
    assert "Here 2026Q2: Closed, because the enterprise is stopped" in said
    assert f"https://tumen.example.test/notices/{first}/open" in said
    assert "https://tumen.example.test/account/preferences/" in said
    for pk in (first, second):
        row = notice(world, pk)
        assert row.mailed_at is not None
        assert row.mail_error is None
    [done] = [job for job in jobs(world) if job.result and job.result["mails"]]
    assert done.result == {"mails": 2, "notices": 3, "refused": 0}


def test_nothing_is_mailed_twice(world, mail):
    told(world)
    run(world)
    again(world)
    assert mail.to() == [FILLER]
    told(world, number=2)
    again(world)
    assert mail.to() == [FILLER, FILLER]
    assert "2026Q1" not in body(mail.mails[1][1])


def test_the_mail_speaks_the_language_of_the_reader(world, mail):
    world.client("filler").post("/account/preferences/", data={"language": "zh"})
    told(world, kind=NoticeKind.LATE, facts={"due_on": "2026-04-20"})
    run(world)
    message = mail.message_to(FILLER)
    assert message["Subject"] == "Here 2026Q1: 应于 2026-04-20 前报送，现已逾期"
    assert "如不需要邮件" in body(message)


def test_very_many_are_said_to_be_more(world, mail):
    for number in range(1, 24):
        told(world, number=number)
    run(world)
    said = body(mail.message_to(FILLER))
    assert said.count("/open") == 20
    assert "and 3 more" in said


def test_who_wants_none_or_has_read_it_or_has_no_address_gets_none(world, mail):
    assert world.client("filler").post("/account/preferences/", data={"mail": "off"}).status_code
    address(world, "confirmer", "confirmer@no-mail.invalid")
    told(world)
    told(world, name="confirmer", event="e")
    read = told(world, name="county", event="c")
    world.client("county").get(f"/notices/{read}/open")
    run(world)
    assert mail.mails == []
    assert notice(world, read).mail_claimed_at is None


def test_what_is_old_is_not_mailed_when_mail_comes_back(world, mail, monkeypatch):
    told(world)
    later = now() + mailing.WITHIN + timedelta(minutes=1)
    monkeypatch.setattr(mailing, "now", lambda: later)
    run(world)
    assert mail.mails == []


@pytest.mark.parametrize(
    "about", ["Here\r\nBcc: all@example.test", "Here\nX-Evil: 1", "Here\x1b[31m", "x" * 190]
)
def test_no_name_makes_a_header(world, mail, about):
    told(world, about=about)
    run(world)
    message = mail.message_to(FILLER)
    assert message["Bcc"] is message["X-Evil"] is None
    assert mail.to() == [FILLER]


@pytest.mark.parametrize(
    "wrong",
    [
        "a@b.c\nBcc: x@y.z",
        "a b@example.test",
        "a@b",
        "",
        "甲@example.test",
        "a@x.invalid",
        "<a@b.c>",
    ],
)
def test_what_is_no_address_is_sent_nothing(wrong):
    assert not can_be_mailed(wrong)
    assert can_be_mailed("zhang.san+tumen@mail.example.cn")


def test_an_address_with_a_line_break_stops_nobody_else(world, mail):
    address(world, "filler", "filler@example.test\nBcc: x@example.test")
    pk = told(world)
    told(world, name="confirmer", event="e")
    run(world)
    assert mail.to() == [CONFIRMER]
    assert notice(world, pk).mail_error == "no address"


def test_a_recipient_refused_for_good_is_noted_and_the_others_get_theirs(world, mail):
    mail.answers[FILLER] = "550 no such\x01mailbox"
    pk = told(world)
    told(world, name="confirmer", event="e")
    run(world)
    assert mail.to() == [CONFIRMER]
    row = notice(world, pk)
    assert (row.mail_error, row.mailed_at) == ("550 no such mailbox", None)
    mail.answers.clear()
    again(world)
    assert mail.to() == [CONFIRMER]  # for good
    shown = world.client("filler")
    shown.post("/account/preferences/", data={"columns:NoticeView": "", "column": "mailed"})
    assert "not taken: 550 no such mailbox" in shown.get("/notices/").text


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_what_is_not_taken_for_now_is_tried_again(world, mail, where):
    answer = {FILLER: "451 come back later"}
    mail.answers.update(answer if where == "recipient" else {"data": answer})
    pk = told(world)
    told(world, name="confirmer", event="e")
    run(world)  # all three tries: they rest no time here
    assert mail.to() == [CONFIRMER]  # and once only
    row = notice(world, pk)
    assert (row.mail_error, row.mail_claimed_at) == ("451 come back later", None)
    assert {job.state for job in jobs(world)} <= {JobState.FAILED, JobState.DONE}
    mail.answers.clear()
    again(world)
    assert mail.to() == [CONFIRMER, FILLER]
    assert notice(world, pk).mail_error is None


def test_while_the_server_is_down_nothing_is_claimed_and_nothing_lost(world, mail, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = world.app.config["MAIL_PORT"]
        monkeypatch.setitem(world.app.config, "MAIL_PORT", unused.getsockname()[1])
        pk = told(world)
        run(world)
        assert [job.state for job in jobs(world)][-1] is JobState.FAILED
        assert [job.tries for job in jobs(world)][-1] == 3
        assert notice(world, pk).mail_claimed_at is None
    monkeypatch.setitem(world.app.config, "MAIL_PORT", port)
    again(world)
    assert mail.to() == [FILLER]


def test_a_sender_that_is_refused_spoils_no_notice(world, mail, monkeypatch):
    def refuse(_self, _message):
        raise smtplib.SMTPSenderRefused(550, b"not you", "tumen@example.test")

    with monkeypatch.context() as patch:
        patch.setattr(smtplib.SMTP, "send_message", refuse)
        pk = told(world)
        run(world)
    assert notice(world, pk).mail_claimed_at is None
    assert notice(world, pk).mail_error == "550 not you"
    again(world)
    assert mail.to() == [FILLER]


def test_a_worker_that_is_lost_between_claim_and_answer_sends_nothing_twice(
    world, mail, monkeypatch
):
    """As `kill -9` leaves it: claimed, perhaps sent, and nothing written down."""

    class Killed(BaseException):
        pass

    def killed(*_arguments, **_values):
        raise Killed

    pk = told(world)
    with monkeypatch.context() as patch:
        patch.setattr(mailing, "_note", killed)
        with pytest.raises(Killed):
            run(world)
    assert mail.to() == [FILLER]  # it had gone out
    row = notice(world, pk)
    assert row.mail_claimed_at is not None
    assert row.mailed_at is row.mail_error is None
    again(world)
    assert mail.to() == [FILLER]
    client = world.client("filler")
    client.post("/account/preferences/", data={"columns:NoticeView": "", "column": "mailed"})
    assert "broke off; perhaps it arrived" in client.get("/notices/").text
    told(world, number=2)
    again(world)
    assert mail.to() == [FILLER, FILLER]


def test_two_workers_at_once_share_the_mails(world, mail):
    names = ["filler", "confirmer", "county", "league", "region", "super"]
    for number in range(1, 4):
        for name in names:
            by = "region" if name == "league" else "league"  # nobody tells himself
            told(world, name=name, by=by, number=number, event=f"{name}:{number}")
    with world.seen_from():
        db.session.execute(text("UPDATE job SET run_after=:then"), {"then": "2026-01-01"})
        db.session.commit()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _one: work(world), range(3)))
    assert mail.to() == sorted(f"{name}@example.test" for name in names)
    with world.seen_from():
        assert db.session.scalars(waiting()).all() == []
        assert db.session.query(Notice).filter(Notice.mailed_at.is_(None)).count() == 0
