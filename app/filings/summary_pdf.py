"""The printed summary as a PDF: with its version, the beginning of its hash, and a QR code."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import segno
from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import TableCellFillMode
from fpdf.fonts import FontFace

from app.core.clock import as_shown
from app.filings.printing import Printed, Summary

FONT = "song"
MARGIN, QR = 12, 26  # mm
GREY = (235, 238, 241)


class _Paper(FPDF):
    """A4 with version and hash at the foot of every page."""

    def __init__(self, font: Path, foot: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        self.add_font(FONT, "", str(font))
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=16)

    def footer(self) -> None:
        self.set_y(-11)
        self.set_font(FONT, size=8)
        self.cell(w=150, text=self.foot)
        self.cell(w=0, align="R", text=f"{self.page_no()} / {{nb}}")


def as_pdf(summary: Summary, *, font: Path, address: str) -> bytes:
    """*address* is where the print can be verified; *font* holds the characters of Chinese."""
    filing = summary.filing
    version = _("version %(n)s", n=summary.version)
    foot = f"{filing.enterprise.name}　{filing.period}　{version}　{summary.short}"
    paper = _Paper(font, foot)
    paper.set_title(f"{_('Summary of energy use')} {filing.enterprise.name} {filing.period}")
    paper.set_creator("Tumen")
    paper.add_page()
    _heading(paper, summary, address)
    for table in summary.tables:
        _table(paper, table)
    _signatures(paper, summary)
    return bytes(paper.output())


def _heading(paper: FPDF, summary: Summary, address: str) -> None:
    filing = summary.filing
    top = paper.get_y()
    paper.image(_qr(address), x=paper.w - MARGIN - QR, y=top, w=QR)
    paper.set_font(FONT, size=18)
    paper.cell(w=0, h=10, text=_("Summary of energy use"), new_x="LMARGIN", new_y="NEXT")
    paper.set_font(FONT, size=10)
    handed_in = (
        _("submitted %(at)s", at=as_shown(summary.submitted_at))
        if summary.submitted_at
        else _("not submitted yet")
    )
    for line in (
        f"{filing.enterprise.name}　{filing.enterprise.credit_code}",
        f"{filing.period}　{filing.energy_level.label}　{handed_in}",
        f"{_('version')} {summary.version}　{_('Data hash')} {summary.short}",
    ):
        paper.cell(w=0, h=6, text=line, new_x="LMARGIN", new_y="NEXT")
    paper.set_y(max(paper.get_y(), top + QR) + 3)
    paper.set_font(FONT, size=9)
    for title, value, unit in summary.headline:
        paper.cell(w=92, h=6, text=title)
        paper.cell(w=0, h=6, text=f"{value or '—'} {unit}", new_x="LMARGIN", new_y="NEXT")


def _table(paper: FPDF, table: Printed) -> None:
    paper.ln(3)
    paper.set_font(FONT, size=11)
    paper.cell(w=0, h=7, text=table.title, new_x="LMARGIN", new_y="NEXT")
    paper.set_font(FONT, size=7.5)
    with paper.table(
        col_widths=_widths(table),
        text_align=tuple("RIGHT" if numeric else "LEFT" for numeric in table.numeric),
        headings_style=FontFace(emphasis="", fill_color=GREY),
        cell_fill_mode=TableCellFillMode.NONE,
        line_height=4.2,
        padding=0.6,
    ) as drawn:
        for line in (table.head, *table.lines):
            row = drawn.row()
            for cell in line:
                row.cell(cell)


def _widths(table: Printed) -> Sequence[int]:
    if len(table.head) == 3:
        return (60, 30, 20)
    return (8, 22, 12, *(15 for _head in table.head[3:]))


def _signatures(paper: FPDF, summary: Summary) -> None:
    """Who answers for it, and where the seal goes."""
    if paper.will_page_break(48):
        paper.add_page()
    paper.ln(6)
    paper.set_font(FONT, size=10)
    for title, value in summary.signed:
        paper.cell(w=92, h=7, text=f"{title}：{value}", new_x="LMARGIN", new_y="NEXT")
    paper.set_xy(paper.w - MARGIN - 60, paper.get_y() - 30)
    paper.cell(w=60, h=30, border=1, align="C", text=_("Seal of the unit"))


def _qr(address: str) -> BytesIO:
    image = BytesIO()
    segno.make(address, error="m").save(image, kind="png", scale=6, border=2)
    image.seek(0)
    return image
