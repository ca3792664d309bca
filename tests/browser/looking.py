"""Look at a page as it is now: with axe, at three widths, in the dark; and take pictures.

``PICTURES=build/pages make test T=tests/browser`` leaves a picture of all that was looked at.
"""

import os
from pathlib import Path

AXE = Path("node_modules/axe-core/axe.min.js")
COLOURS = ["color-contrast"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ASK_AXE = """
async (rules) => (await axe.run({ runOnly: rules })).violations.map((one) =>
  `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).slice(0, 3).join(" | ")}`)
"""
UNDRAWN = "figure[data-chart]:not([hidden]):not(:has(canvas))"
WIDTHS = (1440, 1024, 390)
PICTURES = os.environ.get("PICTURES")


def snap(page, name, *, whole=False):
    """A picture called *name*, if pictures are wanted."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=whole)


def look(page, name):
    """Tells at which widths something reaches out of the window."""
    wrong = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        snap(page, f"{name}-{width}", whole=True)
        if wide > width:
            wrong.append(f"{wide} px in a window of {width}")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return wrong


def breaches(page, rules=RULES):
    """What axe finds on the page as it is now."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE.read_text())
    return page.evaluate(ASK_AXE, rules)


def in_the_dark(page, name):
    """The same page in the other theme: colours are all that differs."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # nothing fades meanwhile
    page.locator(UNDRAWN).wait_for(state="detached")
    found = breaches(page, COLOURS)
    snap(page, f"{name}-{WIDTHS[0]}", whole=True)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return found
