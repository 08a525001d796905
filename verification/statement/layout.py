"""Lays out A4 pages with a form column and a guide column: lines, rows, boxes and the next position."""

import io
from functools import lru_cache
from typing import IO

from django.utils.translation import get_language
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib import textsplit
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.rl_accel import fp_str
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, paragraph

from icpportal.fields.types import Words
from verification.statement import words
from verification.statement.glyphs import FONT, face, plain, to_markup

# reportlab keeps only the marks of Japanese from beginning a line; each module has its own copy of the list
for _module in (textsplit, paragraph):
    _module.ALL_CANNOT_START += "，；：？！》’”"
WIDTH, HEIGHT = A4
TOP, BOTTOM = HEIGHT - 16 * mm, 17 * mm
LEFT, FORM_WIDTH = 16 * mm, 128 * mm
GUIDE_LEFT, GUIDE_WIDTH = 149 * mm, 47 * mm
LABEL_WIDTH = 31 * mm
PAD = 2 * mm
QUIET = 3  # blank cells around the QR code
# readers take any of the eight masks; comparing them was half of what the whole file takes
QR_MASK = 0

INK, SOFT, RULE = HexColor("#1B1B1B"), HexColor("#5B5B5B"), HexColor("#8C8C8C")
SEAL_RED, BAND, GUIDE_GROUND = HexColor("#A8321F"), HexColor("#EFEBE3"), HexColor("#F7F5F0")


def style(size: float, leading: float, colour: Color = INK, *, cjk: bool = True) -> ParagraphStyle:
    wrap = {"wordWrap": "CJK", "autoLeading": "max"} if cjk else {}
    return ParagraphStyle("", fontName=FONT, fontSize=size, leading=leading, textColor=colour, **wrap)


VALUE, LABEL, BODY = style(10.5, 15), style(9, 15, SOFT), style(9.5, 15.5)
# the guide's heads and texts, by whether a line may break between any two characters
GUIDE_HEAD, GUIDE_BODY = (
    {cjk: style(size, leading, colour, cjk=cjk) for cjk in (False, True)}
    for size, leading, colour in ((8.5, 12, SEAL_RED), (7.8, 10.6, SOFT))
)


def is_chinese() -> bool:
    """Whether the current language is Chinese."""
    return (get_language() or "").startswith("zh")


