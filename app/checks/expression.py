"""From the text of a rule to its typed tree.

Nothing of the text is ever run: it is parsed by the grammar, and every name in it must be a
sheet, a column, a fact or a function known here.  What cannot be read raises `BadExpression`,
which says where and why.
"""

from decimal import Decimal

from flask_babel import gettext as _

from app.checks.builder import Builder
from app.checks.clauses import ClauseBuilder
from app.checks.naming import BadExpression
from app.checks.nodes import Expression, Node
from app.checks.parsing import parsed
from app.checks.schema import Schema
from app.checks.written_out import WRITTEN_OUT

LONGEST = 4000


def parse(text: str, schema: Schema, tolerance: Decimal | None = None) -> Expression:
    """The tree of *text*; ``tolerance`` in it stands for the number that the rule keeps."""
    tree = parsed(_bounded(text))
    builder = ClauseBuilder(schema, tolerance, WRITTEN_OUT)
    clauses = (one for part in tree.children for one in builder.clauses(part))
    return Expression(text, tuple(clauses))


def parse_value(text: str, schema: Schema, tolerance: Decimal | None = None) -> Node:
    """The tree of a single figure, as a rule may show it in its sentence."""
    return Builder(schema, tolerance, WRITTEN_OUT).build(parsed(_bounded(text), "test"))


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise BadExpression(_("A rule has at most %(n)s characters.", n=LONGEST), LONGEST)
    return text
