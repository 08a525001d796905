"""Filing numbers (备案号): `宁ICP备00000000号` of a subject, with `-1` of a website."""

import re
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from filings.provinces import PROVINCES
from icpportal.entry.text import normalise_number

# 川 and 甘 are seen in place of the two characters that the authorities use
ALIASES = {"川": "蜀", "甘": "陇"}
CHARACTERS = {each.abbreviation: code for code, each in PROVINCES.items()}
# eight digits, or ten with the year in front; spaces and dashes are gone before it is read
SHAPE = re.compile(r"(?P<character>[^A-Z0-9])ICP[备備](?P<digits>20[0-9]{8}|[0-9]{8})[号號](?P<site>[1-9][0-9]{0,4})?")
SAMPLE = "宁ICP备00000000号-1"


@dataclass(frozen=True)
class FilingNumber:
    """A number in its parts; `site` is None for the number of a subject."""

    province: str
    digits: str
    site: int | None = None

    @classmethod
    def parse(cls, typed: str) -> "FilingNumber":
        """The number that was typed; width, spaces, dashes, case and the aliases 川 and 甘 are forgiven."""
        found = SHAPE.fullmatch(normalise_number(typed).upper())
        character = ALIASES.get(found["character"], found["character"]) if found else ""
        if not found or character not in CHARACTERS:
            raise ValidationError(_("Enter it in the form %(sample)s"), code="number_shape", params={"sample": SAMPLE})
        return cls(CHARACTERS[character], found["digits"], int(found["site"]) if found["site"] else None)

    @property
    def subject(self) -> "FilingNumber":
        """The number of the subject it belongs to."""
        return replace(self, site=None)

    def belongs_to(self, subject: "FilingNumber") -> bool:
        """True when this is a website of that subject, or the subject itself."""
        return self.subject == subject.subject

    def __str__(self) -> str:
        stem = f"{PROVINCES[self.province].abbreviation}ICP备{self.digits}号"
        return stem if self.site is None else f"{stem}-{self.site}"


def read_number(typed: str) -> FilingNumber | None:
    """The number, or None when it is none: for what comes from elsewhere and is only compared."""
    try:
        return FilingNumber.parse(typed)
    except ValidationError:
        return None
