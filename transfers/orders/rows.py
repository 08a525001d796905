"""The shapes of the rows of `states.py` and `moves.py`, and the words both use."""

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
# the parts of the timeline: those before the order's present part are folded
PAPERS, PHOTO, PHONES, WITH_AUTHORITY, COOLING, END = "papers", "photo", "phones", "authority", "cooling_off", "end"


BEING_CLOSED = _("The deadline was %(due)s. This order is being closed: nothing can be changed or submitted any more")

NO_CONSENT = _("A consent was withdrawn, and the pictures are deleted. A new order needs the consent again")

# what cannot be done now, and why (`State.unavailable`)
CHANGE, WITHDRAW = _("Change something"), _("Withdraw")
IT_IS_WITH_AUTHORITY = _("the authority has the order; wait for its result")
ON_ITS_WAY = _("the order is on its way to the authority")
# why no other order can begin (`State.blocks`)
FINISH_OR_ABANDON = _("Order %(ref)s is open: finish or abandon it first")
WITH_US = _("Order %(ref)s is with our reviewers: wait for the answer, or withdraw it first")
WAIT_FOR_US = _("Order %(ref)s is with our reviewers and cannot be withdrawn now: wait for the answer")
WAIT_FOR_AUTHORITY = _("Order %(ref)s is with the authority and cannot be withdrawn: wait for the result")
CANCEL_SENT = _("Order %(ref)s cancels a transfer: wait for the result, then start again")
BLOCKS_OVER = _("Order %(ref)s has expired and is being closed: start again when it is closed")


class Group(Enum):
    """What several states have in common; code asks for the group and never names states."""

    ENDED = auto()
    EDITABLE = auto()  # the owner fills it in or changes it
    WAITS_FOR_OWNER = auto()  # the owner can act on it, or still stop it
    OWNER_ACTS = auto()  # nothing happens until the owner acts
    PROOFS_EXPIRE = auto()  # what was confirmed here must be confirmed again after a while
    RETURNED = auto()  # returned to its owner, who may change what was named
    IN_REVIEW = auto()  # our reviewers look at it
    PAPERS_IN_REVIEW = auto()
    PHOTO_IN_REVIEW = auto()
    ANSWERED_BY_US = auto()
    PHOTO_WANTED = auto()  # a photo of the website administrator is needed
    BACKDROP_OFFERED = auto()  # a backdrop may be requested
    PHOTO_STEP = auto()
    BEING_SUBMITTED = auto()  # our report is on its way to the authority
    PHONES_OPEN = auto()  # the ministry's code was sent (短信核验)
    PHONES_BEHIND = auto()  # the phone verification is over
    IN_AUTHORITY_REVIEW = auto()
    AT_AUTHORITY = auto()  # a report is on its way to the authority, or is there
    AWAITS_VERDICT = auto()  # the authority may still decide on the last report
    CAN_BE_PUT_OFF = auto()  # the authority may postpone it until something else is decided
    TURNED_DOWN = auto()  # returned by the authority
    LAPSED = auto()  # the phones were not verified in time; can be sent again unchanged
    KEEPS_PASSWORD = auto()  # the filing password's digest is kept for a while, for resubmitting
    APPROVED = auto()
    ARRIVED = auto()  # the request has been carried out
    LAST_WORD_SAID = auto()  # finished: an answer about its last report says nothing new
    GIVEN_UP = auto()  # abandoned by its owner, or by not acting
    GRANT_MAY_COME = auto()  # the authority may still approve what was reported before it ended
    STARTS_AGAIN = auto()  # its answers may be used for a new order


# groups that several states have together
OWNERS_TURN = frozenset({Group.OWNER_ACTS, Group.WAITS_FOR_OWNER})
REVIEWED = frozenset({Group.IN_REVIEW, Group.ANSWERED_BY_US, Group.BACKDROP_OFFERED})
REPORTED = frozenset({Group.AT_AUTHORITY, Group.CAN_BE_PUT_OFF, Group.AWAITS_VERDICT})
OVER_WITHOUT_RESULT = frozenset({Group.ENDED, Group.GIVEN_UP, Group.GRANT_MAY_COME, Group.STARTS_AGAIN})


@dataclass(frozen=True, slots=True)
class Instead:
    """Replaces the usual sentence while `condition` holds (a key of `CONDITIONS` in `order_page/sentence.py`)."""

    condition: str
    sentence: Words
    heading: Words = ""  # also replaces the usual heading