class Pen:
    """The drawing operations that all sheets share: words, lines, wrapped texts."""

    def __init__(self, canvas: Canvas) -> None:
        face()
        self.canvas = canvas

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: Color = INK, anchor: str = "start", bold: float = 0
    ) -> None:
        """Draws one line; `bold` is the width of its outline."""
        shown = plain(text)
        left = x - {"start": 0, "middle": 0.5, "end": 1}[anchor] * self.canvas.stringWidth(shown, FONT, size)
        pen = self.canvas.beginText(left, y)
        pen.setFont(FONT, size)
        pen.setFillColor(colour)
        pen.setStrokeColor(colour)
        self.canvas.setLineWidth(bold)
        pen.setTextRenderMode(2 if bold else 0)  # the font has one weight: bold is drawn with an outline
        pen.textOut(shown)
        pen.setTextRenderMode(0)
        self.canvas.drawText(pen)

    def line(self, x: float, y: float, to: float, colour: Color = RULE, width: float = 0.5) -> None:
        """Draws a horizontal line."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(x, y, to, y)

    def paragraph(self, text: str, how: ParagraphStyle, x: float, top: float, width: float) -> float:
        """Draws a text wrapped to this width; returns the height."""
        return self._draw(*wrap(text, how, width), x, top)

    def own(self, text: str, how: ParagraphStyle, x: float, top: float, width: float) -> float:
        """The same for a text of the sheet itself, which is drawn once a process."""
        kept, height = _drawn_once(text, how, width, get_language())
        if not kept:
            return self.paragraph(text, how, x, top, width)
        self.canvas.addLiteral(f"q\n1 0 0 1 {fp_str(x, top - height)} cm\n{kept}\nQ")
        return height

    def _draw(self, paragraph: Paragraph, height: float, x: float, top: float) -> float:
        paragraph.drawOn(self.canvas, x, top - height)
        return height


def wrap(text: str, how: ParagraphStyle, width: float) -> tuple[Paragraph, float]:
    """The text wrapped to this width, and its height."""
    paragraph = Paragraph(to_markup(text), how)
    return paragraph, paragraph.wrap(width, HEIGHT)[1]


def blank(target: IO[bytes]) -> Canvas:
    """An empty sheet, in which the characters that all sheets share have their places."""
    font = face()
    canvas = Canvas(target, pagesize=A4, invariant=True, lang="zh-CN", initialFontName=FONT)
    font.begin(canvas._doc)
    return canvas


@lru_cache(256)  # a sheet has fifty, in two languages
def _drawn_once(text: str, how: ParagraphStyle, width: float, language: str | None) -> tuple[str, float]:
    """What a file has to say for this text at the origin, and its height.

    Nothing if the text has characters beyond those that are shared: their codes differ from sheet to sheet.
    """
    canvas = _scratch(language)
    if not face().shares(text, canvas._doc):
        return "", 0
    paragraph, height = wrap(text, how, width)
    canvas._code.clear()
    paragraph.drawOn(canvas, 0, 0)
    return "\n".join(canvas._code[2:-1]), height  # without what keeps, moves and restores the origin


@lru_cache(4)
def _scratch(_language: str | None) -> Canvas:
    """A sheet of this language, the current one, that nobody gets."""
    return blank(io.BytesIO())


@lru_cache(8)  # the same on each page of an order
def _cells(reference: str, left: float, bottom: float, side: float) -> str:
    """The dark cells of the QR code as a file has them: reportlab's own widget would bring a font that is not embedded.

    Each is filled by itself: viewers move the edges of a single rectangle to whole pixels.
    """
    code = QrCodeWidget(reference, barLevel="M").qr
    code.version = code.calculate_version()
    code.makeImpl(test=False, maskPattern=QR_MASK)
    cell = side / (len(code.modules) + 2 * QUIET)
    size = f"{cell:.6f} {cell:.6f} re f"
    columns = [f"{left + (across + QUIET) * cell:.6f}" for across in range(len(code.modules))]
    drawn = []
    for up, row in enumerate(reversed(code.modules), QUIET):
        y = f"{bottom + up * cell:.6f}"
        drawn += [f"{x} {y} {size}" for x, dark in zip(columns, row, strict=True) if dark]
    return "\n".join(drawn)


class Paper(Pen):
    """A pen on a page. `y` is where the form continues, `guide_y` where the guide does."""

    def __init__(self, canvas: Canvas, *, reference: str, pages: int) -> None:
        super().__init__(canvas)
        self.reference = reference
        self.pages = pages
        self.page = 0
        self.y = self.guide_y = 0.0
        self.turn()

    def turn(self) -> None:
        """Begins the next page: background of the guide, QR code, footer."""
        if self.page:
            self.line(LEFT, self.y, LEFT + FORM_WIDTH, INK, 0.9)
            self.canvas.showPage()
        self.page += 1
        self.canvas.setFillColor(GUIDE_GROUND)
        self.canvas.rect(GUIDE_LEFT, BOTTOM - 2 * mm, GUIDE_WIDTH, TOP - BOTTOM + 4 * mm, stroke=0, fill=1)
        self._foot()
        self.y, self.guide_y = TOP, self._square() - 2.5 * mm
        if self.page > 1:
            self.text(LEFT, TOP - 4 * mm, words.CONTINUED, 9, colour=SOFT)
            self.y -= 7 * mm

    def _square(self) -> float:
        """Draws the QR code with what it is for; returns the lower edge."""
        side = 27 * mm
        left, bottom = GUIDE_LEFT + (GUIDE_WIDTH - side) / 2, TOP - side - 1 * mm
        self.canvas.setFillColor(HexColor("#FFFFFF"))
        self.canvas.rect(left, bottom, side, side, stroke=0, fill=1)
        self._qr(left, bottom, side)
        self.text(GUIDE_LEFT + GUIDE_WIDTH / 2, bottom - 4.5 * mm, self.reference, 9, anchor="middle")
        top = bottom - 6 * mm
        text, how = str(words.SCAN_GUIDE), GUIDE_BODY[is_chinese()]
        return top - self.own(text, how, GUIDE_LEFT + PAD, top, GUIDE_WIDTH - 2 * PAD)

    def _qr(self, left: float, bottom: float, side: float) -> None:
        self.canvas.setFillColor(INK)
        self.canvas.addLiteral(_cells(self.reference, left, bottom, side))

    def _foot(self) -> None:
        self.line(LEFT, BOTTOM - 2 * mm, LEFT + FORM_WIDTH, RULE)
        self.text(LEFT, BOTTOM - 6 * mm, words.FOOT, 7.5, colour=SOFT)
        where = f"{self.reference}　{words.page_of(self.page, self.pages)}"
        self.text(GUIDE_LEFT + GUIDE_WIDTH, BOTTOM - 6 * mm, where, 7.5, colour=SOFT, anchor="end")

    def ensure_room(self, height: float) -> None:
        """Begins the next page unless this much room is left."""
        if self.y - height < BOTTOM:
            self.turn()

    def guide(self, *said: tuple[Words, Words] | Words) -> None:
        """Writes a text of the guide beside the form's present position, or below the guide's last text."""
        top = min(self.y, self.guide_y)
        for part in said:
            head, body = part if isinstance(part, tuple) else ("", part)
            for text, how in ((head, GUIDE_HEAD), (body, GUIDE_BODY)):
                if text:
                    top -= self.own(str(text), how[is_chinese()], GUIDE_LEFT + PAD, top, GUIDE_WIDTH - 2 * PAD)
            top -= 1.5 * mm
        self.guide_y = top - 1 * mm

    def frame(self, height: float) -> None:
        """Draws both sides of the form down to what is being drawn."""
        self.canvas.setStrokeColor(INK)
        self.canvas.setLineWidth(0.9)
        for x in (LEFT, LEFT + FORM_WIDTH):
            self.canvas.line(x, self.y, x, self.y - height)

    def heading(self, title: str) -> None:
        height = 7 * mm
        self.canvas.setFillColor(BAND)
        self.canvas.rect(LEFT, self.y - height, FORM_WIDTH, height, stroke=0, fill=1)
        self.line(LEFT, self.y, LEFT + FORM_WIDTH, INK, 0.9)
        self.text(LEFT + PAD, self.y - 4.9 * mm, title, 10.5, bold=0.3)
        self.frame(height)
        self.y -= height

    def row(self, label: str, value: str) -> None:
        """Draws a label and its answer, as high as the answer needs."""
        paragraph, height = wrap(value, VALUE, FORM_WIDTH - LABEL_WIDTH - 2 * PAD)
        height += 2 * mm
        self.ensure_room(height)
        self.line(LEFT, self.y, LEFT + FORM_WIDTH)
        paragraph.drawOn(self.canvas, LEFT + LABEL_WIDTH + PAD, self.y - height + 1.2 * mm)
        self.own(label, LABEL, LEFT + PAD, self.y - 1.1 * mm, LABEL_WIDTH - PAD)
        self.canvas.line(LEFT + LABEL_WIDTH, self.y, LEFT + LABEL_WIDTH, self.y - height)
        self.frame(height)
        self.y -= height

    def body(self, *lines: str) -> None:
        """Wraps lines itself: the paragraph's own wrapping lets a comma begin a line."""
        height = len(lines) * BODY.leading + 3 * mm
        for number, line in enumerate(lines):
            self.own(line, BODY, LEFT + PAD, self.y - 1.5 * mm - number * BODY.leading, FORM_WIDTH - 2 * PAD)
        self.frame(height)
        self.y -= height

    def words_at(self, top: float, text: str) -> float:
        """Draws text over the width of the form without moving on; returns the height."""
        return self.paragraph(text, BODY, LEFT + PAD, top, FORM_WIDTH - 2 * PAD)

    def note(self, text: str) -> None:
        """Draws a remark above the form."""
        self.y -= self.words_at(self.y, text) + 2 * mm

    def box(self, x: float, width: float, height: float, title: str) -> None:
        """Draws an empty box to write, stamp or press into, with its title in the corner. Does not move on."""
        self.canvas.setStrokeColor(INK)
        self.canvas.setLineWidth(0.9)
        self.canvas.rect(x, self.y - height, width, height, stroke=1, fill=0)
        self.text(x + PAD, self.y - 4.6 * mm, title, 9, bold=0.2)

    def circle(self, x: float, y: float, radius: float, lines: tuple[str, ...]) -> None:
        """Draws a dotted ring with faint words for a seal or a fingerprint."""
        self.canvas.setStrokeColor(RULE)
        self.canvas.setLineWidth(0.6)
        self.canvas.setDash(2, 2)
        self.canvas.circle(x, y, radius, stroke=1, fill=0)
        self.canvas.setDash()
        for number, text in enumerate(lines):
            self.text(x, y + 1 * mm - number * 4.5 * mm, text, 8.5, colour=RULE, anchor="middle")

    def tick(self, x: float, y: float, text: str) -> None:
        self.canvas.setStrokeColor(INK)
        self.canvas.setLineWidth(0.7)
        self.canvas.rect(x, y, 3 * mm, 3 * mm, stroke=1, fill=0)
        self.text(x + 4.5 * mm, y + 0.4 * mm, text, 9)
