"""What the clauses of rules are called: the processes, fields and changes that sentences name.

Their words are data beside the rules; a label that stands in no file is its own word.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "labels.csv"


@cache
def labels(language: str) -> Mapping[str, str]:
    """By label, in *language*: ``zh`` or ``en``."""
    with FILE.open(encoding="utf-8") as file:
        return {row["label"]: row[language] for row in csv.DictReader(file)}
