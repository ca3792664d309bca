"""Finding something by any part of what people know of it: words, codes, initials."""

import re
import unicodedata
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

SPACES = re.compile(r"\s+")


class holds(FunctionElement[bool]):  # noqa: N801  a function of SQL, written as one
    """``holds(text, part)``: whether *text* has *part* in it, to the letter.

    Both are folded already, so that no pattern is needed: a walk through the registry takes
    a fifth less than by LIKE on SQLite.
    """

    type = Boolean()
    inherit_cache = True


@compiles(holds, "sqlite")
def _by_instr(element: Any, compiler: Any, **how: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **how)}) > 0)"


@compiles(holds, "postgresql")
def _by_strpos(element: Any, compiler: Any, **how: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **how)}) > 0)"


def initials(name: str) -> str:
    """The first letters of the syllables: 示例化工 is ``slhg``."""
    # its dictionary takes half a second and 30 MiB; most processes never enter a name
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default")
    return "".join(c for c in "".join(letters).lower() if c.isalnum() and c.isascii())


def folded(text: str) -> str:
    """*text* in lower case, half-width."""
    return unicodedata.normalize("NFKC", text).lower()


def search_text(name: str, short_name: str, code: str) -> str:
    """What a search looks through: both names, the code, and the initials of both names."""
    parts = (name, short_name, code, initials(name), initials(short_name))
    return " ".join(dict.fromkeys(folded(part) for part in parts if part))[:400]


def matches(column: Any, typed: str) -> ColumnElement[bool]:
    """Rows whose *column* has every word of *typed* somewhere, in any order."""
    words = [word for word in SPACES.split(folded(typed).strip()) if word][:6]
    return and_(*(holds(column, word) for word in words))
