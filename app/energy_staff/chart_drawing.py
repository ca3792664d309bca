"""A tree as a picture: SVG for the page and to take away, PNG to put into a text."""

from io import BytesIO
from pathlib import Path

from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont

from app.energy_staff.chart_layout import HEIGHT, WIDTH, Box, Drawing

SIZE, FIRST, STEP = 14, 24, 20  # of a letter, of the first line in a box, between two lines
SHARP = 2  # pixels of the PNG for one of the SVG
MOST_PIXELS = 40_000_000


def as_svg(drawing: Drawing, title: str) -> Markup:
    """It stands alone in black on white; in a page the style sheet gives it our colours.

    Every text is escaped.
    """
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="tree" role="img" width="{w}" '
            'height="{h}" viewBox="0 0 {w} {h}" font-family="sans-serif" font-size="{size}">'
            "<title>{title}</title>"
        ).format(w=drawing.width, h=drawing.height, size=SIZE, title=title)
    ]
    for upper, lower in drawing.links:
        a, b, half = upper.x + WIDTH, lower.x, (upper.x + WIDTH + lower.x) // 2
        way = f"M{a} {upper.middle}H{half}V{lower.middle}H{b}"
        parts.append(Markup('<path d="{}" fill="none" stroke="black"/>').format(way))
    for box in drawing.boxes:
        parts.append(
            Markup(
                '<rect x="{}" y="{}" width="{}" height="{}" rx="6" fill="white" stroke="black"/>'
            ).format(box.x, box.y, WIDTH, HEIGHT)
        )
        parts.extend(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                box.x + WIDTH // 2, _line_at(box, number), line
            )
            for number, line in enumerate(box.lines)
        )
    return Markup("").join([*parts, Markup("</svg>")])


def as_png(drawing: Drawing, font: Path) -> bytes:
    """The same, drawn by us: nothing that reads SVG is needed; smaller where it would be huge."""
    scale = SHARP if drawing.width * drawing.height * SHARP**2 <= MOST_PIXELS else 1
    image = Image.new("L", (drawing.width * scale, drawing.height * scale), 255)
    pen, letters = ImageDraw.Draw(image), ImageFont.truetype(str(font), SIZE * scale)
    for upper, lower in drawing.links:
        half = (upper.x + WIDTH + lower.x) // 2
        way = [(upper.x + WIDTH, upper.middle), (half, upper.middle)]
        way += [(half, lower.middle), (lower.x, lower.middle)]
        pen.line([(x * scale, y * scale) for x, y in way], fill=0, width=scale)
    for box in drawing.boxes:
        corners = (box.x, box.y, box.x + WIDTH, box.y + HEIGHT)
        pen.rounded_rectangle([n * scale for n in corners], 6 * scale, fill=255, outline=0)
        for number, line in enumerate(box.lines):
            at = ((box.x + WIDTH // 2) * scale, _line_at(box, number) * scale)
            pen.text(at, line, fill=0, font=letters, anchor="ms")
    image.save(file := BytesIO(), "PNG")
    return file.getvalue()


def _line_at(box: Box, number: int) -> int:
    alone = 9 if len(box.lines) == 1 else 0
    return box.y + FIRST + alone + number * STEP
