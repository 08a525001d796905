"""The forms of a filing number (备案号): of a plain filing, or of an ICP licence that serves as one.

Plain: `京ICP备12345678号`, with five digits in the earliest years and ten, beginning with the year, today. Holders of
an ICP licence are on file under the licence: `京ICP证030173号`, `京B2-20060259`, `合字B2-20060259`. A website adds
`-1`.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

# 川 and 甘 occur in place of the usual characters of plain filings; on licences they are official
ALIASES = {"川": "蜀", "甘": "陇"}
PLAIN = "ICP备"
VARIANTS = str.maketrans({"備": "备", "證": "证", "証": "证", "號": "号", "−": "-"})
_CHARACTER = r"(?P<character>合字|[^\x00-\x7f])-?"
_CLASS = r"[AB][12]"
_SITE = r"(?P<site>0{0,3}[1-9][0-9]{0,4})"
FORMS = (
    re.compile(rf"{_CHARACTER}(?P<before>ICP-?[备证]-?(?:{_CLASS}-?)?)(?P<digits>[0-9]{{4,10}})-?(?P<after>号)(?:-?{_SITE})?"),
    # eight digits beginning with the year: what follows is the website, even without a dash
    re.compile(rf"{_CHARACTER}(?P<before>{_CLASS}(?:[.、,]{_CLASS})*-?)(?P<digits>[0-9]{{8}})(?P<after>号?)(?:-?{_SITE})?"),
    re.compile(rf"{_CHARACTER}(?P<before>{_CLASS}(?:[.、,]{_CLASS})*-)(?P<digits>[0-9]{{5,10}})(?P<after>号?)(?:-{_SITE})?"),
)  # fmt: skip
KNOWN = "ICPABCD备证号合字京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀川黔滇藏陕陇甘青宁新"
LONGEST_SHAPE = 40


@dataclass(frozen=True)
class Spelling:
    """The parts of a number; `site` is None for a subject's number."""

    character: str  # of the province, or 合字 for a nationwide licence
    before: str  # "ICP备", "ICP证", "B2-"
    digits: str
    after: str  # "号" or ""
    site: int | None = None

    def __str__(self) -> str:
        stem = f"{self.character}{self.before}{self.digits}{self.after}"
        return stem if self.site is None else f"{stem}-{self.site}"


def spelling(text: str) -> Spelling | None:
    """The parts of a number, or None when its form is unknown.

    Width, spaces, dashes and case are normalised, and in plain filings the aliases 川 and 甘.
    """
    found = next(filter(None, (form.fullmatch(bare(text)) for form in FORMS)), None)
    if found is None:
        return None
    before = _before(found["before"])
    character = ALIASES.get(found["character"], found["character"]) if before == PLAIN else found["character"]
    site = int(found["site"]) if found["site"] else None
    return Spelling(character, before, found["digits"], found["after"], site)


def subject_number(site_number: str) -> str:
    """The subject's number in a website's: `京B2-20060259` of `京B2-20060259-1`; "" for no number."""
    found = spelling(site_number)
    return str(replace(found, site=None)) if found else ""


def _before(text: str) -> str:
    """Removes dashes except the one between a licence's class and its digits."""
    bare = text.replace("-", "")
    return bare if bare.endswith(("备", "证")) else f"{bare}-"


def bare(text: str) -> str:
    """Half-width capitals without spaces, every kind of dash as a hyphen."""
    folded = unicodedata.normalize("NFKC", text).translate(VARIANTS).upper()
    return "".join("-" if unicodedata.category(char) == "Pd" else char for char in folded if not char.isspace())


def shape(text: str) -> str:
    """The form of a text without its content: every digit is a 9, every unknown character a dot."""
    seen = ("9" if char.isdecimal() else char if char in KNOWN or char == "-" else "." for char in bare(text))
    return re.sub(r"\.{2,}", "..", "".join(seen))[:LONGEST_SHAPE]
