"""Withdraws consent to the use of pictures (PIPL 15): the order closes, and its pictures are deleted.

An order at the authority cannot be stopped: the withdrawal waits until it is returned or ends. An approved order keeps
its documents, which the law requires of the provider.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.types import Facts
from icpportal.lifecycle import APPLICANT, MoveNotAllowed
from icpportal.privacy.holds import is_held
from transfers.models import Order
from transfers.notifications.messages import notify_recipients
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.machine import ORDER, has_changed, note
from transfers.orders.moves import WITHDRAW_CONSENT
from transfers.orders.people import ADMINISTRATOR, SUBJECT_LEAD, by_role
from transfers.orders.rows import Group
from transfers.retention.erasure import erase_papers
from transfers.rights.models import ConsentWithdrawal
from verification import consents
from verification.models import Consent
from verification.phones import consent_links

CLOSES, WAITS, CHANGES_NOTHING, PICTURES_GO = "close", "later", "keep", "delete"
SHOWN = 100  # orders whose consents a page lists, newest first


@dataclass(frozen=True)
class GivenConsent:
    """A consent, in force or not, in one of the account's orders."""

    order: Order
    role: str
    name: str
    given_at: datetime
    withdrawn_at: datetime | None


def of_account(user: User) -> list[GivenConsent]:
    """The consents in this account's newest orders, in two queries."""
    orders = list(queries.orders_of(user)[:SHOWN])
    found: dict[str, list[Consent]] = defaultdict(list)
    for consent in Consent.objects.filter(holder__in=[order.reference for order in orders]).order_by("given_at"):
        found[consent.holder].append(consent)
    return [given for order in orders for given in of_order(order, found[order.reference])]


OF_ORDER = CompiledQuery(lambda holder: Consent.objects.filter(holder=holder).order_by("given_at"), holder=CharField())


def of_order(order: Order, given: Iterable[Consent] | None = None) -> list[GivenConsent]:
    """The last consent of each person now in the order."""
    if given is None:
        given = OF_ORDER.all(holder=order.reference)
    last = {consent.person_key: consent for consent in given}
    people = {person.key: (role, person.name) for role, person in reversed(by_role(order).items())}
    return [
        GivenConsent(order, *people[key], consent.given_at, consent.withdrawn_at)
        for key, consent in last.items()
        if key in people
    ]


def consent_in_force(order: Order, role: str) -> GivenConsent | None:
    """The consent of this person in the order, if it is in force."""
    return next((each for each in of_order(order) if each.role == role and each.withdrawn_at is None), None)


def effect(order: Order) -> str:
    """What a withdrawal would do to the order now."""
    if is_in(order, Group.APPROVED):
        return CHANGES_NOTHING
    if order.is_ended:
        return PICTURES_GO
    return CLOSES if ORDER.can(order, WITHDRAW_CONSENT.name, APPLICANT) else WAITS


def withdraw(
    order: Order, role: str, *, actor: User | None, on_own_phone: bool = False, now: datetime | None = None
) -> bool:
    """Withdraws the consent of the person with this role; returns False when none is in force."""
    now = now or timezone.now()
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("owner").get(pk=order.pk)
        person = by_role(order)[role]
        if not consents.withdraw(holder=order.reference, person_key=person.key, now=now):
            return False
        consent_links.withdraw(order.reference, person_key=person.key)
        row = ConsentWithdrawal.objects.create(order=order, role=role, on_own_phone=on_own_phone, at=now)
        if effect(order) == WAITS:
            event = note(order, "consent_noted", by=APPLICANT, actor=actor, key=role, at=now)
            notify_recipients(order, WITHDRAW_CONSENT.notify, event_id=event.pk, facts=_facts(role, WAITS), now=now)
        carry_out(row, actor=actor, now=now)
    return True


def carry_out(row: ConsentWithdrawal, *, actor: User | None = None, now: datetime | None = None) -> bool:
    """Closes the order and deletes its pictures as far as possible now; returns whether everything is done."""
    now = now or timezone.now()
    order = row.order
    does = effect(order)
    if does == WAITS:
        return False
    if does == CLOSES:
        facts = _facts(row.role, CLOSES)
        ORDER.apply(order, WITHDRAW_CONSENT.name, by=APPLICANT, actor=actor, note=row.role, facts=facts, now=now)
    if does != CHANGES_NOTHING:
        if is_held(order.owner):
            return False
        erase_papers(order, now=now)
    return bool(ConsentWithdrawal.objects.filter(pk=row.pk, done_at=None).update(done_at=now))


def _facts(role: str, does: str) -> Facts:
    return {"what": WHOSE[role], "reason": FOLLOWS[does]}


# the person's name in messages
WHOSE: dict[str, dict[str, str]] = {
    SUBJECT_LEAD: {"zh": "主体负责人", "en": "subject lead"},
    ADMINISTRATOR: {"zh": "网站负责人", "en": "website administrator"},
}
# what became of the order, in messages
FOLLOWS: dict[str, dict[str, str]] = {
    CLOSES: {
        "zh": "订单已关闭，图片予以删除。可用已填内容重新开始，届时须重新取得同意。",
        "en": "The order is closed, and its pictures are deleted. A new order can begin with its answers, and the"
        " consent must be given again.",
    },
    WAITS: {
        "zh": "订单已提交管局，无法追回，仍继续办理。未获批准的，图片在订单退回或结束时予以删除。",
        "en": "The order is with the authority and goes on, because it cannot be called back. Unless it is approved,"
        " its pictures are deleted when it is returned or ends.",
    },
}


def sweep(*, now: datetime | None = None) -> int:
    """Carries out withdrawals that waited for the authority or a hold; returns how many are done."""
    waiting = ConsentWithdrawal.objects.filter(done_at=None).select_related("order__owner").order_by("at")
    ran = rows.each(
        "rights.consents", waiting, lambda row: _carry_out_unless_moved(row, now), reference="order__reference"
    )
    return len(ran.done)


def _carry_out_unless_moved(row: ConsentWithdrawal, now: datetime | None) -> bool:
    """Carries it out; leaves it to the next sweep when the order moves at this moment."""
    try:
        return carry_out(row, now=now)
    except MoveNotAllowed:
        if not has_changed(row.order):
            raise
        return False