NOTHING_TO_CHANGE = Instead(
    "nothing_to_change",
    _("Check the order and resubmit by %(due)s, or it will be closed"),
    heading=_("Check and resubmit"),
)
PHOTO_RETURNED = Instead(
    "photo_returned",
    _(
        "We cannot use the last photo; the page for uploading says why."
        " Submit a new one by %(due)s, or the order will be closed"
    ),
    heading=_("The photo has to be taken again"),
)
FOR_CAUSE = Instead(
    "for_cause",
    _("The reason: %(reason)s. Point the domain to another server now. If you object, call us"),
    heading=_("We are ending the transfer of %(domain)s to us"),
)
CALL_MISSED = Instead(
    "call_missed",
    _("We have a question about your order, called and reached nobody. Choose a time below"),
    heading=_("Choose a time for our call"),
)
SETTLED_ELSEWHERE = Instead(
    "settled_elsewhere",
    _(
        "The authority returned it. Nothing in the order has to change."
        " Resubmit by %(due)s, or the order will be closed"
    ),
    heading=_("Settle it elsewhere, then resubmit"),
)
ACCESS_ENDED = Instead(
    "access_ended",
    _("This order was approved, and the transfer has ended since"),
    heading=_("The transfer of %(domain)s to us has ended"),
)
ENDED_AFTER_REFUSAL = Instead("access_ended", _("The transfer has ended since"))
FILING_IS_GONE = Instead(
    "filing_is_gone", _("The authority has the filing on record no longer: its number is no longer valid")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state; headings and sentences may use %(due)s, %(n)s, %(number)s, %(reason)s and %(domain)s."""

    key: str
    label: Words
    heading: Words  # of its page: whose turn it is, or what to do
    sentence: Words
    turn: str
    tone: str
    icon: str
    part: str  # its part of the timeline
    instead: tuple[Instead, ...] = ()

    groups: frozenset[Group] = frozenset()

    # its date
    date: Words = ""  # label of the deadline or of the promised answer
    promised_by: str = ""  # WE or AUTHORITY: whose answer has a date although there is no deadline
    calendar: Words = ""  # the summary of the calendar file
    kept: str = ""  # the setting for how long an order waits here for its owner
    reminder: str = ""  # the message before that time ends
    clock: str = ""  # the move at the deadline
    ends_on_page: bool = False  # a page may make that move before the sweep does
    over: Words = BEING_CLOSED  # what its page says once the deadline has passed
    stuck_after: timedelta | None = None  # after that it is reported to operations

    # its pages
    stage: str = ""  # the stage of the stepper, if the state decides it
    button: Words = ""  # its label; leads to the page where the work is done
    page: str = ""  # the URL name of that page
    upload: str = ""  # what a phone may send (`verification.phones.uploads`)
    panels: tuple[str, ...] = ()  # further panels of the order's page (`PANELS` of `order_page/panels.py`)
    unavailable: tuple[tuple[Words, Words], ...] = ()  # what cannot be done now, and why
    blocks: Words = ""  # why no other order can begin until its end; %(ref)s
    blocks_over: Words = BLOCKS_OVER  # the same once its deadline has passed
    queue: str = ""  # its tab in the review desk
    queue_label: Words = ""
    refused_by: str = ""  # WE or AUTHORITY: whose reason is shown


# who is told
ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR = "account", "subject_lead", "administrator"
OWNER_AND_LEAD, EVERYBODY = (ACCOUNT, SUBJECT_LEAD), (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR)
# kinds of notes of events, for the timeline
PLAIN, HIDDEN, AUTHORITY_WORDS, EARLIER_REPORT, WITHDRAWAL, OUR_REFUSAL, REPLY = (
    "plain", "hidden", "authority_words", "earlier_report", "withdrawal", "our_refusal", "reply",
)  # fmt: skip
# notes that are keys of ours and contain nothing personal
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
    on_other_pages: Words = ""  # the label where it is offered to end a blocking order


@dataclass(frozen=True)
class Move(lifecycle.Move):
    """A move of an order, with who is told and how people read it."""

    said: Words = ""  # in the timeline
    for_staff: Words = ""  # there for staff, where the words above speak to the applicant
    done_by: Words = ""  # in the timeline, if not the one who made the move
    note: str = PLAIN
    audience: tuple[str, ...] = (ACCOUNT,)
    button: Button | None = None
    own_page: bool = False  # the applicant makes it on a page of its own, without such a button
    grants: bool = False  # the authority approved: duties begin
    ends_access: bool = False  # duties end
    confirms: bool = False  # the confirmation of a cancellation: the first open row is used
    comes_back: bool = False  # returns it to its owner: the keeping time of a filing password begins


@dataclass(frozen=True)
class Fact:
    """Something noted in the timeline that moves nothing."""

    name: str
    said: Words
    note: str = PLAIN
    done_by: Words = ""  # if not the one who noted it
    for_staff: Words = ""  # where the words above speak to the applicant


def staff_words(row: Move | Fact) -> Words:
    """What happened, as staff read it."""
    return row.for_staff or row.said


def of(*states: State) -> tuple[str, ...]:
    """The keys of some states, for the sources of a move."""
    return tuple(state.key for state in states)
