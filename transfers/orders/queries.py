"""Reads of orders, each in one place."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.utils import timezone

from filings.models import Website
from filings.provinces import Province, province
from filings.queries import live_accesses
from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.database.row_reads import read_once
from icpportal.desk.own_words import Own, own_texts
from icpportal.fields.types import Fact
from icpportal.gateways.miit.base import authority
from transfers.models import (
    Decision,
    FieldVerdict,
    Objection,
    Order,
    OrderDocument,
    OrderEvent,
    PhoneCheck,
    ReviewRound,
)
from transfers.orders import guards, moves, states
from transfers.orders.history import COME_BACK, REFUSALS, entry_along, postponed
from transfers.orders.kinds import in_group, initial, is_in, keys
from transfers.orders.people import ADMINISTRATOR, BOTH, SUBJECT_LEAD, administrator, by_role
from transfers.orders.rows import Group

RETURN = "send_back"  # the decision of a round that returned the order
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# keys of the steps that are pages of the details; `transfers.steps` has a row for each
DETAILS = ("subject", "website", "administrator")


def rules_of(order: Order) -> Province:
    """The province's rules as of the order's beginning."""
    return province(order.province, order.rule_profile)


def has_details(order: Order) -> bool:
    """Whether every page of the details is answered."""
    return set(DETAILS) <= set(order.answers)


def facts_of(order: Order) -> dict[str, Fact]:
    """The facts that guards and deadlines of the lifecycle may read."""
    rules = rules_of(order)
    phones = rules.phones
    return {
        "asks_password": rules.asks_password,
        "administrator_key": administrator(order).key,
        "phone_window": phones.window if phones else None,
        "no_longer_valid": papers_run_out(order),
    }


def can_be_sent_unchanged(order: Order) -> bool:
    """Whether everything in a returned order still holds, so that it needs no change and no new review."""
    return guards.unchanged_and_valid(order, facts_of(order))


def papers_run_out(order: Order, today: date | None = None) -> bool:
    """Whether a person's document has expired since it was reviewed."""
    day = (today or timezone.localdate()).isoformat()
    untils = [order.answer("subject").get("lead_id_until"), order.answer("administrator").get("admin_id_until")]
    return any(until and until < day for until in untils)


def phone_roles(order: Order) -> list[str]:
    """Whose phones the ministry texts for this order; one role `both` where both have the same mobile."""
    phones = rules_of(order).phones
    if phones is None:
        return []
    people = by_role(order)
    if len(phones.people) == 2 and people[SUBJECT_LEAD].mobile == people[ADMINISTRATOR].mobile:
        return [BOTH]
    return list(phones.people)


def orders_of(user: User) -> QuerySet[Order]:
    """The user's own orders, newest first."""
    return Order.objects.filter(owner=user).order_by("-created_at")


def cancellation_of(user: User, website: UUID) -> Order | None:
    """The newest order with which this user cancelled the transfer of a website (a key)."""
    ended = Order.objects.filter(owner=user, website=website, kind__in=keys("ends_access")).filter(
        in_group(Group.ARRIVED)
    )
    return ended.order_by("-created_at").defer("answers").first()


def of_websites(user: User, websites: Iterable[Website]) -> QuerySet[Order]:
    """This user's orders about these websites, newest last, without the answers."""
    return Order.objects.filter(owner=user, website__in=websites).order_by("created_at").defer("answers")


def in_progress() -> QuerySet[Order]:
    return Order.objects.exclude(state__in=states.keys(Group.ENDED))


def phones_open() -> Q:
    """Matches orders whose owner must have phones verified (短信核验)."""
    return in_group(Group.PHONES_OPEN)


def being_submitted() -> Q:
    """Matches orders whose report is on its way to the authority."""
    return in_group(Group.BEING_SUBMITTED)


def newest_draft_of(user: User) -> Order | None:
    """The user's newest order that was never submitted."""
    return _newest_draft(initial()).first(owner=user.pk)


@cache
def _newest_draft(state: str) -> CompiledQuery[Order]:
    drafts = Order.objects.filter(state=state).order_by("-created_at")
    return CompiledQuery(lambda owner: drafts.filter(owner=owner)[:1], owner=UUIDField())


def editable_of(user: User) -> QuerySet[Order]:
    """The user's orders that can be filled in or changed, newest first."""
    return orders_of(user).filter(state__in=states.keys(Group.EDITABLE))


def earlier_of(order: Order) -> Order | None:
    """The owner's newest other transfer for the same subject, however it ended."""
    known: dict[str, UUID | str | datetime] = {"owner": order.owner_id, "subject_key": order.subject_key}
    known |= {"began": order.created_at, "pk": order.pk}
    return read_once(order, "earlier order", lambda: _earlier(keys("brings_access")).first(**known))


