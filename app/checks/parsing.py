"""Reading the text of a rule by its grammar."""

from functools import cache

from flask_babel import gettext as _
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from app.checks.grammar import GRAMMAR
from app.checks.naming import BadExpression


def parsed(text: str, start: str = "rule") -> Tree[Token]:
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        at = len(text) if ended else min(max(error.pos_in_stream or 0, 0), len(text))
        found = text[at : at + 12].strip()
        raise BadExpression(
            _("“%(text)s” is not expected here.", text=found)
            if found
            else _("The rule ends too early."),
            at,
        ) from None


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR,
        start=["rule", "test"],
        parser="lalr",
        propagate_positions=True,
        maybe_placeholders=False,
    )
