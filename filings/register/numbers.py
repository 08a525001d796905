"""Filing numbers (备案号) and their province: `宁ICP备00000000号` of a subject, with `-1` of a website.

The accepted forms, those of licences included, are in `icpportal.fields.filing_numbers`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from filings.provinces import PROVINCES
from icpportal.alarms.actions import clear, open_alarm
from icpportal.alarms.queries import open_alarms
from icpportal.fields.filing_numbers import ALIASES, PLAIN, shape, spelling

CHARACTERS = {each.abbreviation: code for code, each in PROVINCES.items()}
EVERYWHERE = "合字"  # a licence by the ministry itself, for all provinces
SAMPLE = "宁ICP备00000000号-1"
UNREAD = "filing_number.unread"


@dataclass(frozen=True)
class FilingNumber:
    """The parts of a number; `site` is None for a subject's number, `province` empty for a nationwide licence."""

    province: str
    digits: str
    site: int | None = None
    before: str = PLAIN
    after: str = "号"
    character: str = ""  # set when it is not the province's usual one

    @classmethod
    def parse(cls, typed: str) -> "FilingNumber":
        """Parses a typed number; width, spaces, dashes, case and the aliases 川 and 甘 are accepted."""
        found = spelling(typed)
        province = _province(found.character) if found else None
        if found is None or province is None or (not province and found.before.startswith("ICP")):
            raise ValidationError(_("Enter it in the form %(sample)s"), code="number_shape", params={"sample": SAMPLE})
        character = "" if found.character in CHARACTERS else found.character
        return cls(province, found.digits, found.site, found.before, found.after, character)

    @property
    def subject(self) -> "FilingNumber":
        """The number of the subject it belongs to."""
        return replace(self, site=None)

    def __str__(self) -> str:
        stem = f"{self.character or PROVINCES[self.province].abbreviation}{self.before}{self.digits}{self.after}"
        return stem if self.site is None else f"{stem}-{self.site}"


def _province(character: str) -> str | None:
    """The code of its province, "" for all of them, None for an unknown character."""
    return "" if character == EVERYWHERE else CHARACTERS.get(ALIASES.get(character, character))


def read_number(typed: str) -> FilingNumber | None:
    """Like `parse`, but returns None instead of raising: for numbers from elsewhere that are only compared."""
    try:
        return FilingNumber.parse(typed)
    except ValidationError:
        return None


def report_unread(number: str, *, reference: str) -> None:
    """Tells operations that the authority sent a number of an unknown form; names the form, not the number."""
    form = shape(number) or "empty"
    open_alarm(f"{UNREAD}:{form}", reference=reference, detail=form)


def clear_read(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Closes alarms about forms that can be read now; returns how many."""
    read = [alarm for alarm in open_alarms().filter(cause__startswith=f"{UNREAD}:") if read_number(alarm.detail)]
    return len(read) if dry_run else sum(clear(alarm.cause, now=now) for alarm in read)