@cache
def _earlier(kinds: Collection[str]) -> CompiledQuery[Order]:
    transfers = Order.objects.filter(kind__in=kinds).order_by("-created_at")
    return CompiledQuery(
        lambda owner, subject_key, began, pk: transfers.filter(
            owner=owner, subject_key=subject_key, created_at__lt=began
        ).exclude(pk=pk)[:1],
        owner=UUIDField(),
        subject_key=CharField(),
        began=DateTimeField(),
        pk=UUIDField(),
    )


def lost_consent(order: Order) -> bool:
    """Whether an ended order was closed because a consent was withdrawn."""
    last = next((event.move for event in order.events.all() if event.to_state == order.state), "")
    return last == moves.WITHDRAW_CONSENT.name


def is_being_decided(order: Order) -> bool:
    """Whether a reviewer has decided about the order and may still take it back."""
    return Decision.objects.filter(order=order, ended_at=None).exists()


def in_our_review() -> QuerySet[Order]:
    """Orders that wait for our reviewers."""
    return Order.objects.filter(state__in=states.keys(Group.IN_REVIEW))


def due(now: datetime) -> QuerySet[Order]:
    """Orders whose time has run out, oldest first; served by the partial index on `due_at`."""
    return Order.objects.filter(due_at__lte=now).order_by("due_at")


def papers_of(order: Order) -> QuerySet[OrderDocument]:
    """The documents that count now."""
    return order.papers.filter(retired_at__isnull=True).select_related("document").order_by("slot", "side")


def photo_of(order: Order) -> OrderDocument | None:
    """The photo uploaded since the order waits for one; a refused photo no longer counts."""
    return papers_of(order).filter(slot="photo", added_at__gte=order.entered_at).first()


def counts(order: Order, paper: OrderDocument) -> bool:
    """Whether a document counts in the order's present state; a photo does not once a reviewer has refused it."""
    return paper.slot != "photo" or paper.added_at >= order.entered_at


def was_refused(order: Order, photo: OrderDocument) -> bool:
    """Whether this is, byte for byte, a photo that a reviewer has refused."""
    earlier = order.papers.filter(slot="photo", added_at__lt=order.entered_at).exclude(document__sha256="")
    return earlier.filter(document__sha256=photo.document.sha256).exists()


def papers_replaced(order: Order, moment: datetime) -> QuerySet[OrderDocument]:
    """The documents that counted at `moment` and were replaced afterwards: old beside new."""
    stood = order.papers.filter(added_at__lte=moment, retired_at__gt=moment, document__state="ready")
    return stood.select_related("document").order_by("slot", "side")


def phone_checks(order: Order) -> QuerySet[PhoneCheck]:
    """The phones of the latest report."""
    return order.phone_checks.filter(report=order.report)


def last_round(order: Order) -> ReviewRound | None:
    return order.rounds.order_by("-number").first()


def is_return(found: ReviewRound) -> bool:
    """Whether the round sent the order back to its owner."""
    return found.decision == RETURN


def was_returned() -> Q:
    """A condition on orders: one of our reviewers has returned the order before."""
    return Q(returns__gt=0)


RETURNS = CompiledQuery(
    lambda order: ReviewRound.objects.filter(order=order, decision=RETURN).values_list("number"), order=UUIDField()
)


def returns_of(order: Order) -> int:
    """How often a reviewer has returned the order, by its rounds: the value of the column `returns`."""
    return len(RETURNS.texts(order=order.pk))


def last_return(order: Order) -> ReviewRound | None:
    """The last round that returned the order."""
    return order.rounds.filter(decision=RETURN).order_by("-number").first()


def open_verdicts(order: Order) -> dict[str, FieldVerdict]:
    """In a returned order, the verdicts on the fields that the reviewer named, by field; each with `history.ENTRY`."""
    latest = order.rounds.filter(decision=RETURN).order_by("-number").values("pk")[:1]
    named = FieldVerdict.objects.filter(round__in=latest, verdict=FieldVerdict.RETURN).select_related("reason", "round")
    found = named.annotate(**entry_along(order))
    return read_once(order, "verdicts", lambda: {verdict.field: verdict for verdict in found})


def returns_by(order: Order, by: str) -> QuerySet[OrderEvent]:
    """The events with which one side returned the order."""
    return OrderEvent.objects.filter(order=order, move__in=COME_BACK, by=by)


def digests_to_erase(now: datetime) -> QuerySet[Order]:
    """Lapsed or returned orders whose filing password was kept long enough since return and entry."""
    resting, cutoff = states.keys(Group.KEEPS_PASSWORD), now - settings.PASSWORD_DIGEST_KEPT
    came_back = OrderEvent.objects.filter(order=OuterRef("pk"), move__in=COME_BACK)
    # opening it for changes does not restart the time
    last_back = Subquery(came_back.order_by("-at").values("at")[:1])
    # an order returned so long ago began even earlier: these come first in the index
    old = Order.objects.filter(password_kept=True, created_at__lt=cutoff, state__in=resting)
    keeping = old.annotate(came_back_at=last_back).order_by("created_at")
    rests = Q(entered_at__lt=cutoff) | Q(came_back_at__lt=cutoff)
    return keeping.filter(rests).exclude(password_confirmed_at__gte=cutoff)


