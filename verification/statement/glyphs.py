"""The typeface of the sheet, and the handling of characters it lacks."""

from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics

from verification.statement.subsets import Font

FONT = "WenQuanYiMicroHei"
FILE = Path(__file__).parent / "fonts" / "wqy-microhei.ttc"
BOX = "□"
rl_config.useA85 = 0  # binary streams: a fifth smaller and nothing to encode


@cache
def face() -> Font:
    """The font, registered once a process; only the characters that sheets use are embedded."""
    font = Font(FONT, str(FILE), number=0)
    pdfmetrics.registerFont(font)
    return font


def lacks(letter: str) -> bool:
    return ord(letter) not in face().face.charToGlyph


def code_point(letter: str) -> str:
    return f"U+{ord(letter):04X}"


def missing(text: str) -> list[str]:
    """The characters of `text` that the font lacks, each once, in their order."""
    return list(dict.fromkeys(letter for letter in text if lacks(letter)))


def plain(text: str) -> str:
    """`text` for drawing on the canvas: a missing character becomes a box and its code point."""
    return "".join(f"{BOX}({code_point(letter)})" if lacks(letter) else letter for letter in text)


def to_markup(text: str) -> str:
    """`text` as markup for a paragraph: a missing character becomes a box to write in, with its small code point."""
    return "".join(
        f'<font size="18">{BOX}</font><font size="6">{code_point(letter)}</font>' if lacks(letter) else escape(letter)
        for letter in text
    )
