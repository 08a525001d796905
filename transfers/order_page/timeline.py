"""The timeline of an order: when, who, what, why, messages sent, documents replaced."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.desk import own_words
from icpportal.fields.components import Link
from icpportal.fields.language_marks import labelled, sign
from icpportal.fields.types import Words
from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK, LEAD, OPERATIONS, REVIEWER
from icpportal.outbox.models import Message
from icpportal.outbox.models import State as Delivered
from icpportal.outbox.queries import about
from transfers.cancellation.cause import WORDS as CAUSES
from transfers.models import Order, OrderEvent
from transfers.orders import queries, states
from transfers.orders.actions import WITHDRAW_REASONS
from transfers.orders.history import row_of
from transfers.orders.kinds import state_of
from transfers.orders.people import ROLES
from transfers.orders.rows import (
    ACCOUNT,
    AUTHORITY_WORDS,
    CAUSE,
    EARLIER_REPORT,
    HIDDEN,
    ORIGIN,
    OUR_REFUSAL,
    PERSON,
    PLAIN,
    REPLY,
    SYSTEM,
    WITHDRAWAL,
    State,
)
from transfers.pages.authority_words import note_words
from transfers.returns.labels import label_of, name_of


@dataclass(slots=True)
class Delivery:
    """The deliveries of one event's messages by one channel."""

    label: Words
    state: Words
    number: int = 0


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """The variables of one entry of `partials/timeline.html`; an entry that is no event of the order has no state."""

    at: datetime
    who: Words
    what: Words
    state: State | None = None
    note: Words = ""
    messages: list[Delivery] = field(default_factory=list)
    act: Link | None = None

    @property
    def part(self) -> str:
        return self.state.part if self.state else ""

    @property
    def key(self) -> str:
        return self.state.key if self.state else ""

    @property
    def tone(self) -> str:
        return self.state.tone if self.state else ""

    @property
    def icon(self) -> str:
        return self.state.icon if self.state else ""


WHO: dict[str, Words] = {
    APPLICANT: _("You"),
    REVIEWER: _("Our reviewer"),
    LEAD: _("Our reviewer"),
    AUTHORITY: pgettext_lazy("who", "The authority"),
    CLOCK: SYSTEM,
    OPERATIONS: _("Operations"),
}
UNDELIVERED: dict[str, Words] = {
    "email": _("An email could not be delivered"),
    "sms": _("A text message could not be delivered"),
}
ADDRESSES: dict[str, Words] = {"email": _("email address"), "sms": _("mobile number")}
CHECK_ACCOUNT = _("Check the %(address)s of the account. The message itself is on the page Messages")
CHECK_PERSON = _("%(person)s: tell this person yourself, and check the %(address)s in the details of this order")
CHANNELS: dict[str, Words] = {"email": _("Email"), "sms": _("Text message"), "site": _("On the site")}


def _withdrawn(order: Order, note: str, language: str) -> str:  # noqa: ARG001 -- one signature for all notes
    """The listed reason in the reader's language, with the owner's words."""
    key, _colon, words = note.partition(": ")
    reason = str(WITHDRAW_REASONS.get(key, key))
    return f"{reason}{sign(': ')}{words}" if words else reason


def _reply(order: Order, note: str, language: str) -> str:  # noqa: ARG001 -- one signature for all notes
    """The part in the reader's language, with the applicant's words; an earlier version stored the part's label."""
    part, _colon, words = note.partition(": ")
    return labelled(name_of(part), words)


ACCOUNT_CLOSED = _("The account was closed")
# kinds of notes → text for readers
NOTES: dict[str, Callable[[Order, str, str], str]] = {
    PLAIN: lambda order, note, language: note,
    ORIGIN: lambda order, note, language: note,
    HIDDEN: lambda order, note, language: "",
    AUTHORITY_WORDS: lambda order, note, language: note_words(order, note, language) if note else "",
    EARLIER_REPORT: lambda order, note, language: note_words(order, note.partition(" ")[2], language),
    WITHDRAWAL: _withdrawn,
    REPLY: _reply,
    CAUSE: lambda order, note, language: str(CAUSES[note]),
    PERSON: lambda order, note, language: str(ACCOUNT_CLOSED if note == ACCOUNT else ROLES.get(note, note)),
    OUR_REFUSAL: lambda order, note, language: own_words.html_for(queries.our_refusal(order), language),
}


