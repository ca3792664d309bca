"""Texts that PostgreSQL cannot keep are refused in words, never by an error of the server."""

import pytest


@pytest.mark.parametrize("page", ["/enterprises/list/?q=%00", "/people/list/?place=%00&name=%00x"])
def test_a_filter_with_a_nul_is_none(world, page):
    assert world.client("league").get(page).status_code == 200


def test_a_login_with_a_nul_fails_like_any_other(world):
    client = world.client()
    client.post("/login/", data={"username": "league\0", "password": "x"})
    assert client.get("/enterprises/list/").status_code == 302


def test_a_sheet_with_a_nul_is_kept_nowhere_and_answered_in_words(world):
    number, token = world.filled("confirmer"), world.token("confirmer")
    body = {"rows": [{"unit_head": "a\0b"}]}
    answer = world.client().put(f"/api/v1/filings/{number}/sheets/F0", json=body, headers=token)
    assert answer.status_code in (200, 422)