def own_open_order(owner: User, subject_key: str, domain: str) -> Order | None:
    """This account's open order for the subject or the domain."""
    return _own_open(states.keys(Group.ENDED)).first(owner=owner.pk, subject_key=subject_key, domain=domain)


@cache
def _own_open(ended: Collection[str]) -> CompiledQuery[Order]:
    rest = Order.objects.exclude(state__in=ended).order_by("created_at")
    return CompiledQuery(
        lambda owner, subject_key, domain: rest.filter(Q(domain=domain) | Q(subject_key=subject_key), owner=owner)[:1],
        owner=UUIDField(),
        subject_key=CharField(),
        domain=CharField(),
    )


def other_open_order(owner: User, subject_key: str, domain: str, region: str) -> bool:
    """Whether another account has a claimed open order with the same document, region and domain."""
    claimed = _claimed_by_others(states.keys(Group.ENDED))
    found = claimed.all(owner=owner.pk, subject_key=subject_key, domain=domain)
    return any(order.answer("type").get("region") == region for order in found)


@cache
def _claimed_by_others(ended: Collection[str]) -> CompiledQuery[Order]:
    rest = Order.objects.exclude(state__in=ended).filter(claimed=True)
    return CompiledQuery(
        lambda owner, subject_key, domain: rest.filter(subject_key=subject_key, domain=domain).exclude(owner=owner),
        owner=UUIDField(),
        subject_key=CharField(),
        domain=CharField(),
    )


def objected_order(objector: User, subject_key: str, domain: str) -> Order | None:
    """Another account's open order that an objection about this subject or domain is about."""
    about = Q(domain=domain) | (Q(subject_key=subject_key) if subject_key else Q(pk__in=[]))
    return in_progress().filter(about).exclude(owner=objector).order_by("-claimed", "created_at").first()


def objections_to(order: Order) -> QuerySet[Objection]:
    """Other accounts' open objections to this order: about its domain or its subject."""
    about = Q(domain=order.domain) | Q(subject_key=order.subject_key)
    return Objection.objects.filter(about, closed_at=None).exclude(owner=order.owner_id).select_related("owner")


def is_proved(order: Order, now: datetime | None = None) -> bool:
    """Whether the code to the filed mobile was entered recently enough for a cancellation to be confirmed."""
    until = order.answer("proof").get("until") or ""
    return bool(until) and (now or timezone.now()) < datetime.fromisoformat(until)


def open_cancellations() -> QuerySet[Order]:
    """Confirmed cancellations that have not arrived."""
    return Order.objects.filter(_is_open_cancellation())


def _is_open_cancellation() -> Q:
    return being_submitted() & Q(kind__in=keys("ends_access"), website__isnull=False)


def live_access(**columns: bool) -> Exists:
    """A condition: the order's website has a live access of ours with these columns."""
    return Exists(live_accesses().filter(website=OuterRef("website"), **columns))


def lacks_access_id() -> Q:
    """A condition: a cancellation that cannot be sent, because the authority has not told the access's id (Jrid)."""
    return _is_open_cancellation() & Q(live_access()) & ~Q(live_access(ministry_id__isnull=False))


def without_access_id() -> QuerySet[Order]:
    """The cancellations that wait for the id of their access."""
    return Order.objects.filter(lacks_access_id())


def waits_for_id(order: Order) -> bool:
    """Whether this order is such a cancellation."""
    return is_in(order, Group.BEING_SUBMITTED) and without_access_id().filter(pk=order.pk).exists()


def waits_for_answer(order: Order) -> bool:
    """Whether its report waits for the authority's answer to an earlier one of the order."""
    is_later = is_in(order, Group.BEING_SUBMITTED) and order.report > 1 and not order.held
    return is_later and bool(authority().waits_for(order.report_key))


def waits_for_other_decision(order: Order) -> bool:
    """Whether the authority has postponed its report until something else of the filing is decided."""
    return read_once(order, "is postponed", lambda: order.pk in postponed([order]))


def refusal_words(order: Order) -> str:
    """Why the order was refused, as the lead reviewer or the authority wrote it."""
    found = read_once(order, "refusal", order.events.filter(move__in=REFUSALS).first)
    return found.said if found else ""


def our_refusal(order: Order) -> Own:
    """Why we refused the order, by language of writing."""
    last = read_once(order, "refusing round", order.rounds.filter(decision="refuse").first)
    return own_texts(last.own if last else {}, refusal_words(order))


def photo_verdicts(order: Order) -> list[FieldVerdict]:
    """Why the last photo must be taken again; empty when none was refused."""
    latest = order.rounds.filter(decision="refuse_photo").order_by("-number").first()
    refused = FieldVerdict.objects.filter(round=latest, verdict=FieldVerdict.RETURN).select_related("reason")
    return list(refused) if latest else []
