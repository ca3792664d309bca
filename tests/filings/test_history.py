"""Earlier years by workbook: all or nothing, marked as imported, and never over a filing."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.period import Quarter
from app.enterprises.models import EnergyLevel, EnterpriseLevel
from app.enterprises.queries import level_of
from app.filings.models import Filing, FilingVersion
from app.filings.queries import find_filing
from app.review.models import Decision
from app.review.workflow import Action, State
from app.upkeep.verify import everything_wrong
from tests.world import LEAGUE, OTHER_LEAGUE

REASON = "Paper files of the energy office, 2023."
ENERGY, GROSS, ADDED = 5, 11, 12  # columns of the first page
YEAR = 2023


def fetch(world, who="region", year=YEAR, place=LEAGUE):
    answer = world.client(who).get(f"/earlier-years/template.xlsx?year={year}&place={place}")
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.data))


def send(world, book, who="region", reason=REASON):
    book.save(file := BytesIO())
    file.seek(0)
    data = {"file": (file, "years.xlsx"), "reason": reason}
    return world.client(who).post("/earlier-years/", data=data)


def row_of(book, name, quarter=1):
    page = book["filings"]
    rows = range(4, page.max_row + 1)
    return next(
        r for r in rows if (page.cell(r, 2).value, page.cell(r, 4).value) == (name, quarter)
    )


def fill(book, name, energies, gross=1000):
    page = book["filings"]
    for quarter, energy in enumerate(energies, start=1):
        row = row_of(book, name, quarter)
        page.cell(row, ENERGY, energy)
        page.cell(row, GROSS, gross)


def imported(world):
    with world.seen_from():
        query = select(Filing).order_by(Filing.id).options(joinedload(Filing.review))
        return db.session.scalars(query).all()


def test_past_quarters_are_final_and_marked_and_count(world):
    book = fetch(world)
    fill(book, "Large", (150000, "１５０，０００.５", 140000, 160000))
    levels = book["levels"]
    row = next(r for r in range(4, 10) if levels.cell(r, 2).value == "Large")
    levels.cell(row, 4, "500,000 tce and more")
    assert send(world, book).status_code == 302
    filings = imported(world)
    assert [(f.year, f.quarter, f.imported) for f in filings] == [
        (YEAR, quarter, True) for quarter in (1, 2, 3, 4)
    ]
    with world.seen_from():
        large = world.enterprise("Large")
        filing = find_filing(large.id, Quarter(YEAR, 2))
        assert filing.review.state is State.REGION_FINAL
        assert filing.review.route is None
        assert level_of(large, YEAR) is EnergyLevel.GE_500K
        [row] = db.session.scalars(
            select(EnterpriseLevel).where(
                EnterpriseLevel.enterprise_id == large.id, EnterpriseLevel.year == YEAR
            )
        )
        assert row.source == "imported"
        [decision] = db.session.scalars(
            select(Decision).where(Decision.review_id == filing.review_id)
        )
        assert (decision.action, decision.end, decision.reason) == (
            Action.IMPORT,
            State.REGION_FINAL,
            REASON,
        )
        assert everything_wrong() == []
    page = world.client("league").get(f"/filings/{filing.id}").text
    assert "150,000.5" in page
    assert "150.0005" in page
    assert "Imported" in page
    assert world.client("region").get(f"/reviews/{filing.review_id}").status_code == 200


def test_nobody_takes_a_step_in_what_was_imported(world):
    book = fetch(world)
    fill(book, "Here", (1000,))
    assert send(world, book).status_code == 302
    [filing] = imported(world)
    assert filing.review.state is State.LEAGUE_FINAL
    for who, action in (("super", "rollback"), ("league", "return"), ("confirmer", "submit")):
        data = {"version": filing.review.version, "reason": "a very long reason"}
        answer = world.client(who).post(f"/reviews/{filing.review_id}/{action}", data=data)
        assert answer.status_code in (403, 409)
    [after] = imported(world)
    assert (after.review.state, after.revision) == (State.LEAGUE_FINAL, filing.revision)


def test_the_same_workbook_changes_nothing_and_a_corrected_one_makes_a_version(world):
    book = fetch(world)
    fill(book, "Here", (1000, 2000))
    assert send(world, book).status_code == 302
    assert send(world, book).status_code == 302
    assert [f.version_no for f in imported(world)] == [1, 1]
    fill(book, "Here", (1000, 2500))
    assert send(world, book).status_code == 302
    assert [f.version_no for f in imported(world)] == [1, 2]
    with world.seen_from():
        versions = db.session.scalars(select(FilingVersion).order_by(FilingVersion.id)).all()
        assert [v.number for v in versions] == [1, 1, 2]
        assert '"2500"' in versions[-1].content
        assert everything_wrong() == []


def test_what_was_filed_here_is_not_touched(world):
    world.filled()
    book = fetch(world, year=2026)
    fill(book, "Here", (7,))
    row = row_of(book, "Here")
    answer = send(world, book)
    assert answer.status_code == 422
    assert f"<code>filings!A{row}</code> This quarter has been filed here" in answer.text
    assert [f.imported for f in imported(world)] == [False]


def test_all_wrong_cells_are_told_at_once_and_nothing_is_imported(world):
    book = fetch(world)
    page, levels = book["filings"], book["levels"]
    here, second = row_of(book, "Here"), row_of(book, "Here", 2)
    large = row_of(book, "Large")
    page.cell(here, ENERGY, "much")
    page.cell(second, GROSS, 5)  # without energy
    page.cell(large, 4, 7)
    page.cell(large, ENERGY, "=1+1")
    for column, value in ((1, "777777"), (3, 2023), (4, 1), (ENERGY, 5)):
        page.cell(40, column, value)
    for column, value in ((1, page.cell(here, 1).value), (3, 2090), (4, 1), (ENERGY, 5)):
        page.cell(41, column, value)
    levels.cell(4, 4, "huge")
    answer = send(world, book)
    assert answer.status_code == 422
    for cell, text in (
        (f"filings!E{here}", "is not a number"),
        (f"filings!E{second}", "This is needed."),
        (f"filings!D{large}", "from 1 to 4"),
        (f"filings!E{large}", "Formulas are not taken"),
        ("filings!A40", "There is no such enterprise"),
        ("filings!C41", "A number from 2000"),
        ("levels!D4", ""),
    ):
        [line] = [
            one
            for one in answer.text.replace("</li>", "\n").splitlines()
            if f"<code>{cell}</code>" in one and text in one
        ]
        assert line
    assert imported(world) == []


def test_a_quarter_twice_and_one_that_runs_are_refused(world):
    book = fetch(world, year=2026)
    page = book["filings"]
    for row in (40, 41):
        number = page.cell(row_of(book, "Here"), 1).value
        for column, value in ((1, number), (3, YEAR), (4, 1), (ENERGY, 5)):
            page.cell(row, column, value)
    last = row_of(book, "Here", 4)
    page.cell(last, ENERGY, 5)
    answer = send(world, book)
    assert answer.status_code == 422
    assert "<code>filings!D41</code> This quarter stands there twice." in answer.text
    assert f"<code>filings!D{last}</code> This quarter has not ended." in answer.text
    assert imported(world) == []


@pytest.mark.parametrize("who", ["league", "county", "staff", "observer", "confirmer", "filler"])
def test_only_the_region_imports(world, who):
    book = fetch(world)
    fill(book, "Here", (5,))
    assert send(world, book, who).status_code == 403
    assert world.client(who).get("/earlier-years/").status_code == 403
    assert imported(world) == []


def test_it_asks_for_a_reason_and_for_something_to_import(world):
    book = fetch(world)
    assert send(world, book).status_code == 422
    fill(book, "Here", (5,))
    assert send(world, book, reason=" ").status_code == 422
    assert imported(world) == []


def test_the_template_holds_the_enterprises_of_the_place(world):
    page = fetch(world, place=OTHER_LEAGUE)["filings"]
    assert {page.cell(r, 2).value for r in range(4, page.max_row + 1)} == {"There"}
    heads = [cell.value for cell in page[2]]
    assert "Comprehensive energy consumption (calorific value) (tce)" in heads
    assert page.row_dimensions[3].hidden


def test_the_figures_count_in_the_progress_of_targets(world):
    book = fetch(world, year=2025)
    fill(book, "Here", (100, 200, 300, 400))
    assert send(world, book).status_code == 302
    text = world.client("league").get("/target-progress/?year=2025&quarter=4").text
    assert "1,000" in text


def test_names_that_begin_like_a_formula_stay_texts(world):
    with world.acting("super"):
        world.enterprise("Here").name = "=HYPERLINK(1)"
    book = fetch(world)
    row = row_of(book, "=HYPERLINK(1)")
    assert book["filings"].cell(row, 2).data_type == "s"
    book["filings"].cell(row, ENERGY, Decimal("5.5"))
    assert send(world, book).status_code == 302
