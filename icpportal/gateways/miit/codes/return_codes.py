"""Our reaction to each return code of the ministry's methods (docs/sources.md#return-codes), one row each."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from icpportal.time_format import to_beijing

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

DOWN = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 80, 160, 300))  # no answer at all
SOON = tuple(MINUTE * minutes for minutes in (0.5, 1, 2, 5, 10))
MAINTENANCE = tuple(MINUTE * minutes for minutes in (1, 2, 5, 10))
CROWDED = tuple(MINUTE * minutes for minutes in (10, 15, 20, 30))
UNREADABLE = tuple(MINUTE * minutes for minutes in (1, 2, 5, 10, 30, 60))
UNTIL_OPENED = tuple(MINUTE * minutes for minutes in (1, 2, 5, 10, 15))  # only another upload tells when it is open
CLOSED = (HOUR,)  # when the message does not say when they open
OPEN_AND_CLOSED = 10 * MINUTE  # they say they are closed during their opening hours

NOT_OPENED = 19
NO_ANSWER = _("no answer from the ministry")


class Way(StrEnum):
    """A direction that can wait or stop on its own."""

    SENDING = "sending"
    FETCHING = "fetching"


BOTH = (Way.SENDING, Way.FETCHING)


class Act(StrEnum):
    """What happens next."""

    DONE = "done"  # the call succeeded
    LOAD = "load"  # belongs to downloads: process a file that came, stop or go on
    FILL = "fill"  # they are missing earlier files: send those first
    WAIT = "wait"  # the same call later
    STOP = "stop"  # stops this direction until operations resume it
    LOCK = "lock"  # belongs to the filing password: the form is locked


class Addressee(StrEnum):
    """Who is told."""

    NOBODY = "nobody"
    OPERATIONS = "operations"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Reaction:
    """One row: what we do, who is told, how long to wait, and the reason in words.

    `certain` says that the file of this call was certainly not accepted; otherwise we ask.
    """

    act: Act
    words: str
    told: Addressee = Addressee.NOBODY
    pauses: tuple[timedelta, ...] = ()
    certain: bool = True
    by_hours: bool = False  # the message says when they open
    account: bool = False  # about the account, so the other direction would be refused, too
    of_uploads: bool = False  # it is about an uploaded file: no answer to a download

    def until(self, now: datetime, *, tries: int, said: str = "") -> datetime:
        """Until when to wait after `tries` consecutive waits, with what the ministry `said`."""
        opens = opening(said, now) if self.by_hours else None
        return opens or now + self.pauses[min(tries, len(self.pauses) - 1)]

    def stops(self, way: Way) -> tuple[Way, ...]:
        """The directions that stop when this answers a call of that one."""
        return BOTH if self.account else (way,)


def _stop(words: str, *, account: bool = False, of_uploads: bool = False) -> Reaction:
    return Reaction(Act.STOP, words, Addressee.OPERATIONS, account=account, of_uploads=of_uploads)


def _unreadable(words: str) -> Reaction:
    return Reaction(Act.WAIT, words, Addressee.OPERATIONS, UNREADABLE)


REACTIONS: dict[int, Reaction] = {
    0: Reaction(Act.DONE, _("success")),
    1: Reaction(Act.LOAD, _("success, that was the last download"), certain=False),
    2: Reaction(Act.LOAD, _("nothing to download"), certain=False),
    3: Reaction(Act.LOAD, _("more to download"), certain=False),
    4: _stop(_("the ministry does not know our user name"), account=True),
    5: _stop(_("the ministry does not accept our password"), account=True),
    6: _unreadable(_("the ministry cannot decrypt our file")),
    7: _unreadable(_("the ministry finds another hash of our file")),
    8: _unreadable(_("the ministry cannot unzip our file")),
    9: _stop(_("the ministry does not know our encryption"), of_uploads=True),
    10: _stop(_("the ministry does not know our hash")),
    11: _stop(_("the ministry does not know our compression"), of_uploads=True),
    12: _stop(_("the ministry refuses our credentials"), account=True),
    13: _stop(_("the ministry says that we belong to another province"), account=True),
    14: Reaction(Act.FILL, _("the ministry expects another number"), Addressee.OPERATIONS, SOON, certain=False),
    15: Reaction(Act.WAIT, _("too many files are waiting at the ministry"), pauses=CROWDED),
    16: _stop(_("our random text is too short")),
    17: _stop(_("the ministry sees more than one file in one call"), of_uploads=True),
    18: _stop(_("our file is above 50 MB"), of_uploads=True),
    NOT_OPENED: Reaction(
        Act.WAIT, _("the ministry has not opened reporting for us"), Addressee.OPERATIONS, UNTIL_OPENED
    ),
    20: Reaction(Act.WAIT, _("outside the ministry's reporting hours"), pauses=CLOSED, by_hours=True),
    21: _stop(_("we acknowledged a file without a name")),
    22: Reaction(Act.LOCK, _("the filing password was checked too often"), Addressee.CUSTOMER, certain=False),
    901: Reaction(Act.WAIT, _("the ministry is under maintenance, no uploads"), pauses=MAINTENANCE),
    902: Reaction(Act.WAIT, _("the ministry is under maintenance, no downloads"), pauses=MAINTENANCE),
    999: Reaction(Act.WAIT, _("the ministry reports an error"), Addressee.OPERATIONS, SOON, certain=False),
}
UNKNOWN = Reaction(Act.WAIT, _("the ministry answered with an unknown code"), Addressee.OPERATIONS, SOON, certain=False)
BARE = Reaction(Act.WAIT, _("the ministry says that more waits and hands out nothing"), Addressee.OPERATIONS, SOON)
AGAIN = Reaction(Act.WAIT, _("the ministry hands out a confirmed file again and again"), Addressee.OPERATIONS, SOON)


def reaction(code: int) -> Reaction:
    """The row of a code, or the one for unknown codes."""
    return REACTIONS.get(code, UNKNOWN)


DAYPART = r"(?:上午|早上|早|中午|下午|晚上|晚)?"
CLOCK = r"(\d{1,2})(?:[:时点]([0-5]\d)?分?)?(?::[0-5]\d)?"
SPAN = re.compile(rf"(?<![\d-])(?<!\d:)({DAYPART}){CLOCK}(?:[-–—―~]|至|到)+({DAYPART}){CLOCK}(?![\d:-])")
AFTERNOON = ("下午", "晚上", "晚")


def hours(said: str) -> list[tuple[time, timedelta]]:
    """The hours named in a message: their start (in Beijing) and length."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", said))
    return [span for found in SPAN.finditer(plain) for span in _span(found)]


