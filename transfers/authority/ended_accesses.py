"""Who learns that the authority ended an access, or deleted a filing, of its own accord."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from filings.authority_records import STRUCK_OFF
from filings.models import Access, Website
from filings.queries import live_accesses
from icpportal.gateways.miit.types import reference_of
from icpportal.lifecycle import AUTHORITY
from icpportal.outbox.actions import Letter, notify_all
from transfers.cancellation.deleted_filings import is_deleted
from transfers.cancellation.end_of_access import ended_at
from transfers.duties import actions as duties
from transfers.models import Order, OrderEvent
from transfers.notifications.messages import notify_recipients
from transfers.orders import history, queries
from transfers.orders.machine import note
from transfers.orders.rows import EVERYBODY

ACCESS_ENDED = "access_ended"  # the fact in the timeline, and its message while the number stays valid
FILING_DELETED = "filing_deleted"  # the message when it does not
OF_IMPORTS = {ACCESS_ENDED: "imported_access_ended", FILING_DELETED: "imported_filing_deleted"}


def tell_ended(because: str, at: datetime) -> None:
    """Tells, once, the people of each access of ours that ended now: those of its order, else the site's account."""
    ended = Access.objects.filter(own=True, ended_at=at, ended_because=because)
    for access, order in _with_orders(ended.select_related("website__owner")):
        if order is None:
            _tell_account(access, FILING_DELETED if access.website.ended_at else ACCESS_ENDED)
        elif not order.events.filter(move=ACCESS_ENDED).exists():
            duties.end_own(order)
            _tell(order, note(order, ACCESS_ENDED, by=AUTHORITY))


def tell_deleted(at: datetime) -> None:
    """Tells them again where only the filing was deleted now: until then they read that its number stays valid."""
    with_it = Access.objects.filter(website=OuterRef("pk"), own=True, ended_at=at)
    gone = Website.objects.filter(~Exists(with_it), ended_at=at)
    last = [Access.objects.filter(website=each, own=True).order_by("-ended_at").first() for each in gone]
    by_authority = [access for access in last if access is not None and access.ended_because == STRUCK_OFF]
    for access, order in _with_orders(by_authority):
        if order is None:
            _tell_account(access, FILING_DELETED)
        elif not order.events.filter(move=history.FILING_GONE.name).exists():
            _tell(order, note(order, history.FILING_GONE.name, by=AUTHORITY))


def _with_orders(accesses: Iterable[Access]) -> list[tuple[Access, Order | None]]:
    """Each access with the order that brought it; `None` for one that came by import."""
    references = {access.pk: reference_of(access.report_key or "") for access in accesses}
    orders = {order.reference: order for order in Order.objects.filter(reference__in=set(references.values()))}
    return [(access, orders.get(references[access.pk])) for access in accesses]


def _tell(order: Order, event: OrderEvent) -> None:
    """Tells everybody, unless the domain is still here, or a cancellation under way ends with it and says so."""
    if order.is_erased or ended_at(order) is None or _is_being_cancelled(order.website_id):
        return
    template = FILING_DELETED if is_deleted(order, "") else ACCESS_ENDED
    notify_recipients(order, template, event_id=event.pk, roles=EVERYBODY, now=event.at)


def _tell_account(access: Access, news: str) -> None:
    """The same for an access without an order: its website's account is told."""
    website, owner = access.website, access.website.owner
    is_here = live_accesses().filter(website__domain=website.domain).exists()
    if owner is None or is_here or _is_being_cancelled(website.pk):
        return
    template = OF_IMPORTS[news]
    addresses = (("sms", owner.mobile), ("email", owner.email), ("site", str(owner.pk)))
    notify_all(
        Letter(
            key=f"{template}:{access.pk}:{channel}",
            template=template,
            channel=channel,
            to=address,
            language=owner.language,
            context={
                "domain": website.domain,
                "number": website.site_number,
                "phone": settings.PROVIDER_HOTLINE,
                "url": settings.PUBLIC_BASE_URL + reverse("dashboard"),
            },
            user_id=owner.pk,
        )
        for channel, address in addresses
        if address
    )


def _is_being_cancelled(website_id: UUID | None) -> bool:
    return queries.open_cancellations().filter(website=website_id).exists()
