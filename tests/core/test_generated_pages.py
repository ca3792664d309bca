"""The pages that FAB generates: their buttons are for those who may, their forms are forms."""

import pytest


@pytest.mark.parametrize(
    ("who", "page", "button"),
    [
        ("league", "/people/list/", "/people/add"),
        ("league", "/enterprises/list/", "/enterprises/add"),
        ("region", "/calendar/list/", "/calendar/add"),
    ],
)
def test_who_may_add_a_row_finds_the_button(world, who, page, button):
    assert f'href="{button}"' in world.client(who).get(page).text


@pytest.mark.parametrize(
    ("who", "page", "button"),
    [
        ("region", "/people/list/", "/people/add"),
        ("county", "/enterprises/list/", "/enterprises/add"),
        ("league", "/calendar/list/", "/calendar/add"),
        ("super", "/roles/list/", "/roles/add"),
        ("league", "/filings/list/", "/filings/add"),
    ],
)
def test_who_may_not_finds_none(world, who, page, button):
    answer = world.client(who).get(page)
    assert answer.status_code == 200
    assert f'href="{button}"' not in answer.text


@pytest.mark.parametrize(
    ("who", "page"),
    [("league", "/enterprises/add"), ("league", "/people/add"), ("region", "/calendar/add")],
)
def test_a_form_is_a_form_and_not_its_text(world, who, page):
    text = world.client(who).get(page).text
    assert '<form method="post"' in text
    assert "&lt;form" not in text
    assert "&lt;select" not in text
