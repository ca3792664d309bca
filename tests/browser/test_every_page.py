"""Every page of every role, walked from the menu: accessible, quiet, and within the window.

``make test`` walks each page once; ``WALK=all``, as continuous integration sets it, walks all
pages of all roles, and looks in both themes at each that has a part not looked at before.
"""

import os
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from app.core.clock import today
from app.energy_staff.chart_rows import ChartKind
from app.review.workflow import Action
from tests.browser.looking import UNDRAWN, breaches, in_the_dark, look, snap
from tests.energy_staff.test_charts import fill as fill_chart
from tests.energy_staff.test_forms import begin, handed_in
from tests.inspection.handing_in import hand_in
from tests.support.saying import announced, reached, reported
from tests.world import PEOPLE

ALL = os.environ.get("WALK") == "all"
NO_PAGE = re.compile(
    r"/logout|/lang/|\.(xlsx|pdf|svg|png|zip)|/files/|/exports/\d+/file|/template|/attachments/|/scan/"
    r"|/static/|/api/"
)
# whose pages nobody else has come first; the rest only adds what is new
ORDER = ["super", "league", "confirmer", "county", "region", "staff", "observer", "filler"]
HALVES = [["super", "staff", "observer", "filler"], ["league", "confirmer", "county", "region"]]
MOST = 120  # pages of one person: a walk that does not end is a mistake of the walk


@pytest.fixture
def settled(world):
    """Something on every list: filings in several states, one of them returned."""
    returned = world.filled("confirmer")
    world.act("confirmer", Action.SUBMIT, returned)
    world.act("county", Action.RETURN, returned, "The electricity bill is missing.")
    world.act("large_confirmer", Action.SUBMIT, world.filled("large_confirmer"))
    done = world.filled("next_confirmer")
    world.act("next_confirmer", Action.SUBMIT, done)
    handed_in(world)
    begin(world, "heads")
    for kind in ChartKind:
        fill_chart(world, kind)
    hand_in(world, "D2202", today().year, expires_on=today())
    announced(world, body="The first paragraph.\n\nThe second,\nin two lines.")
    reached(world, hours="9:00 - 17:00", notes="Have the name of the enterprise at hand.")
    for who in ("super", "league", "confirmer"):
        reported(world, who, page="/filings/list/?period=all")
    return world


def shape(address):
    """What kind of page this is: its path with the numbers left out."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


class Markup(HTMLParser):
    """The links of a page and the parts it is made of: elements with what styles them, in what.

    Who has looked at all parts of a page has looked at the page: what differs is text.
    """

    ALIKE = ("id", "href", "value", "title", "for", "name", "datetime", "style", "aria-label")
    SPELLED = ("class", "role", "type")  # by their value; of other attributes the name will do
    VOID = frozenset("br col hr img input link meta source wbr".split())

    def __init__(self, text):
        super().__init__()
        self.links, self.parts, self._within = [], set(), [""]
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        spelled = {name: value for name, value in attrs if name in self.SPELLED}
        named = {name for name, _ in attrs if name not in (*self.ALIKE, *self.SPELLED)}
        part = " ".join([tag, *(f"{n}={v}" for n, v in sorted(spelled.items())), *sorted(named)])
        self.parts.add((self._within[-1], part))
        if tag not in self.VOID:
            self._within.append(part)
        if tag == "a" and dict(attrs).get("href"):
            self.links.append(dict(attrs)["href"])

    def handle_startendtag(self, tag, _attrs):  # in a drawing: it holds nothing
        self.parts.add((self._within[-1], tag))

    def handle_endtag(self, tag):
        for depth in reversed(range(1, len(self._within))):
            if self._within[depth].split()[0] == tag:
                del self._within[depth:]
                return


def walk(page, home, skipped=()):
    """Yield the markup of each kind of page, from the first one along all links."""
    waiting, found = [home], {shape(home)}
    while waiting:
        address = waiting.pop(0)
        answer = page.request.get(address)
        assert answer.ok, f"{answer.status} {address}"
        markup = Markup(answer.text())
        if shape(address) not in skipped:
            yield address, markup
        for link in markup.links:
            plain = urljoin(answer.url, link).partition("#")[0]
            if not plain.startswith(home) or NO_PAGE.search(plain) or shape(plain) in found:
                continue
            found.add(shape(plain))
            waiting.append(plain)


def picture_name(who, theme, address):
    return f"{who}-{theme}{shape(address).replace('/', '-')}".rstrip("-")


@pytest.mark.parametrize("people", HALVES if ALL else [ORDER], ids=", ".join)
def test_every_page_is_accessible_quiet_and_within_the_window(browser, settled, people):
    seen, parts, wrong = set(), set(), {}
    assert set(people) <= set(PEOPLE)
    for who in people:
        with browser.person(who) as page:
            for count, (address, markup) in enumerate(
                walk(page, f"{browser.address}/", () if ALL else seen)
            ):
                assert count < MOST
                if shape(address) in seen and markup.parts <= parts:
                    continue
                page.goto(address)
                page.locator(UNDRAWN).wait_for(state="detached")
                seen.add(shape(address))
                found = look(page, picture_name(who, "light", address))
                if not markup.parts <= parts:
                    found += breaches(page)
                    if ALL:
                        found += in_the_dark(page, picture_name(who, "dark", address))
                parts |= markup.parts
                if found:
                    wrong[f"{who} {address}"] = found
    assert wrong == {}
    assert len(seen) > 25, sorted(seen)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "address", ["/people/add", "/enterprises/add", "/account/password/", "/support/"]
)
def test_a_form_with_mistakes_says_so_to_everybody(browser, theme, address):
    with browser.person("league", theme=theme) as page:
        page.goto(f"{browser.address}{address}")
        page.locator("main form.form").evaluate("form => { form.noValidate = true; }")
        page.locator("main form.form button").last.click()
        summary = page.locator("section.problems")
        assert summary.evaluate("element => element === document.activeElement")
        summary.locator("a").first.click()
        field = page.locator("[aria-invalid=true]").first
        said = field.get_attribute("aria-describedby").split()
        assert page.locator(f"[id='{said[0]}']").inner_text().strip()
        assert breaches(page) == []
        assert not look(page, f"mistakes-{theme}{address.replace('/', '-')}".rstrip("-"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_is_accessible_too(browser, theme):
    with browser.person("league", theme=theme) as page:
        for opener in page.locator("summary.tool").all():
            opener.click()
            assert breaches(page) == []
        page.keyboard.press("Escape")
        assert page.locator("details.drop[open]").count() == 0
        page.locator("main").click()
        page.keyboard.press("?")
        assert page.locator("dialog#keys").evaluate("one => one.open")
        assert breaches(page) == []
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 390, "height": 800})
        page.get_by_role("button", name="Menu").click()
        page.locator("#side.show").wait_for()
        page.wait_for_timeout(400)  # it slides in
        assert breaches(page) == []
        snap(page, f"menu-{theme}-390")
        page.keyboard.press("Escape")
        page.locator("#side.show").wait_for(state="detached")


def test_a_page_that_is_not_there_is_accessible_too(browser):
    with browser.page() as page:
        page.goto(f"{browser.address}/login/")
        assert breaches(page) == []
