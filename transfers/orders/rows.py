"""The shape of a row of `states.py` and of `moves.py`: what each says, and the words both use."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from django.utils.translation import gettext_lazy as _

from icpportal import lifecycle
from icpportal.fields.types import Words

# what a phone may send for an order
UPLOAD_PAPERS, UPLOAD_PHOTO = "papers", "photo"
# whose turn it is
YOU, WE, AUTHORITY, NOBODY = "you", "we", "authority", "nobody"
# the parts of the timeline: what lies behind the part an order stands in is folded
PAPERS, PHOTO, PHONES, WITH_AUTHORITY, COOLING, END = "papers", "photo", "phones", "authority", "cooling_off", "end"


BEING_CLOSED = _("The deadline was %(due)s. This order is being closed: nothing can be changed or submitted any more")

NO_CONSENT = _("A consent was withdrawn, and the pictures are deleted. A new order needs the consent again")

BLOCKS_OVER = _("Order %(ref)s has expired and is being closed: start again when it is closed")


class Group(Enum):
    """What several states have in common; code asks for the group and never names the states."""

    ENDED = auto()
    EDITABLE = auto()  # its owner fills it in or changes it
    WAITS_FOR_OWNER = auto()  # its owner can act on it, or still stop it
    OWNER_ACTS = auto()  # nothing goes on before its owner does something
    PROOFS_EXPIRE = auto()  # what was confirmed here is asked again after a while
    RETURNED = auto()  # came back to its owner, who may change what was named
    IN_REVIEW = auto()  # our reviewers look at it
    PAPERS_IN_REVIEW = auto()
    PHOTO_IN_REVIEW = auto()
    ANSWERED_BY_US = auto()
    PHOTO_WANTED = auto()  # the website administrator has to be photographed
    BACKDROP_OFFERED = auto()  # a backdrop may be asked for
    PHOTO_STEP = auto()
    BEING_SUBMITTED = auto()  # our report is on its way to the authority
    PHONES_OPEN = auto()  # the ministry's code was sent (短信核验)
    PHONES_BEHIND = auto()  # the phone verification is over
    IN_AUTHORITY_REVIEW = auto()
    AT_AUTHORITY = auto()  # a report is on its way to the authority, or lies there
    AWAITS_VERDICT = auto()  # the authority may still decide about the last report
    CAN_BE_PUT_OFF = auto()  # the authority may say that it decides about something else first
    TURNED_DOWN = auto()  # by the authority
    LAPSED = auto()  # the phones were not verified in time; can be sent again unchanged
    KEEPS_PASSWORD = auto()  # the filing password's digest is kept for a while, for sending again
    APPROVED = auto()
    ARRIVED = auto()  # what was asked for has been done
    LAST_WORD_SAID = auto()  # of a finished order, an answer about its last report says nothing new
    GIVEN_UP = auto()  # by its owner, or by not acting
    GRANT_MAY_COME = auto()  # the authority may still approve what was reported before it ended
    STARTS_AGAIN = auto()  # its answers may begin a new order


@dataclass(frozen=True, slots=True)
class Instead:
    """A sentence that replaces the usual one while `condition` holds (of `CONDITIONS`, `order_page/sentence.py`)."""

    condition: str
    sentence: Words
    heading: Words = ""  # replaces the usual one as well


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state; headings and sentences may use %(due)s, %(n)s, %(number)s, %(reason)s and %(domain)s."""

    key: str
    label: Words
    heading: Words  # of its page: whose move it is, or what to do
    sentence: Words
    turn: str
    tone: str
    icon: str
    part: str  # of the timeline
    instead: tuple[Instead, ...] = ()

    groups: frozenset[Group] = frozenset()

    # its date
    date: Words = ""  # what the deadline, or the promised answer, is called
    promised_by: str = ""  # WE or AUTHORITY: whose answer has a day although there is no deadline
    calendar: Words = ""  # the summary of the calendar file
    kept: str = ""  # the setting that says how long an order waits here for its owner
    reminder: str = ""  # the message before that time is over
    clock: str = ""  # the move at the deadline
    ends_on_page: bool = False  # a page may make that move before the sweep comes
    over: Words = BEING_CLOSED  # what its page says once the deadline has passed
    stuck_after: timedelta | None = None  # then operations look

    # its pages
    stage: str = ""  # the stage its stepper stands on, where the state decides that
    button: Words = ""  # leads to the page where the work is done
    page: str = ""  # the URL name of that page
    upload: str = ""  # what a phone may send (`verification.phones.uploads`)
    panels: tuple[str, ...] = ()  # what the order's page shows as well (`PANELS` of `order_page/panels.py`)
    unavailable: tuple[tuple[Words, Words], ...] = ()  # what cannot be done now, and why
    blocks: Words = ""  # why no other order can begin until then; %(ref)s
    blocks_over: Words = BLOCKS_OVER  # the same once its deadline has passed
    queue: str = ""  # its tab in the review desk
    queue_label: Words = ""
    refused_by: str = ""  # WE or AUTHORITY: whose reason is shown


# who is told
ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR = "account", "subject_lead", "administrator"
OWNER_AND_LEAD, EVERYBODY = (ACCOUNT, SUBJECT_LEAD), (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR)
# how the timeline shows the note of an event
PLAIN, HIDDEN, AUTHORITY_WORDS, EARLIER_REPORT, WITHDRAWAL, OUR_REFUSAL = (
    "plain", "hidden", "authority_words", "earlier_report", "withdrawal", "our_refusal",
)  # fmt: skip
# and where it is a key of ours, with nothing of a person
CAUSE, PERSON, ORIGIN = KEYS = ("cause", "person", "origin")
SYSTEM = _("The system")
# the outbox channel of reports
REPORT = "authority"


@dataclass(frozen=True)
class Button:
    """The applicant's button for a move, on the order's page."""

    label: Words
    is_primary: bool = False
    asks_first: bool = False  # on a page of its own
    on_other_pages: Words = ""  # the label where it is offered as the way out of something else


@dataclass(frozen=True)
class Move(lifecycle.Move):
    """A move of an order, with who is told and how people read it."""

    said: Words = ""  # in the timeline
    done_by: Words = ""  # in the timeline, where that is not who made the move
    note: str = PLAIN
    audience: tuple[str, ...] = (ACCOUNT,)
    button: Button | None = None
    own_page: bool = False  # the applicant makes it on a page of its own, without such a button
    grants: bool = False  # the authority approved: duties begin
    ends_access: bool = False  # duties end
    confirms: bool = False  # the last press of a cancellation: the first row that is open is taken
    comes_back: bool = False  # to its owner: the time for which a filing password is kept begins


@dataclass(frozen=True)
class Fact:
    """Something that is noted in the timeline and moves nothing."""

    name: str
    said: Words
    note: str = PLAIN
    done_by: Words = ""  # where that is not who noted it


def of(*states: State) -> tuple[str, ...]:
    """The keys of some states, as the sources of a move."""
    return tuple(state.key for state in states)
