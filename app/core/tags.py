"""A part of a workbook followed tag by tag as it is unpacked, whatever program wrote it.

openpyxl passes over what it does not expect: rows that go back, cells that stand twice, whatever
lies outside of where it is asked to read.  A figure that nobody reads has to be told of, so that
a page is followed here as openpyxl counts, and nothing is kept but addresses.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.parsers.expat import ExpatError, ParserCreate

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.xml.constants import SHEET_MAIN_NS

MOST_ADDRESSES = 20
MOST_MERGED = 1000  # ranges; heads of forms are merged by dozens
ADDRESS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass(slots=True)
class Page:
    """What stands out on a page: merged cells, cells far away from all others, formulas.

    *merged* are ranges like ``E5:F6``.  *astray* are cells that stand twice, or after what comes
    behind them: which one is meant nobody knows.  *formulas* are cells whose result must be
    looked at; not those that say it is an empty text.
    """

    merged: list[str] = field(default_factory=list)
    far: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    formulas: set[str] = field(default_factory=set)


class Part:
    """A part that is no page: read only to see that its tags end.

    What is no XML, a picture say, is read no further than to where that shows.
    """

    def __init__(self) -> None:
        self.fed, self.over = 0, False
        self.parser = ParserCreate(namespace_separator="}")

    def feed(self, piece: bytes) -> None:
        if self.over:
            return
        self.fed += len(piece)
        try:
            self.parser.Parse(piece)
        except (ExpatError, LookupError, ValueError):  # the last two: an encoding that is none
            self.broken()

    def broken(self) -> None:
        self.over = True

    @property
    def place(self) -> str:
        """How far it has been followed, in words for people."""
        return ""

    @property
    def unfinished(self) -> int:
        """How many bytes the tag has so far that has begun and not ended.

        The reader begins it anew with every few bytes that it is given, so that its cost grows
        with the square of its length.
        """
        return 0 if self.over else self.fed - max(0, self.parser.CurrentByteIndex)


class FollowedPage(Part):
    """A page of cells; *rows* and *columns* are how much of it will be read.

    `ValueError` for what is no XML, and for addresses that are none.
    """

    def __init__(self, name: str, rows: int, columns: int) -> None:
        super().__init__()
        self.name, self.page, self.rows, self.columns = name, Page(), rows, columns
        self.row = self.column = self.lowest = 0
        self.goes_back = self.is_text = False
        acts: Mapping[str, Callable[[Mapping[str, str]], None]] = {
            "row": self._row,
            "c": self._cell,
            "v": self._result,
            "is": self._filled,
            "f": self._formula,
            "mergeCell": self._merged,
        }
        self.acts = {f"{SHEET_MAIN_NS}}}{name}": act for name, act in acts.items()}
        self.parser.StartElementHandler = self._start

    def broken(self) -> None:
        raise ValueError("no XML")

    @property
    def place(self) -> str:
        return f"{PurePosixPath(self.name).stem} {self._here()}" if self.column else ""

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if act := self.acts.get(tag):
            act(attributes)

    def _row(self, attributes: Mapping[str, str]) -> None:
        told = attributes.get("r")
        self.row = self.row + 1 if told is None else int(told)
        self.goes_back = self.row <= self.lowest
        self.lowest = max(self.lowest, self.row)
        self.column = 0

    def _cell(self, attributes: Mapping[str, str]) -> None:
        row, column = self.row, self.column + 1
        if told := attributes.get("r"):
            found = ADDRESS.fullmatch(told)
            if found is None:
                raise ValueError(told)
            row, column = int(found[2]), column_index_from_string(found[1])
        strays = column <= self.column or row != self.row
        self.column, self.is_text = column, attributes.get("t") == "str"
        if strays:  # the empty one too: it would wipe out the other
            self._note(self.page.astray)

    def _filled(self, _attributes: Mapping[str, str]) -> None:
        if self.row > self.rows or self.column > self.columns:
            self._note(self.page.far)
        elif self.goes_back:
            self._note(self.page.astray)

    def _result(self, attributes: Mapping[str, str]) -> None:
        """Of a formula that makes a text the result may be empty, as long as it is there."""
        self._filled(attributes)
        if self.is_text:
            self.page.formulas.discard(self._here())

    def _formula(self, attributes: Mapping[str, str]) -> None:
        self._filled(attributes)
        self.page.formulas.add(self._here())

    def _merged(self, attributes: Mapping[str, str]) -> None:
        merged, ref = self.page.merged, attributes.get("ref", "")
        ends = [ADDRESS.fullmatch(end) for end in ref.split(":")]
        if len(ends) == 2 and all(ends) and len(merged) < MOST_MERGED:
            merged.append(ref)

    def _note(self, places: list[str]) -> None:
        if len(places) < MOST_ADDRESSES:
            _add(places, self._here())

    def _here(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"


def _add(places: list[str], place: str) -> None:
    if len(places) < MOST_ADDRESSES and place not in places:
        places.append(place)
