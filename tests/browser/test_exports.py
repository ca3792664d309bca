"""The page of one's exports in a browser: it tells by itself, and everybody can read it."""

from datetime import timedelta

from openpyxl import load_workbook

from app.core.clock import now
from app.exports.operations import ask
from app.jobs.models import JobState
from tests.browser.looking import breaches, in_the_dark, look
from tests.jobs.asking import change, job_of


def test_an_export_tells_how_far_it_is_and_is_fetched(browser, world, tmp_path):
    with world.acting("league") as actor:
        jobs = [
            ask("EnterpriseView.list", {"q": q}, f"Enterprises {q}", actor=actor).job_id
            for q in ("e", "here", "large")
        ]
    done, running, failed = jobs
    change(world, running, state=JobState.RUNNING, lease_until=now() + timedelta(hours=1))
    change(world, running, done=1000, total=4000, line="1,000 of 4,000 rows")
    change(world, failed, state=JobState.FAILED, ended_at=now(), error="These are too many.")
    with browser.person("league") as page:
        for _try in range(40):
            if job_of(world, done).state is JobState.DONE:
                break
            page.wait_for_timeout(250)
        page.goto(f"{browser.address}/exports/")
        assert page.locator("tbody .badge").all_inner_texts() == [
            "Failed",
            "Running",
            "Ready",
        ]
        assert page.get_by_text("These are too many.").count() == 1
        assert page.locator("progress").get_attribute("value") == "25"
        assert breaches(page) == []
        assert in_the_dark(page, "exports-dark") == []
        assert look(page, "exports") == []
        change(world, running, state=JobState.CANCELLED, ended_at=now())
        page.get_by_role("link", name="Show what came of it").click()
        page.get_by_text("Cancelled").wait_for()
        assert page.get_by_role("button", name="Make it again").count() == 2
        with page.expect_download() as download:
            page.get_by_role("link", name="Fetch Enterprises e").click()
        download.value.save_as(tmp_path / "found.xlsx")
    rows = load_workbook(tmp_path / "found.xlsx").active.iter_rows(values_only=True)
    assert [row[0] for row in rows] == ["Enterprise", "Here", "Large", "Next"]


def test_the_files_of_a_quarter_are_read_by_everybody(browser, world):
    world.ready("confirmer", world.filled("confirmer"))
    with browser.person("league") as page:
        page.goto(f"{browser.address}/confirmation/list/?period=2026Q1")
        assert page.locator(".badge.state-broken").count() > 2
        assert breaches(page) == []
        assert in_the_dark(page, "confirmation-dark") == []
        assert look(page, "confirmation") == []
        page.locator(".cards a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**lacking=any**")