def note_of(order: Order, event: OrderEvent, language: str) -> Words:
    """An event's note in plain words."""
    row = row_of(event.move)
    return NOTES[row.note if row else PLAIN](order, event.said, language)


def _event(order: Order, event: OrderEvent, deliveries: list[Delivery], language: str) -> TimelineRow:
    row = row_of(event.move)
    return TimelineRow(
        at=event.at,
        who=(row.done_by if row else "") or WHO.get(event.by, event.by),
        what=row.said if row else event.move,
        state=states.BY_KEY.get(event.to_state),
        note=note_of(order, event, language),
        messages=deliveries,
    )


def timeline(order: Order, *, chinese: bool, for_owner: bool = False) -> list[TimelineRow]:
    """Every event, newest first, with messages, failed deliveries and replaced documents, in three queries.

    The owner gets a link to change an address.
    """
    messages = list(about(order.reference))
    deliveries = _deliveries(messages)
    language = "zh" if chinese else "en"
    moves = [_event(order, event, deliveries.get(str(event.pk), []), language) for event in order.events.all()]
    others = [*undelivered_rows(messages, with_link=for_owner), *_replacement_rows(order)]
    return sorted([*moves, *others], key=lambda row: row.at, reverse=True) if others else moves


def by_stage(order: Order, rows: list[TimelineRow]) -> tuple[list[TimelineRow], list[TimelineRow]]:
    """The rows of the order's present part of life, and those of earlier parts."""
    here = state_of(order).part
    behind = next((n for n, row in enumerate(rows) if row.part not in ("", here)), len(rows))
    return rows[:behind], rows[behind:]


def _replacement_rows(order: Order) -> list[TimelineRow]:
    """Documents that replaced an earlier one, with the number of the version."""
    versions: dict[tuple[str, int], int] = {}
    rows = []
    for paper in order.papers.order_by("added_at"):
        place = (paper.slot, paper.side)
        versions[place] = versions.get(place, 0) + 1
        if versions[place] > 1:
            facts = {"paper": label_of(f"paper.{paper.slot}"), "n": versions[place]}
            what = gettext("%(paper)s: version %(n)s") % facts
            rows.append(TimelineRow(at=paper.added_at, who=WHO[APPLICANT], what=what))
    return rows


def _deliveries(messages: list[Message]) -> dict[str, list[Delivery]]:
    """What was sent for each event: one line for each channel and state, with how many."""
    found: dict[str, dict[tuple[str, str], Delivery]] = {}
    for message in messages:
        parts = message.event.split(":")
        if message.channel in CHANNELS and len(parts) > 1:
            lines = found.setdefault(parts[1], {})
            line = Delivery(CHANNELS[message.channel], message.fate)
            lines.setdefault((message.channel, str(message.fate)), line).number += 1
    return {event: list(lines.values()) for event, lines in found.items()}


def undelivered_rows(messages: list[Message], *, with_link: bool) -> list[TimelineRow]:
    """Messages that finally failed, the last for each person and channel, and what to do."""
    lost: dict[tuple[str, str], Message] = {}
    for message in messages:
        if message.state == Delivered.FAILED and message.channel in UNDELIVERED:
            lost[_reader(message), message.channel] = message
    return [_undelivered_row(message, role, with_link=with_link) for (role, _channel), message in lost.items()]


def _reader(message: Message) -> str:
    """Whose message it was, from its key; the account when it names nobody."""
    return next((role for role in ROLES if role in message.key.split(":")), ACCOUNT)


def _undelivered_row(message: Message, role: str, *, with_link: bool) -> TimelineRow:
    facts = {"address": ADDRESSES[message.channel], "person": ROLES.get(role, "")}
    change = Link(gettext("Check it"), reverse("account")) if with_link and role == ACCOUNT else None
    reason = message.get_lost_display()
    check = str(CHECK_ACCOUNT if role == ACCOUNT else CHECK_PERSON) % facts
    return TimelineRow(
        at=message.failed_at or message.created_at,
        who=SYSTEM,
        what=UNDELIVERED[message.channel],
        note=gettext("%(why)s. %(check)s") % {"why": reason, "check": check} if reason else check,
        act=change,
    )
