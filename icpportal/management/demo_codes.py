"""The service codes of the demo: one in every state, one handed over, and one that waits for an answer."""

from typing import Any

from django.utils import timezone

from icpportal.gateways.inventory.file import mark_of
from transfers import states
from transfers.models import Order
from verification import handing_over, service_codes
from verification.models import ServiceCode

SERVER = "i-sites"  # gives five codes, and all of them are given
SPENT = "i-over"  # has expired


def fill(owner: Any, taker: Any) -> int:
    """Codes of the demo's applicant, two of them handed to `taker`; nothing happens when they are there."""
    if not ServiceCode.objects.filter(account=owner.customer).exists():
        _place(owner, taker)
    return ServiceCode.objects.filter(account=owner.customer).count()


def _place(owner: Any, taker: Any) -> None:
    def code(slot: int, server: str = SERVER, **columns: Any) -> ServiceCode:
        return ServiceCode.objects.create(
            instance_id=f"{server}-{mark_of(owner.email)}", slot=slot, product="ecs", account=owner.customer, **columns
        )

    code(1)
    _in_orders(owner, code(2), code(3))
    handing_over.accept(handing_over.offer(code(4), owner, taker))
    handing_over.offer(code(5), owner, taker)
    code(1, SPENT, state="expired")
    service_codes.revoke(code(2, SPENT).pk, owner.customer)


def _in_orders(owner: Any, bound: ServiceCode, used: ServiceCode) -> None:
    """One code in an order on its way, one used by a filing that was approved."""
    mine = Order.objects.filter(owner=owner)
    returned, approved = (mine.filter(state=state).first() for state in (states.RETURNED, states.APPROVED))
    for order, code in ((returned, bound), (approved, used)):
        if order is not None and service_codes.bind(code.pk, order.reference):
            Order.objects.filter(pk=order.pk).update(service_code=str(code.pk), instance=code.instance_id)
    if approved is not None:
        service_codes.spend(approved.reference, used_for=approved.domain, now=timezone.now())
