"""Where the boxes of a tree stand: levels from left to right, leaves from top to bottom."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.energy_staff.chart_rows import ChartKind, Row

WIDTH, HEIGHT = 190, 56
ACROSS, DOWN = 60, 18  # between two boxes
EDGE = 12
LONGEST = 12  # full characters of a line; Latin ones count half


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    lines: Sequence[str]
    level: int  # 0 is the first

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Drawing:
    boxes: Sequence[Box]
    links: Sequence[tuple[Box, Box]]  # from the upper to the lower
    width: int
    height: int


def laid_out(kind: ChartKind, rows: Sequence[Row]) -> Drawing:
    """*rows* are without flaws: each names a row above it or none, and none itself."""
    below: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda one: one.get("energy_code", "")):
        below.setdefault(row["parent"], []).append(row)
    boxes: list[Box] = []
    links: list[tuple[Box, Box]] = []
    bottom = EDGE

    def place(row: Row, level: int) -> Box:
        nonlocal bottom
        children = [place(one, level + 1) for one in below.get(row[kind.key], ())]
        if children:
            y = (children[0].y + children[-1].y) // 2
        else:
            y = bottom
            bottom += HEIGHT + DOWN
        box = Box(EDGE + level * (WIDTH + ACROSS), y, _lines(kind, row), level)
        boxes.append(box)
        links.extend((box, child) for child in children)
        return box

    for root in below.get("", ()):
        place(root, 0)
    levels = max((box.level for box in boxes), default=0) + 1
    width = 2 * EDGE + levels * WIDTH + (levels - 1) * ACROSS
    return Drawing(boxes, links, width, max(bottom - DOWN + EDGE, 2 * EDGE))


def _lines(kind: ChartKind, row: Row) -> list[str]:
    if kind is ChartKind.ORGANISATION:
        said = [row["title"], " ".join(filter(None, (row["person"], row["position"])))]
    else:
        said = [row["name"], f"{row['meter_no']} · {row['measured_object']}".strip(" ·")]
    return [_short(text) for text in said if text]


def _short(text: str) -> str:
    width, kept = 0.0, ""
    for character in text:
        width += 0.55 if character.isascii() else 1
        if width > LONGEST:
            return f"{kept}…"
        kept += character
    return kept
