"""The catalogue of the manual, from the project's own data file.

Where the printed table leaves something open, the file decides, and the region changes it by an
edition from a year on:

* The frequency of every row is the printed one, that of certificates (D2202, D7101) too: they
  are asked for once, but say until when they are valid, and have expired then (`expires`).
* D5102, analyses "from time to time", stays "once": a yearly one is an edition away.
* The ledger of instruments and the network drawing (D2201) are one document with two parts.
* What is called "and the like" or proof takes several files (`several`).
* The reports D3201 and D3301 are what is attached to the quarterly filings (`taken_from`).
* D7101 and D7102 are alternatives: who answers that the system is certified is not asked for
  the documents of one that is not.
"""

import csv
from pathlib import Path

from sqlalchemy import select

from app.core.dated import FROM_THE_BEGINNING
from app.core.db import db
from app.inspection.kinds import Frequency, Necessity, Question, Template
from app.inspection.models import InspectionDocument

FILE = Path(__file__).parent / "data" / "inspection_documents.csv"
SOURCE = "附件：节能管理情况表"
PLAIN = (
    "code chapter_zh chapter_en item_no item_zh item_en name_zh name_en frequency_zh "
    "parts_zh parts_en taken_from content_zh content_en"
).split()


def load_inspection_documents() -> int:
    """Add the documents that are missing. Returns how many."""
    known = set(db.session.scalars(select(InspectionDocument.code)))
    with FILE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] not in known]
    db.session.add_all(_document(row) for row in rows)
    db.session.flush()
    return len(rows)


def _document(row: dict[str, str]) -> InspectionDocument:
    return InspectionDocument(
        **{name: row[name] for name in PLAIN},
        **FROM_THE_BEGINNING,
        chapter_no=int(row["chapter_no"]),
        frequency=Frequency.named(row["frequency"]),
        due_month=int(row["due_month"]) if row["due_month"] else None,
        necessity=Necessity.named(row["necessity"]),
        question=Question.named(row["question"]) if row["question"] else None,
        template=Template.named(row["template"]) if row["template"] else None,
        several=row["several"] == "1",
        expires=row["expires"] == "1",
        in_use=True,
        source=SOURCE,
    )
