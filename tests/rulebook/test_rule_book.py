"""The public rule book: what is in force and nothing else, in both languages, for anybody."""

from io import BytesIO

from openpyxl import load_workbook

from app.filings.rules.operations import switch
from app.filings.rules.queries import versions_in_force
from tests.rulebook.ruling import SOON, activated, drafted, enter


def test_the_public_book_tells_what_is_in_force_and_nothing_else(world):
    enter(world, about_en="Plain and active.")
    enter(world, "X-02", about_en="Switched off words.", enabled=False)
    drafted(world, about_en="Words of a draft.")
    stranger = world.client()
    page = stranger.get("/rules/")
    assert page.status_code == 200
    assert "Plain and active." in page.text
    assert "Switched off words." not in page.text
    assert "Words of a draft." not in page.text
    assert "…: … bought, more than …" in page.text  # no bracket of a template
    with world.seen_from():
        active = {one.code for one in versions_in_force(SOON) if one.enabled}
        off = {one.code for one in versions_in_force(SOON) if not one.enabled}
    for code in active:
        assert f'id="{code}"' in page.text
    for code in off:
        assert f'id="{code}"' not in page.text
    with world.acting("region") as actor:
        switch("X-01", False, actor=actor, reason="wrong", from_quarter=SOON, shown=1)
    assert "Plain and active." not in stranger.get(f"/rules/?period={SOON}").text


def test_the_public_book_speaks_both_languages_without_a_login(world):
    enter(world)
    stranger = world.client()
    page = stranger.get("/rules/?language=zh&period=2026Q3", follow_redirects=True)
    assert page.request.full_path == "/rules/?period=2026Q3"
    assert "购进量不大于限值。" in page.text
    assert "规则手册" in page.text
    page = stranger.get("/rules/?language=en", follow_redirects=True)
    assert "Not more is bought than the limit." in page.text
    assert stranger.get("/rules/?language=xx&period=nonsense").status_code == 200


def test_the_workbook_of_the_book_guards_what_looks_like_a_formula(world):
    enter(world, about_en='=HYPERLINK("http://example.test")', source="+1+1")
    answer = world.client().get("/rules/rules.xlsx")
    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows())
    [line] = [row for row in rows if row[0].value == "X-01"]
    cells = {str(cell.value): cell.data_type for cell in line}
    assert cells['=HYPERLINK("http://example.test")'] == "s"
    assert cells["+1+1"] == "s"
    assert "1000" in cells


def test_an_activated_version_is_in_the_book_of_its_quarter(world):
    enter(world)
    activated(world, drafted(world, about_en="The newer words."))
    stranger = world.client()
    assert "The newer words." in stranger.get(f"/rules/?period={SOON}").text
    assert "The newer words." not in stranger.get(f"/rules/?period={SOON.previous}").text
