"""The timeline of an order: when, who, what, why, which messages went out, which papers were replaced."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK, LEAD, OPERATIONS, REVIEWER
from icpportal.outbox.queries import about
from transfers import states
from transfers.actions import WITHDRAW_REASONS
from transfers.authority_words import note_words
from transfers.for_cause import WORDS as CAUSES
from transfers.labels import label_of

SYSTEM = _("The system")
WHO: dict[str, str | Promise] = {
    APPLICANT: _("You"),
    REVIEWER: _("Our reviewer"),
    LEAD: _("Our reviewer"),
    AUTHORITY: pgettext_lazy("who", "The authority"),
    CLOCK: SYSTEM,
    OPERATIONS: _("Operations"),
}
# what the portal does itself, although the authority's receipt is what moves the order
WHO_OF = {"reported": SYSTEM}
WHAT: dict[str, str | Promise] = {
    "start": _("The order was begun"),
    "submit": _("Sent to review"),
    "send_back": _("Returned for changes"),
    "accept": _("The entries and papers were accepted"),
    "send_photo": _("The photo was sent"),
    "refuse_photo": _("The photo has to be taken again"),
    "accept_photo": _("The photo was accepted"),
    "reported": _("Handed over to the authority"),
    "report_failed": _("The hand-over has to be repeated by us; there is nothing for you to do"),
    "released": _("The hand-over was cleared and goes out again"),
    "waits": _("The authority decides about something else first; the report goes again by itself"),
    "phones_done": _("All phones are confirmed"),
    "go_on": _("The time for the phones is over; the order went on to the authority's review"),
    "lapse": _("The phones were not confirmed in time"),
    "grant": pgettext_lazy("timeline", "Approved"),
    "grant_late": pgettext_lazy("timeline", "Approved"),
    "earlier_refused": _("The authority returned an earlier report of this order"),
    "earlier_failed": _("An earlier report of this order failed. There is nothing to do"),
    "turn_down": _("Returned by the authority"),
    "resubmit": _("Sent again unchanged"),
    "mend": _("Opened for changes"),
    "withdraw": pgettext_lazy("timeline", "Withdrawn"),
    "abandon": pgettext_lazy("timeline", "Abandoned"),
    "refuse": pgettext_lazy("timeline", "Refused"),
    "expire_draft": _("Closed: it was not sent in time"),
    "expire": _("Closed: it was not continued in time"),
    "close": _("Closed, because it could not be read any more"),
    "confirm_cancel": _("The cancellation was confirmed"),
    "cancel_for_cause": _("The provider ends the transfer for a cause"),
    "cool": _("The cancellation waits; it can still be stopped"),
    "stop": _("The cancellation was stopped"),
    "cooled": _("The cancellation goes out"),
    "ended": _("The transfer has ended"),
    "cancel_refused": _("The authority refused the cancellation"),
    "access_ended": _("The authority has this access on record no more"),
    "reminded": _("A reminder went out"),
    "call": _("We called you"),
    "explained": _("Left as it is, with a reason"),
    "use_again": _("A paper of an earlier order is used again"),
    "deadline_moved": _("The deadline was moved"),
    "stated": _("You said that the code was entered"),
    "unstated": _("You took that back"),
}
# the stages of the timeline: what lies behind the one an order stands in is folded
STAGE_OF = {
    **dict.fromkeys((states.DRAFT, states.SUBMITTED, states.RETURNED), "papers"),
    **dict.fromkeys((states.PHOTO_DUE, states.PHOTO_REVIEW), "photo"),
    **dict.fromkeys((states.HANDING_OVER, states.PHONE_DUE, states.LAPSED), "phones"),
    **dict.fromkeys((states.AUTHORITY_REVIEW, states.AUTHORITY_RETURNED), "authority"),
    states.COOLING_OFF: "cooling_off",
    **dict.fromkeys(states.ENDED, "end"),
}
CHANNELS: dict[str, str | Promise] = {"email": _("E-mail"), "sms": _("Text message"), "site": _("On the site")}
# what a note holds that the reader is shown in plain words
NOTES: dict[str, Callable[[Any, str, str], str]] = {
    "withdraw": lambda order, note, language: _withdrawn(note, language),
    "turn_down": note_words,
    "waits": note_words,
    "cancel_refused": note_words,
    "ended": lambda order, note, language: note_words(order, note, language) if note else "",
    "report_failed": lambda order, note, language: "",
    "earlier_refused": lambda order, note, language: note_words(order, note.partition(" ")[2], language),
    "earlier_failed": lambda order, note, language: "",
    "cancel_for_cause": lambda order, note, language: CAUSES[note][language],
}


def _as_it_is(order: Any, note: str, language: str) -> str:
    return note


def _withdrawn(note: str, language: str) -> str:
    """The reason from the list in the reader's language, and the words that came with it."""
    key, _colon, words = note.partition(": ")
    reason = WITHDRAW_REASONS.get(key, {}).get(language, key)
    return f"{reason}: {words}" if words else reason


def timeline(order: Any, *, chinese: bool) -> list[dict[str, Any]]:
    """Every event, newest first, with the delivery state of what was told and the papers replaced; three queries."""
    told = _messages(order)
    language = "zh" if chinese else "en"
    moves = [
        {
            "at": event.at,
            "who": WHO_OF.get(event.move) or WHO.get(event.by, event.by),
            "what": WHAT.get(event.move, event.move),
            "key": event.to_state,
            "note": NOTES.get(event.move, _as_it_is)(order, event.note, language),
            "messages": told.get(str(event.pk), []),
        }
        for event in order.events.all()
    ]
    papers = _replaced(order)
    return sorted([*moves, *papers], key=lambda row: row["at"], reverse=True) if papers else moves


def by_stage(order: Any, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the stage the order stands in, and those of the stages behind it."""
    here = STAGE_OF[order.state]
    behind = next((n for n, row in enumerate(rows) if row["key"] and STAGE_OF.get(row["key"]) != here), len(rows))
    return rows[:behind], rows[behind:]


def _replaced(order: Any) -> list[dict[str, Any]]:
    """Each paper that took the place of an earlier one, with the number of its version."""
    versions: dict[tuple[str, int], int] = {}
    rows = []
    for paper in order.papers.order_by("added_at"):
        place = (paper.slot, paper.side)
        versions[place] = versions.get(place, 0) + 1
        if versions[place] > 1:
            facts = {"paper": label_of(f"paper.{paper.slot}"), "n": versions[place]}
            what = gettext("%(paper)s: version %(n)s") % facts
            rows.append({"at": paper.added_at, "who": WHO[APPLICANT], "what": what, "key": "", "note": ""})
    return rows


def _messages(order: Any) -> dict[str, list[dict[str, Any]]]:
    """What was sent for each event: one line a channel and state, with how many it went to."""
    found: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for message in about(order.reference):
        parts = message.event.split(":")
        if message.channel in CHANNELS and len(parts) > 1:
            lines = found.setdefault(parts[1], {})
            line = {"label": CHANNELS[message.channel], "state": message.get_state_display(), "number": 0}
            lines.setdefault((message.channel, message.state), line)["number"] += 1
    return {event: list(lines.values()) for event, lines in found.items()}
