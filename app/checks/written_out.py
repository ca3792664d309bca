"""What stands for more than it says: functions of the rule language that are made of others."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.checks import nodes
from app.checks.builder import Builder
from app.checks.naming import Written, data_of, unquoted
from app.checks.nodes import Node
from app.checks.parsing import parsed
from app.checks.schema import CARRIER, PRODUCT, Type

NESTED = ((("3001",), ("3002",)), (("2602", "2603", "2604"), ("2606",)))  # inner, outer products
TIMES = ("prev", "ly", "first", "annual")


def _approx(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    named = {str(a.children[0]): a.children[1] for a in arguments if a.data == "keyword"}
    left, right = self.exactly(tree, [a for a in arguments if a.data != "keyword"], 2)
    if named.keys() != {"abs", "rel"}:
        self.refuse(tree, _("approx is written approx(a, b, abs=…, rel=…)."))
    return nodes.Approx(
        self.number(left), self.number(right), self.number(named["abs"]), self.number(named["rel"])
    )


def _chg(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    left, right = self.exactly(tree, arguments, 2)
    return nodes.Change(self.number(left), self.number(right))


def _choose(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    test, left, right = self.exactly(tree, arguments, 3)
    return nodes.Choose(self.boolean(test), self.number(left), self.number(right))


def _codes_of(self: Builder, tree: Any, arguments: Sequence[Any]) -> tuple[str, ...]:
    """The codes among *arguments*: "09", "10", or "19".."31"."""
    found: list[str] = []
    for argument in arguments:
        if argument.data == "span":
            found += self.span(argument)
        elif argument.data == "body" and data_of(argument.children[0]) == "text":
            found.append(unquoted(argument.children[0].children[0]))
        else:
            self.refuse(tree, _("Codes are expected here."))
    return tuple(found)


def _cell(self: Builder, tree: Any, sheet: str, name: str) -> Node:
    kind = self.sheet(tree, sheet)
    return nodes.Cell(sheet, kind.variable, "", name, kind.columns[name])


def _tce(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    """FM-02 of one column: quantity times adopted coefficient, over the rows of its sheet."""
    if not arguments:
        self.refuse(tree, _("A column is missing here."))
    with self.aggregating(tree):
        cell = self.number(self.one(tree, arguments[:1]))
    if not isinstance(cell, nodes.Cell) or cell.variable != CARRIER:
        self.refuse(tree, _("tce is taken of a column of S2 or S3."))
    body = nodes.Arithmetic("*", cell, _cell(self, tree, "S2", "adopted_coefficient"))
    codes = _codes_of(self, tree, arguments[1:])
    return nodes.Aggregate("sum", body, None, CARRIER, (cell.sheet,), codes)


def _tce_out(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    codes = _codes_of(self, tree, arguments)
    body = _cell(self, tree, "S3", "conversion_output_tce")
    return nodes.Aggregate("sum", body, None, CARRIER, ("S3",), codes)


def _weighted_mean(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    """FM-09."""
    if len(arguments) != 2 or any(a.data != "body" for a in arguments):
        self.refuse(tree, _("This function takes %(n)s arguments.", n=2))
    with self.aggregating(tree):
        value = self.number(arguments[0].children[0])
        weight = self.number(arguments[1].children[0])
    parts = [p for p in arguments[1].children[1:] if data_of(p) == "code_set"]
    codes = self.codes(parts[0]) if parts else ()
    product = nodes.Arithmetic("*", value, weight)
    return nodes.Arithmetic(
        "/",
        self.over_rows(tree, "sum", product, None, codes),
        self.over_rows(tree, "sum", weight, None, codes),
    )


def _produces(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    return _makes(self, tree, _codes_of(self, tree, arguments))


def _makes(self: Builder, tree: Any, products: tuple[str, ...]) -> Node:
    made = nodes.Logic(
        "and",
        (
            _of_product(products),
            nodes.Compare(">", _cell(self, tree, "S6", "denominator"), nodes.Number(Decimal(0))),
        ),
    )
    count = nodes.Aggregate("count", made, None, PRODUCT, ("S6",), ())
    return nodes.Compare(">", count, nodes.Number(Decimal(0)))


def _of_product(products: tuple[str, ...]) -> Node:
    four = nodes.Call("left", (nodes.Key(PRODUCT), nodes.Number(Decimal(4))), Type.TEXT)
    return nodes.Member(four, nodes.Codes(frozenset(products)))


def _nested(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    """The energy of p is inside another row already: clinker in cement, methanol in its ether."""
    if self.build(self.one(tree, arguments)) != nodes.Key(PRODUCT):
        self.refuse(tree, _("%(name)s is asked of %(variable)s.", name="nested", variable="p"))
    return nodes.Logic(
        "or",
        tuple(
            nodes.Logic("and", (_of_product(inner), _makes(self, tree, outer)))
            for inner, outer in NESTED
        ),
    )


def _present(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    inner = self.one(tree, arguments)
    if data_of(inner) == "call" and str(inner.children[0]) in ("prev", "ly"):
        of = _present(self, tree, inner.children[1:])
        return nodes.Shift(str(inner.children[0]), of)
    if data_of(inner) != "row":
        self.refuse(tree, _("present is asked of a row: present(S2[c])."))
    sheet, key = str(inner.children[0]), inner.children[1]
    variable, code = self.row_of(inner, sheet, key)
    self.use(variable)
    return nodes.Present(sheet, variable, code)


def _is_none(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    trees = self.exactly(tree, arguments, len(arguments)) if arguments else []
    if not trees:
        self.refuse(tree, _("This function takes %(n)s arguments.", n=1))
    parts = (nodes.Empty(self.cell_of(one, self.build(one))) for one in trees)
    return nodes.Logic("and", tuple(parts))


def _in_form_range(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    key, value = self.exactly(tree, arguments, 2)
    if self.build(key) != nodes.Key(CARRIER):
        self.refuse(
            tree, _("%(name)s is asked of %(variable)s.", name="in_form_range", variable="c")
        )
    of = self.number(value)
    low, high = (
        nodes.Lookup(name, CARRIER, self.schema.lookups[name][1])
        for name in ("form_min", "form_max")
    )
    return nodes.Logic("and", (nodes.Compare("<=", low, of), nodes.Compare("<=", of, high)))


def _no_form_range(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    if self.build(self.one(tree, arguments)) != nodes.Key(CARRIER):
        self.refuse(
            tree, _("%(name)s is asked of %(variable)s.", name="no_form_range", variable="c")
        )
    return nodes.Empty(nodes.Lookup("form_min", CARRIER, self.schema.lookups["form_min"][1]))


def _at(time: str) -> Written:
    def shifted(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
        return nodes.Shift(time, _in_time(self, tree, self.build(self.one(tree, arguments)), time))

    return shifted


def _in_time(self: Builder, tree: Any, node: Node, time: str) -> Node:
    """The year's own sheet has no quarters before it."""
    shifts = {one.to for one in node.walk() if isinstance(one, nodes.Shift)}
    if "annual" in shifts or (time == "annual" and (shifts or _sums_up(node))):
        self.refuse(tree, _("annual is not taken of, nor in, another quarter."))
    return node


