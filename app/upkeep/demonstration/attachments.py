"""The files of the invented filings: reports and stamped summaries, tiny PDFs.

In the newest quarters each is a file of its own and stands in the journal; before them what was
handed in together is one scan, which the filing has under several kinds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.period import Quarter
from app.core.uploads import TYPES, storage
from app.filings.printing import SHORT
from app.filings.sheets.attachment import AttachmentKind
from app.review.workflow import Action, State
from app.upkeep.demonstration.journal import Journal
from app.upkeep.demonstration.registry import Made
from app.upkeep.demonstration.story import NEWEST, PERIODS, Event

DIGITS = 10  # of the counter, so that every file is laid out alike
FONT = "/Resources<</Font<</F1 5 0 R>>>>"
TITLES = {
    AttachmentKind.MONTHLY_REPORT: ("Monthly production report", "生产月报"),
    AttachmentKind.ANNUAL_REPORT: ("Annual production report", "生产年报"),
    AttachmentKind.STAMPED_SUMMARY: ("Stamped summary", "综合能源利用状况表（盖章）"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """The filing that files are attached to, by whom."""

    made: Made
    id: int
    period: Quarter
    data_hash: str
    filler: tuple[int, str]

    @property
    def title(self) -> str:
        return f"{self.made.name} {self.period}"


class Files:
    """Rows of sheet A1 with what they speak of, written into the storage as they come."""

    def __init__(self) -> None:
        self.folder = storage()
        self.count = 0
        self.blanks = {kind: blank(title) for kind, (title, _name) in TITLES.items()}

    def of_filing(
        self, held: Held, told: Sequence[Event], journal: Journal
    ) -> Iterator[dict[str, Any]]:
        """What was attached before each submission; nothing to a filing that has none."""
        newest, kept = held.period in PERIODS[-NEWEST:], None
        for key, (kind, at, cells) in enumerate(_wanted(held, told), 1):
            if kept is None or newest or cells["summary_version"] not in (None, 1):
                self.count += 1
                pdf = self.blanks[kind].replace(b"#" * DIGITS, b"%0*d" % (DIGITS, self.count))
                kept = self.folder.put_small(pdf)
            file = {
                "file_name": f"{held.period} {TITLES[kind][1]}.pdf",
                "sha256": kept.sha256,
                "size": kept.size,
            }
            yield {
                "filing_id": held.id,
                "place": held.made.place,
                "key": str(key),
                "media_type": TYPES["pdf"],
                "uploaded_by_id": held.filler[0],
                "uploaded_by": held.filler[1],
                "uploaded_at": at,
                **file,
                **cells,
            }
            subject = ("filing", held.id, held.title)
            if newest:
                facts = {**file, **cells}
                journal.add(at, "filing:attach", held.made.place, subject, held.filler, **facts)


def _wanted(
    held: Held, told: Sequence[Event]
) -> Iterator[tuple[AttachmentKind, datetime, dict[str, Any]]]:
    submitted = [event for event in told if event.action is Action.SUBMIT]
    if not submitted:
        return
    at = submitted[0].at - timedelta(hours=5)
    months = ",".join(map(str, held.period.months))
    yield _file(AttachmentKind.MONTHLY_REPORT, at, months=months)
    if held.period.quarter == 4:
        yield _file(AttachmentKind.ANNUAL_REPORT, at + timedelta(minutes=6))
    stamps = [(event.version, event.at) for event in submitted]
    if told[-1].end is State.RETURNED:  # printed and stamped anew, not yet handed in
        stamps.append((told[-1].version + 1, told[-1].at + timedelta(hours=30)))
    for version, handed_in in stamps:
        stamp = (version, held.data_hash[:SHORT])
        yield _file(AttachmentKind.STAMPED_SUMMARY, handed_in - timedelta(hours=1), stamp=stamp)


def _file(
    kind: AttachmentKind,
    at: datetime,
    *,
    months: str | None = None,
    stamp: tuple[int | None, str | None] = (None, None),
) -> tuple[AttachmentKind, datetime, dict[str, Any]]:
    cells = {
        "kind": kind,
        "months_covered": months,
        "summary_version": stamp[0],
        "summary_hash8": stamp[1],
    }
    return kind, at, cells


def blank(title: str) -> bytes:
    """A page with *title* and room for a counter."""
    text = f"BT /F1 18 Tf 60 760 Td ({title} {'#' * DIGITS}, demonstration) Tj ET"
    bodies = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R{FONT}>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    file, places = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(file))
        file += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(bodies) + 1
    return (
        f"{file}xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(file)}\n%%EOF\n"
    ).encode("ascii")
