"""What templates are drawn with, kept from page to page: texts, options, addresses."""

import pytest
from flask import render_template_string
from flask_babel import force_locale

from app.core.db import db
from app.core.shell import options, said
from app.core.unit import unit_of_work
from app.regions.models import Region
from tests.world import LEAGUE

HOSTILE = "<script>%(n)s</script>"


@pytest.fixture
def request_context(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.usefixtures("request_context")
def test_a_text_is_kept_for_its_language_only():
    for language, close in (("zh", "关闭"), ("en", "Close"), ("zh", "关闭")):
        with force_locale(language):
            assert said("Close") == render_template_string("{{ _('Close') }}") == close


@pytest.mark.usefixtures("request_context")
def test_what_is_put_into_a_text_is_escaped():
    text = "{{ _('%(n)s in all', n=hostile) }}"
    page = render_template_string(text, hostile=HOSTILE)
    assert "&lt;script&gt;%(n)s&lt;/script&gt;" in page
    assert "<script>" not in page


def test_what_is_offered_is_escaped_and_one_is_chosen():
    drawn = options([("a", HOSTILE), ('"b', "B")], '"b')
    assert "<script>" not in drawn
    assert drawn.endswith('<option value="&#34;b" selected>B</option>')
    assert drawn.count("selected") == 1
    assert "selected" not in options([("a", HOSTILE), ('"b', "B")], "")


def test_a_place_that_was_renamed_is_offered_by_its_new_name(world):
    client = world.client("super")
    before = client.get("/enterprises/list/").text
    with world.seen_from(), unit_of_work():
        region = db.session.get(Region, LEAGUE)
        old = region.name_en
        region.name_en = "New name"
        region.name_zh = "新名"
    after = client.get("/enterprises/list/").text
    assert f"{old}</option>" in before
    assert f"{old}</option>" not in after
    assert "New name</option>" in after
