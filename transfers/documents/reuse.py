"""Documents of earlier, approved orders that may be used again: what they show, until when, and why one may not.

A document is reused only for the same subject, and a person's only while that person has the same role and the document
is valid; the person agrees again in each order. Everything else (statement, letters, photo) is made for one order and
is never offered.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.checks.documents import ends_soon
from filings.equality import is_same_text
from filings.models import Subject
from filings.register.answer_values import day
from icpportal.accounts.models import User
from icpportal.time_format import day_words
from transfers.documents import validity
from transfers.documents.slots import SLOTS, slot_of
from transfers.models import Order, OrderDocument
from transfers.orders import states
from transfers.orders.kinds import kind_of
from transfers.orders.people import Person
from transfers.orders.rows import Group

SUBJECT_ID, LEAD_ID, ADMIN_ID = "subject_id", "lead_id", "admin_id"
# slots whose documents a slot may take over: a person's from either role in the earlier order
TAKEN_FROM = {LEAD_ID: (LEAD_ID, ADMIN_ID), ADMIN_ID: (ADMIN_ID, LEAD_ID), SUBJECT_ID: (SUBJECT_ID,)}
ENDED = _("This document has expired: upload the new one")
ENDS_SOON = _("The document expires within 3 months: upload the new one")
OTHER_END = _("The expiry date you entered is different: upload the current document")
OTHER_LEAD = _("The subject lead has changed: upload the new lead's ID document")
OTHER_NAME = _("The subject's name has changed: upload its current document")
MOST = 60  # pictures of earlier orders considered, newest first


@dataclass(frozen=True)
class Earlier:
    """All sides of one document of an earlier order, and whose it is."""

    slot: str
    order: Order
    papers: tuple[OrderDocument, ...]
    person: Person | None
    until: date | None

    @property
    def added_at(self) -> datetime:
        """When its last side was uploaded."""
        return max(paper.document.created_at for paper in self.papers)

    @property
    def until_words(self) -> str:
        return day_words(self.until, weekday=False) if self.until is not None else ""

    @property
    def origin(self) -> str:
        """The order it was uploaded in."""
        return self.papers[0].document.holder

    @property
    def title(self) -> str | Promise:
        return SLOTS[self.slot].title

    @property
    def is_whole(self) -> bool:
        slot = slot_of(self.order, self.slot)
        return slot is not None and len(self.papers) >= slot.needed


def earlier_papers(owner: User, subject_key: str) -> list[Earlier]:
    """What this account's approved orders have for this subject: the newest of each person and of the subject."""
    rows = (
        OrderDocument.objects.filter(
            order__owner=owner,
            order__subject_key=subject_key,
            order__state__in=states.keys(Group.APPROVED),
            slot__in=TAKEN_FROM,
            retired_at__isnull=True,
            document__state="ready",
        )
        .select_related("order", "document")
        .order_by("-order__created_at", "slot", "side")[:MOST]
    )
    grouped: dict[tuple[UUID, str], list[OrderDocument]] = {}
    for row in rows:
        grouped.setdefault((row.order_id, row.slot), []).append(row)
    found: dict[tuple[str, str], Earlier] = {}
    for (_order, slot), papers in grouped.items():
        each = _earlier(papers[0].order, slot, tuple(papers))
        of = ("subject", "") if each.person is None else ("person", each.person.key)
        if each.is_whole:
            found.setdefault(of, each)
    return list(found.values())


def _earlier(order: Order, slot: str, papers: tuple[OrderDocument, ...]) -> Earlier:
    person = validity.person_of(order, slot)
    return Earlier(slot, order, papers, person, day(validity.until_of(order, slot)) if person else None)


def why_not(earlier: Earlier, *, today: date | None = None) -> str | Promise:
    """Why this document cannot be used again in any order; "" when it can."""
    today = today or timezone.localdate()
    if earlier.until is not None and earlier.until < today:
        return ENDED
    if earlier.until is not None and ends_soon(earlier.until, today):
        return ENDS_SOON  # the person's page refuses such a document too
    return ""


@dataclass(frozen=True)
class Offer:
    """An earlier document as a page shows it: whether it may be used again, and if not, why."""

    earlier: Earlier
    why_not: str | Promise = ""


def for_subject(owner: User, subject: Subject) -> list[Offer]:
    """What may be used again for a subject on file, before there is an order; tells of a lead that changed."""
    return [
        Offer(each, why_not(each) or _why_changed(each, subject)) for each in earlier_papers(owner, subject.subject_key)
    ]


def _why_changed(earlier: Earlier, subject: Subject) -> str | Promise:
    if earlier.person is None:
        return _of_another_name(earlier, subject.name)
    was_lead = earlier.slot == LEAD_ID
    is_lead = subject.lead is not None and subject.lead.person_key == earlier.person.key
    return OTHER_LEAD if was_lead and not is_lead else ""


def _of_another_name(earlier: Earlier, name: str) -> str | Promise:
    """Why a document of the subject shows another name; the authority's record may write it otherwise."""
    return "" if is_same_text(earlier.order.answer("type").get("name", ""), name) else OTHER_NAME


def is_of_lead(offer: Offer, subject: Subject) -> bool:
    """Whether the document shows the subject's present lead."""
    person = offer.earlier.person
    return person is not None and subject.lead is not None and subject.lead.person_key == person.key


def for_slot(order: Order, slot: str) -> Offer | None:
    """The earlier document that this slot of the order could take; `None` where there is none."""
    if slot not in TAKEN_FROM or not kind_of(order).subject_known:
        return None
    person = validity.person_of(order, slot)
    for each in earlier_papers(order.owner, order.subject_key):
        if each.order.pk != order.pk and each.slot in TAKEN_FROM[slot] and _shows(each, person):
            return Offer(each, why_not(each) or _unlike(each, order, slot))
    return None


def _shows(earlier: Earlier, person: Person | None) -> bool:
    if person is None or earlier.person is None:
        return person is None and earlier.person is None
    return bool(person.key) and earlier.person.key == person.key


def _unlike(earlier: Earlier, order: Order, slot: str) -> str | Promise:
    if earlier.person is None:
        return _of_another_name(earlier, order.answer("type").get("name", ""))
    return OTHER_END if earlier.until != day(validity.until_of(order, slot)) else ""