def _span(found: re.Match[str]) -> Iterator[tuple[time, timedelta]]:
    part, hour, minute, end_part, end_hour, end_minute = found.groups()
    if not any(mark in found[0] for mark in ":时点"):  # two numbers with a dash are no hours
        return
    begins = _minutes(part, hour, minute)
    ends = _minutes(end_part, end_hour, end_minute)
    if begins < 24 * 60 and ends <= 24 * 60 and begins != ends:
        yield (
            time(begins // 60, begins % 60),
            (ends - begins) * MINUTE if ends > begins else DAY + (ends - begins) * MINUTE,
        )


def _minutes(part: str, hour: str, minute: str | None) -> int:
    later = 12 if part in AFTERNOON and int(hour) < 12 else 0
    return (int(hour) + later) * 60 + int(minute or 0)


def opening(said: str, now: datetime) -> datetime | None:
    """The next start of the hours in a message; `None` when it names none."""
    there = to_beijing(now)
    starts = []
    for begins, lasts in hours(said):
        for day in (-1, 0, 1):
            start = datetime.combine(there.date() + day * DAY, begins, there.tzinfo)
            if start <= there < start + lasts:
                return now + OPEN_AND_CLOSED
            starts.append(start)
    return min((start for start in starts if start > there), default=None)
