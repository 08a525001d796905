"""The receipt of a submitted order: one page in the reader's language, in the layout of the statement.

Its mark is a square with words in the colour of the page: nothing on it looks like an official seal.
"""

import io

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from verification.statement.facts import ReceiptFacts
from verification.statement.glyphs import FONT, face
from verification.statement.layout import RULE, SOFT, TOP, Pen, style
from verification.statement.pdf import one_at_a_time

TEAL = HexColor("#0F5F5A")
LEFT, RIGHT = 22 * mm, A4[0] - 22 * mm
WIDTH, LABEL_WIDTH = RIGHT - LEFT, 46 * mm
MARK, MARK_SIDE = ("已收", "资料"), 26 * mm
FOOT = 20 * mm
VALUE, LABEL, NOTE = style(11, 17), style(10, 17, SOFT), style(9.5, 15, SOFT)


def receipt(facts: ReceiptFacts) -> bytes:
    """The receipt as a PDF."""
    target = io.BytesIO()
    with one_at_a_time:
        face()
        canvas = Canvas(target, pagesize=A4, invariant=True, lang=facts.language, initialFontName=FONT)
        canvas.setTitle(f"{facts.title} {facts.reference}")
        _draw(Pen(canvas), facts)
        canvas.save()
    return target.getvalue()


def _draw(pen: Pen, facts: ReceiptFacts) -> None:
    y = _head(pen, facts)
    for label, value in facts.rows:
        y = _row(pen, y, label, value)
    y -= 8 * mm
    if facts.papers:
        pen.text(LEFT, y - 5 * mm, facts.papers_title, 12, bold=0.25)
        y -= 9 * mm
        for paper in facts.papers:
            y -= pen.paragraph(f"· {paper}", VALUE, LEFT, y, WIDTH)
        y -= 8 * mm
    for note in facts.notes:
        y -= pen.paragraph(note, NOTE, LEFT, y, WIDTH) + 1.5 * mm
    pen.line(LEFT, FOOT, RIGHT, RULE)
    pen.text(LEFT, FOOT - 5 * mm, facts.foot, 8, colour=SOFT)
    pen.text(RIGHT, FOOT - 5 * mm, facts.reference, 8, colour=SOFT, anchor="end")


def _head(pen: Pen, facts: ReceiptFacts) -> float:
    pen.text(LEFT, TOP - 6 * mm, facts.by, 10, colour=SOFT)
    pen.text(LEFT, TOP - 18 * mm, facts.title, 22, bold=0.5)
    pen.text(LEFT, TOP - 28 * mm, facts.reference, 15, bold=0.3)
    _mark(pen, RIGHT - MARK_SIDE, TOP - 30 * mm)
    pen.line(LEFT, TOP - 35 * mm, RIGHT, TEAL, 1.6)
    pen.line(LEFT, TOP - 36.2 * mm, RIGHT, TEAL, 0.5)
    return TOP - 40 * mm


def _mark(pen: Pen, x: float, y: float) -> None:
    """Draws "documents received" (已收资料) in a square: official seals are round."""
    pen.canvas.setStrokeColor(TEAL)
    for inset, width in ((0.0, 1.4), (1.6 * mm, 0.6)):
        pen.canvas.setLineWidth(width)
        pen.canvas.roundRect(x + inset, y + inset, MARK_SIDE - 2 * inset, MARK_SIDE - 2 * inset, 1.5 * mm)
    for line, words in enumerate(MARK):
        pen.text(x + MARK_SIDE / 2, y + (15 - 9.5 * line) * mm, words, 24, colour=TEAL, anchor="middle", bold=0.4)


def _row(pen: Pen, y: float, label: str, value: str) -> float:
    height = pen.paragraph(value, VALUE, LEFT + LABEL_WIDTH, y - 1.5 * mm, WIDTH - LABEL_WIDTH) + 3 * mm
    pen.paragraph(label, LABEL, LEFT, y - 1.5 * mm, LABEL_WIDTH - 3 * mm)
    pen.line(LEFT, y - height, RIGHT, RULE)
    return y - height
