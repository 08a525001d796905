"""The demo's service codes: one in every state, one handed over, and one offered."""

from django.utils import timezone

from demo.servers.inventory import mark_of
from icpportal.accounts.models import User
from transfers.models import Order
from transfers.orders import states
from verification.models import ServiceCode, ServiceCodeState
from verification.service_codes import actions as service_codes
from verification.service_codes import handovers

SERVER = "i-sites"  # gives five codes, all issued
SPENT = "i-over"  # has expired


def fill(owner: User, taker: User) -> int:
    """Creates the codes of the demo's applicant, two of them handed to `taker`, unless they exist."""
    if not ServiceCode.objects.filter(account=owner.customer).exists():
        _place(owner, taker)
    return ServiceCode.objects.filter(account=owner.customer).count()


def _place(owner: User, taker: User) -> None:
    def code(slot: int, server: str = SERVER, state: str = ServiceCodeState.FREE) -> ServiceCode:
        return ServiceCode.objects.create(
            instance_id=f"{server}-{mark_of(owner.email)}",
            slot=slot,
            product="ecs",
            account=owner.customer,
            state=state,
        )

    code(1)
    _in_orders(owner, code(2), code(3))
    handovers.accept(handovers.offer(code(4), owner, taker))
    handovers.offer(code(5), owner, taker)
    code(1, SPENT, state="expired")
    service_codes.revoke(code(2, SPENT).pk, owner.customer)


def _in_orders(owner: User, bound: ServiceCode, used: ServiceCode) -> None:
    """One code in an order in progress, one used by an approved filing."""
    mine = Order.objects.filter(owner=owner)
    returned, approved = (mine.filter(state=state).first() for state in (states.RETURNED.key, states.APPROVED.key))
    for order, code in ((returned, bound), (approved, used)):
        if order is not None and service_codes.bind(code.pk, order.reference):
            Order.objects.filter(pk=order.pk).update(service_code=str(code.pk), instance=code.instance_id)
    if approved is not None:
        service_codes.spend(approved.reference, used_for=approved.domain, now=timezone.now())
