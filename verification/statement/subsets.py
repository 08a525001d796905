"""The part of the typeface that all sheets share: cut and compressed once a process, not for each sheet."""

import zlib
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

from verification.statement import words

FIRST_SUBSET = 256
ROOM = 159  # of it, for characters outside ASCII
# frequent in answers, for a language whose guide leaves room
FREQUENT = "北京天津河上海重庆山西辽吉林黑江苏浙安徽福建广东南湖四川贵州云陕甘内蒙古自治区宁夏省市有限公司企业"


class Font(TTFont):
    """A font whose first subset is the same in all documents of a language."""

    face: "Face"

    def __init__(self, name: str, file: str, *, number: int) -> None:
        super().__init__(name, file, subfontIndex=number)
        self.face.__class__ = Face  # reportlab makes its own, and reading the file again would take a while
        self.face.shared = {}

    def begin(self, document: PDFDocument) -> None:
        """Gives the shared characters their places; call it before anything is drawn."""
        self.splitString(shared_characters(get_language() or ""), document)
        self.face.keep(self.state[document].subsets[0])

    def shares(self, text: str, document: PDFDocument) -> bool:
        """Whether all characters of a text are among the shared ones."""
        places = self.state[document].assignments
        return all(places.get(ord(letter), FIRST_SUBSET) < FIRST_SUBSET for letter in text)


class Face(TTFontFace):
    """A typeface that keeps its shared subsets as files have them, none with characters of one order."""

    shared: dict[tuple[int, ...], bytes]

    def keep(self, subset: list[int]) -> None:
        """Cuts a subset that many documents will need."""
        if tuple(subset) not in self.shared:
            self.shared[tuple(subset)] = super().makeSubset(subset)

    def makeSubset(self, subset: list[int]) -> bytes:  # noqa: N802 -- reportlab's name
        return self.shared.get(tuple(subset)) or super().makeSubset(subset)

    def addSubsetObjects(self, doc: PDFDocument, fontname: str, subset: list[int]) -> Any:  # noqa: N802
        found = super().addSubsetObjects(doc, fontname, subset)
        if tuple(subset) in self.shared:
            for name in (f"fontFile:{self.filename}({fontname})", f"toUnicodeCMap:{fontname}"):
                doc.idToObject[name].filters = [_KeptCompression]
        return found

    def getCharWidth(self, code: int) -> bytes:  # noqa: N802
        """The width as the list in a file has it, for which alone reportlab calls this."""
        return _written(super().getCharWidth(code))

    def get_table(self, tag: str) -> Any:
        if tag == "glyf":  # reportlab would copy four megabytes to take a few kilobytes of them
            return _Glyphs(self._ttf_data, self.get_table_pos(tag)[0])
        return super().get_table(tag)


class _Glyphs:
    """The outlines, read in place."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data, self._start = data, start

    def __getitem__(self, part: slice) -> bytes:
        return self._data[self._start + part.start : self._start + part.stop]


class _KeptCompression:
    """reportlab's filter of this name, which remembers."""

    pdfname = "FlateDecode"

    @staticmethod
    @lru_cache(8)
    def encode(content: str | bytes) -> bytes:
        return zlib.compress(content.encode() if isinstance(content, str) else content)


@lru_cache(256)
def _written(number: float) -> bytes:
    text: str = fp_str(number)
    return text.encode()


@lru_cache(4)
def shared_characters(language: str) -> str:  # noqa: ARG001 -- the texts are in it
    """The characters of the sheet's own texts, as many as the first subset holds."""
    own = "".join(text for name, value in vars(words).items() if name.isupper() for text in _texts(value))
    return "".join([letter for letter in dict.fromkeys(own + FREQUENT) if not letter.isascii()][:ROOM])


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return _texts([*value, *value.values()])
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return [str(value)] if isinstance(value, str | Promise) else []
