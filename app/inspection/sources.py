"""Where documents come from that are not uploaded here: what is filed already is not asked twice.

The packages above put theirs in from `app.menu`; nothing here knows them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from flask_babel.speaklater import LazyString
from sqlalchemy import Select


@dataclass(frozen=True, slots=True)
class Linked:
    """A file that lies elsewhere, as pages and archives need it."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime
    address: str  # to take it away
    shown_at: str  # to look at it in a frame


class Source(Protocol):
    """One kind of file that is handed in elsewhere."""

    @property
    def label(self) -> LazyString:
        """Where it comes from."""

    def days_of(self, year: int) -> Mapping[int, date]:
        """Until when the quarters of *year* are handed in, as far as somebody has said."""

    def held(self, year: int) -> Select[Any]:
        """`enterprise_id`, `quarter` (0: of the year) and `uploaded_at` of what is handed in."""

    def files(
        self, enterprises: Collection[int], year: int
    ) -> Mapping[tuple[int, int], Sequence[Linked]]:
        """The files that whoever asks may see, by enterprise and quarter."""

    def place_of(self, enterprise_id: int, year: int, quarter: int) -> str:
        """The address of the page on which it is handed in."""


SOURCES: dict[str, Source] = {}  # by what the catalogue calls it
