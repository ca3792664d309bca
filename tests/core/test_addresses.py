"""Where somebody is sent after a form: to a page of ours, whatever the form says."""

import pytest

OURS = ["/", "/filings/list/?period=all&q=%E5%8C%85", "/reviews/3#S2"]
ELSEWHERE = [
    "",
    "x",
    "//evil.test",
    "/\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "/\r\nX-Header: 1",
    "/ /evil.test",
    "/a\\b",
    "\t//evil.test",
    "https://evil.test/",
    "javascript:alert(1)",
    "/\0",
]


@pytest.mark.parametrize(
    ("back", "ours"), [(b, True) for b in OURS] + [(b, False) for b in ELSEWHERE]
)
def test_a_form_leads_back_to_a_page_of_ours_only(world, back, ours):
    sent = {"theme": "dark", "back": back}
    answer = world.client("filler").post("/account/preferences/", data=sent)
    assert answer.status_code == 302
    assert answer.location == (back if ours else "/")
