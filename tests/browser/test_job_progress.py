"""A job from its button to its result, in a browser: the page tells by itself when it has ended."""

import re
from datetime import timedelta

import pytest

from app.core.clock import now
from app.jobs.models import JobState
from tests.jobs.asking import ask_for, change, job_of, jobs_of
from tests.server import Server

ONE = re.compile(r"/jobs/\d+$")


@pytest.fixture
def server(world, database, tmp_path):
    """One of their own: what the clock will start is written down when a server starts."""
    server = Server(database, tmp_path, world.app.config["SECRET_KEY"])
    yield server
    assert server.stop() == 0


def test_the_page_of_a_job_tells_how_far_it_is(browser, world):
    with browser.person("super") as page:
        page.goto(f"{browser.address}/jobs/")
        page.get_by_role("button", name="Verify the journal").click()
        page.locator("dialog#confirm [data-yes]").click()
        page.wait_for_url(ONE)
        number = int(page.url.rsplit("/", 1)[1])
        page.get_by_role("link", name="Show what came of it").or_(
            page.get_by_text("Entries checked")
        ).wait_for(timeout=20_000)
        assert page.locator("[data-job-state]").inner_text().strip() == "Finished"
        page.goto(page.url)
        assert page.get_by_text("Everything holds.").count() == 1
        assert page.locator("[data-job-progress]").count() == 0
    assert job_of(world, number).tries == 1
    assert len(jobs_of(world, "audit.verify")) == 2  # and the one that the clock will start


HIDE = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true })"


def test_only_what_runs_is_asked_for_and_only_while_somebody_looks(browser, world):
    number = ask_for(world, "super", "jobs.forget", run_after=now() + timedelta(days=1))
    with browser.person("super") as page:
        asked = []
        page.on("request", lambda r: asked.append(r.url) if "/progress" in r.url else None)
        page.goto(f"{browser.address}/jobs/")
        page.wait_for_timeout(2500)
        assert asked == []  # what the clock will start waits for days
        hour = now() + timedelta(hours=1)
        change(world, number, state=JobState.RUNNING, lease_until=hour, done=1, total=4)
        page.reload()
        with page.expect_response("**/progress"):
            pass
        page.evaluate(HIDE % "true")
        page.wait_for_timeout(300)
        before = len(asked)
        page.wait_for_timeout(2500)
        assert len(asked) == before
        change(world, number, state=JobState.FAILED, ended_at=now(), line="No more")
        page.evaluate(HIDE % "false")
        with page.expect_response("**/progress"):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_text("No more · 25 %").wait_for()
        assert page.locator("tbody .badge.state-failed").inner_text().strip() == "Failed"
        before = len(asked)
        page.wait_for_timeout(2500)
        assert len(asked) == before
