"""A form that counts from January on (sheets.md, period basis), made one of the quarter alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from app.core.errors import Problem
from app.filings.beside import Beside, Taken, beside_of, single_quarter
from app.filings.models import Filing
from app.filings.operations import carried
from app.filings.sheet import Over, SheetRow, address
from app.filings.values import text_of
from app.filings.workbook.sent import Sent, is_blank

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Apart:
    """The rows of the quarter alone, and how each of their cells was come by."""

    rows: list[dict[str, object]]
    taken: Sequence[Taken]
    problems: Sequence[Problem]  # by the places of the filing
    notes: Sequence[str]


def taken_apart(filing: Filing, kind: type[SheetRow], form: Sent) -> Apart:
    """Of the cumulative rows of *form* those of the quarter: flows less the earlier quarters.

    Opening stocks are those carried into the quarter, all else is taken as it stands.  A figure
    that is less than what was filed before, or is not there any more, is a problem; it stays as
    it was sent.
    """
    beside = beside_of(filing, kind)
    name = kind.sheet.key_name
    sent = {str(row[name]): dict(row) for row in form.rows[kind.sheet.key]}
    cells = [(key, column) for key, row in sent.items() for column in row if column != name]
    subtracted, problems = [], list(_missing(beside, form, sent))
    for one in single_quarter(beside, sent, cells):
        if Decimal(one.value) < 0 and not kind.fields()[one.name].negative:
            told = _(
                "%(what)s: less than the earlier quarters of the year have: %(how)s.",
                what=kind.fields()[one.name].title,
                how=one.told,
            )
            problems.append(Problem(address(kind, one.key, one.name), told))
        else:
            subtracted.append(one)
    taken = [*subtracted, *_opening(beside, sent)]
    for one in taken:
        sent[one.key][one.name] = one.value
    notes = [
        _("No figures for %(period)s are kept; nothing was taken off for it.", period=period)
        for period in beside.without_flows()
    ]
    return Apart(list(sent.values()), taken, problems, notes)


def _opening(beside: Beside, sent: Mapping[str, Row]) -> Iterator[Taken]:
    """The stocks that were carried from the last quarter of the year that has any."""
    kind = beside.kind
    stocks = [n for n, what in kind.inputs().items() if what.over_quarters is Over.FIRST]
    begun = {
        period: carried({kind.sheet.key: rows})[kind.sheet.key]
        for period in reversed(beside.earlier)
        if (rows := beside.rows.get(period))
    }
    for key, row in sent.items():
        for name in stocks:
            known = ((period, of.get(key, {}).get(name)) for period, of in begun.items())
            period, value = next((one for one in known if one[1] is not None), (None, None))
            if value is None or name not in row:
                continue
            told = _(
                "%(stock)s: the closing stock of %(period)s. In the form stands that of the "
                "beginning of the year.",
                stock=text_of(value, kind.fields()[name].kind),
                period=period,
            )
            yield Taken(key, name, f"{value:f}", told)


def _missing(beside: Beside, form: Sent, sent: Mapping[str, Row]) -> Iterator[Problem]:
    """What the earlier quarters have and the form has not: it would count as less than nothing.

    What stands in the form and cannot be read is told of elsewhere; a row among it may be any.
    """
    kind = beside.kind
    unread = {one.where for one in form.problems}
    columns = form.form.columns if form.form else {}
    before = {key for period in beside.earlier for key in beside.rows.get(period, {})}
    for key in sorted(before if not form.loose else before & sent.keys()):
        for name in columns:
            what, had = kind.fields()[name], beside.so_far(key, name)
            if not had or not is_blank(sent.get(key, {}).get(name)):
                continue
            if address(kind, key, name) in unread:
                continue
            told = _(
                "%(row)s %(what)s: the earlier quarters of the year have %(figure)s, the form has "
                "nothing; fill in what there is from January on.",
                row=key,
                what=what.title,
                figure=text_of(had, what.kind),
            )
            yield Problem(address(kind, key, name if key in sent else ""), told)
            if key not in sent:
                break
