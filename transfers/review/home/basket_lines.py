"""The lines of the first page: what waits in a basket or another list, as a bar and in words."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.fields.types import Words
from icpportal.time_format import span_words
from transfers.review.baskets.counts import BasketCount
from transfers.review.baskets.due import due_between
from transfers.review.baskets.rows import Reader
from transfers.review.staff import is_lead
from transfers.review.worklists.calls import calls_now
from transfers.review.worklists.claims import claims_now
from transfers.review.worklists.corrections import corrections_now
from transfers.review.worklists.objections import objections_now
from transfers.review.worklists.parcels import parcels_now

OPEN = "closed_at__isempty=1"  # query of the list of correction requests
SENT = "state=sent"  # query of the list of claims
REQUESTED = "state=requested"  # query of the list of backdrops
SPREAD = 152  # length of the longest bar


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a basket's bar: overdue orders, those due today, or those due later."""

    key: str  # over, today, later
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One basket and what waits in it."""

    part: Words  # the heading above it, if it is the first under one
    label: Words
    url: str
    waiting: str
    over: int
    pieces: list[Piece]
    told: str  # the bar in words
    earliest: str
    tone: str


def amounts_of(counted: BasketCount) -> dict[str, int]:
    """How many are overdue, due today, and due later."""
    later = counted.waiting - counted.over - counted.today
    return {"over": counted.over, "today": counted.today, "later": later}


def bar_words(counted: BasketCount) -> str:
    """The bar in words."""
    sentence = _("%(over)s overdue, %(today)s due today, %(later)s later")
    return sentence % amounts_of(counted) if counted.waiting else ""


def bar_of(amounts: dict[str, int], most: int) -> list[Piece]:
    """The bar of a basket, drawn relative to the fullest one."""
    found, x = [], 0.0
    for key, amount in amounts.items():
        width = round(SPREAD * amount / most, 1) if most else 0.0
        if width:
            found.append(Piece(key, f"{x:.1f}", f"{width:.1f}"))
        x += width
    return found


def waiting_words(counted: BasketCount, reader: Reader) -> str:
    """Since when the oldest waits, where nobody promised a time."""
    if counted.first is None:
        return _("nothing waits")
    return _("the oldest for %(span)s") % {"span": span_words(max(reader.now - counted.first, timedelta(0)))}


def worklist_lines(reader: Reader) -> list[BasketLine]:
    """What waits beside orders, as far as this reader may do it."""
    found = _phone_lines(reader)
    if reader.user.has_perm("verification.post_backdrop"):
        found += _parcel_lines(reader)
    if reader.user.has_perm("filings.review_claim"):
        found += _claim_lines(reader)
    return found + (_correction_lines(reader) if is_lead(reader.user) else [])


def _phone_lines(reader: Reader) -> list[BasketLine]:
    """Calls to make and objections to answer, counted and drawn like a basket."""
    rows = [
        (_("Calls"), "admin:desk_calls", calls_now()),
        (_("Objections"), "admin:desk_objections", objections_now()),
    ]
    most = max(counted.waiting for _label, _name, counted in rows)
    return [
        _worklist_line(label, reverse(name), counted, most, reader, _("On the phone") if not n else "")
        for n, (label, name, counted) in enumerate(rows)
    ]


def _parcel_lines(reader: Reader) -> list[BasketLine]:
    """Backdrops that applicants wait for, without a promised time; none under rules that need no backdrop."""
    counted, url = parcels_now(), reverse("admin:verification_backdrop_changelist")
    if not counted.waiting:
        return []
    line = _worklist_line(_("To post"), f"{url}?{REQUESTED}", counted, counted.waiting, reader, _("Backdrops"))
    return [replace(line, earliest=waiting_words(counted, reader), tone="")]


def _claim_lines(reader: Reader) -> list[BasketLine]:
    """Claims of old records, which every reviewer may decide."""
    counted, url = claims_now(), reverse("admin:filings_legacyclaim_changelist")
    label = _("Claims of old records")
    return [_worklist_line(label, f"{url}?{SENT}", counted, counted.waiting, reader, _("Old platform"))]


def _correction_lines(reader: Reader) -> list[BasketLine]:
    """Correction requests, which leads answer."""
    counted, url = corrections_now(), reverse("admin:rights_correctionrequest_changelist")
    label = _("Correction requests")
    return [_worklist_line(label, f"{url}?{OPEN}", counted, counted.waiting, reader, _("People's own data"))]


def _worklist_line(label: str, url: str, counted: BasketCount, most: int, reader: Reader, part: str) -> BasketLine:
    due = due_between(reader.now, counted.first, reader.now, reader.known) if counted.first else None
    return BasketLine(
        part=part,
        label=label,
        url=url,
        waiting=counted.words,
        over=counted.over,
        pieces=bar_of(amounts_of(counted), most),
        told=bar_words(counted),
        earliest=due.words if due else _("nothing waits"),
        tone=due.tone if due else "",
    )