def _sums_up(node: Node) -> bool:
    return any(isinstance(one, nodes.YearToDate) for one in node.walk())


def _ytd(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
    return nodes.YearToDate(_in_time(self, tree, self.number(self.one(tree, arguments)), "ytd"))


def _text_macro(text: str) -> Written:
    def written(self: Builder, tree: Any, arguments: Sequence[Any]) -> Node:
        self.exactly(tree, arguments, 0)
        return self.build(parsed(text, "test"))

    return written


WRITTEN_OUT: dict[str, Written] = {
    "ytd": _ytd,
    "approx": _approx,
    "chg": _chg,
    "choose": _choose,
    "tce": _tce,
    "tce_out": _tce_out,
    "weighted_mean": _weighted_mean,
    "produces": _produces,
    "nested": _nested,
    "present": _present,
    "is_none": _is_none,
    "in_form_range": _in_form_range,
    "no_form_range": _no_form_range,
}
IN_WORDS = {  # what is said by other functions; each stands for a text of the language
    "annual_energy": "ytd(S1.comprehensive_energy_calorific)",  # FM-20, asked in Q4 only
    "heating_season": "quarter() == 1 or quarter() == 4",
    "saving_by_product": "sum(S4B[p].b_product_saving)",
    "saving_by_output_value": (  # FM-14
        "ytd(ly(S1.comprehensive_energy_calorific)) / ytd(ly(S1.gross_output_comparable))"
        " * ytd(S1.gross_output_comparable) - ytd(S1.comprehensive_energy_calorific)"
    ),
}
WRITTEN_OUT |= {time: _at(time) for time in TIMES}
WRITTEN_OUT |= {name: _text_macro(text) for name, text in IN_WORDS.items()}
