"""Annexes 1 and 2 on paper, laid out as the official forms are."""

from collections.abc import Sequence
from pathlib import Path

from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import Align, TableCellFillMode, WrapMode

from app.energy_staff.fields import STAFF, Annex, Field
from app.energy_staff.models import EnergyForm
from app.energy_staff.queries import shown_fields, shown_staff

FONT = "song"
MARGIN = 18  # mm
LABEL, VALUE = 40, 47  # mm; two of each a line
LONG = 42  # mm that a long text has at least


def as_pdf(form: EnergyForm, *, openly: bool, font: Path) -> bytes:
    """*openly*: with phones, age and e-mail; else masked."""
    paper = FPDF(format="A4")
    paper.add_font(FONT, "", str(font))
    paper.set_margins(MARGIN, MARGIN)
    paper.set_title(str(form.annex.label))
    paper.set_creator("Tumen")
    paper.add_page()
    said = shown_fields(form, openly=openly)
    if form.annex is Annex.HEADS:
        _heads(paper, form, said, shown_staff(form, openly=openly))
    else:
        _person(paper, form, said)
    return bytes(paper.output())


def _title(paper: FPDF, title: str) -> None:
    paper.set_font(FONT, size=16)
    paper.multi_cell(w=0, h=9, text=title, align=Align.C, new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)
    paper.set_font(FONT, size=10)


def _heads(
    paper: FPDF, form: EnergyForm, said: dict[str, str], staff: Sequence[Sequence[str]]
) -> None:
    _title(paper, _("Energy managers appointed and energy posts of key energy-using units"))
    fields = [one for one in form.annex.fields if not one.name.startswith("prepared")]
    _pairs(paper, fields, said)
    paper.cell(
        w=2 * (LABEL + VALUE),
        h=9,
        text=_("Energy management staff appointed"),
        border=1,
        align=Align.C,
        new_x="LMARGIN",
        new_y="NEXT",
    )
    with paper.table(
        col_widths=(24, 32, 30, 22, 40, 26),
        width=2 * (LABEL + VALUE),
        align=Align.L,
        text_align=Align.C,
        cell_fill_mode=TableCellFillMode.NONE,
        first_row_as_headings=False,
        line_height=6,
        wrapmode=WrapMode.CHAR,
    ) as table:
        table.row([str(one.label) for one in STAFF])
        for line in staff:
            table.row(list(line))
        for _empty in range(max(0, 4 - len(staff))):
            table.row([" "] * len(STAFF))
    paper.ln(4)
    for name in ("prepared_by", "prepared_on"):
        label = next(str(one.label) for one in form.annex.fields if one.name == name)
        paper.cell(w=LABEL + VALUE, h=8, text=f"{label}：{said[name]}")


def _person(paper: FPDF, form: EnergyForm, said: dict[str, str]) -> None:
    _title(paper, _("Energy management staff of key energy-using units of the autonomous region"))
    number = f"{_('Number on record')}：{form.record_no or ''}"
    paper.cell(w=0, h=7, text=number, align=Align.R, new_x="LMARGIN", new_y="NEXT")
    names = [one.name for one in form.annex.fields]
    first, last = names.index("name"), names.index("duties")
    _group(paper, _("The enterprise"), form.annex.fields[:first], said)
    _group(paper, _("The person"), form.annex.fields[first:last], said)
    for one in form.annex.fields[last:]:
        _long(paper, one, said[one.name])


def _group(paper: FPDF, title: str, fields: Sequence[Field], said: dict[str, str]) -> None:
    paper.cell(
        w=2 * (LABEL + VALUE),
        h=8,
        text=title,
        border=1,
        align=Align.C,
        new_x="LMARGIN",
        new_y="NEXT",
    )
    _pairs(paper, fields, said)


def _pairs(paper: FPDF, fields: Sequence[Field], said: dict[str, str]) -> None:
    """Two fields a line; a wide one has a line of its own."""
    with paper.table(
        col_widths=(LABEL, VALUE, LABEL, VALUE),
        width=2 * (LABEL + VALUE),
        align=Align.L,
        text_align=(Align.C, Align.L, Align.C, Align.L),
        cell_fill_mode=TableCellFillMode.NONE,
        first_row_as_headings=False,
        line_height=6,
        wrapmode=WrapMode.CHAR,
        padding=1,
    ) as table:
        for line in _lines(fields):
            row = table.row()
            for one in line:
                row.cell(_label(one))
                row.cell(said[one.name] or " ", colspan=3 if len(line) == 1 else 1)


def _lines(fields: Sequence[Field]) -> list[list[Field]]:
    lines: list[list[Field]] = []
    for one in fields:
        if not one.wide and lines and len(lines[-1]) == 1 and not lines[-1][0].wide:
            lines[-1].append(one)
        else:
            lines.append([one])
    return lines


def _label(one: Field) -> str:
    return _("Age") if one.name == "birth_year" else str(one.label)


def _long(paper: FPDF, one: Field, text: str) -> None:
    """The label on the left, the text beside it, and room for signature and seal."""
    top = paper.get_y()
    if top + LONG > paper.h - MARGIN:
        paper.add_page()
        top = paper.get_y()
    left = paper.l_margin
    paper.set_xy(left + LABEL + 2, top + 2)
    width = LABEL + 2 * VALUE - 4
    paper.multi_cell(w=width, h=6, text=text, new_x="LMARGIN", new_y="NEXT")
    height = max(LONG, paper.get_y() - top + 12)
    paper.rect(left, top, LABEL, height)
    paper.rect(left + LABEL, top, LABEL + 2 * VALUE, height)
    paper.set_xy(left + 1, top + height / 2 - 6)
    paper.multi_cell(w=LABEL - 2, h=6, text=_label(one), align=Align.C)
    if one.name == "head_opinion":
        seal = _("Signature and seal of the head of the enterprise, date:")
        paper.set_xy(left + LABEL, top + height - 9)
        paper.cell(w=LABEL + 2 * VALUE - 6, h=6, text=seal, align=Align.R)
    paper.set_xy(left, top + height)
