"""Service codes with the orders and websites that use them, as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from icpportal.accounts.customers import emails
from icpportal.accounts.models import User
from icpportal.fields.components import PRIMARY, Action, Link, StateMark
from icpportal.fields.domains import display_domain
from icpportal.gateways.inventory.types import Billing
from icpportal.privacy.masks import mask_email
from transfers.models import Order
from transfers.proofs.server_refusals import SERVER_REFUSALS
from verification.models import CodeHandover, HandoverState, ServiceCode, ServiceCodeState
from verification.service_codes.listing import Server
from verification.service_codes.usability import OK, QUOTA

HANDED_OVER = "handed_over"
OFFERED = "offered"
NOWHERE = "–"
# state → tone and icon; the label is the state's own
LOOKS: dict[str, tuple[str, str]] = {
    ServiceCodeState.FREE: ("green", "check"),
    ServiceCodeState.BOUND: ("blue", "circle-half"),
    ServiceCodeState.USED: ("plain", "seal"),
    ServiceCodeState.EXPIRED: ("slate", "clock-off"),
    ServiceCodeState.REVOKED: ("slate", "circle-minus"),
    ServiceCodeState.FORFEITED: ("slate", "circle-minus"),
    HANDED_OVER: ("violet", "outgoing"),
    OFFERED: ("blue", "hourglass"),
}
HANDOVER_LOOKS: dict[str, tuple[str, str]] = {
    HandoverState.OFFERED: ("blue", "hourglass"),
    HandoverState.ACCEPTED: ("green", "check"),
    HandoverState.DECLINED: ("slate", "circle-minus"),
    HandoverState.TAKEN_BACK: ("slate", "take-back"),
    HandoverState.OVERTAKEN: ("slate", "clock-off"),
}
BILLINGS: dict[str, Promise] = {Billing.SUBSCRIPTION: _("Subscription"), Billing.PAYG: _("Pay as you go")}


@dataclass(frozen=True)
class CodeRow:
    """A code as its account sees it; empty values are not shown."""

    code: ServiceCode
    state: StateMark
    is_mine: bool  # may use, hand over and revoke it
    order: Order | None = None
    offer: CodeHandover | None = None
    site: str = ""
    handed_to: str = ""
    handed_from: str = ""

    @property
    def can_hand_over(self) -> bool:
        return self.is_mine and self.code.is_free and self.offer is None

    @property
    def place(self) -> Link:
        """Where it is used: website, order or other account; with a link if there is a page."""
        if self.site:
            return Link(self.site, "")
        if self.order is not None:
            return Link(_("Order %(ref)s") % {"ref": self.order.reference}, self.order.get_absolute_url())
        if self.code.in_hand:
            return Link(_("Another account's order"), "")
        if self.offer is not None:
            return Link(_("See the hand-over"), self.offer.get_absolute_url())
        return Link(self.handed_to or NOWHERE, "")

    @property
    def places(self) -> list[tuple[str | Promise, Link]]:
        """What it is used for, to whom it was handed over, and whose server it is of."""
        is_used = self.site or self.order or self.code.in_hand or not self.handed_to
        return [
            *([(_("Used for"), self.place)] if is_used else []),
            *([(_("Handed over to"), Link(self.handed_to, ""))] if self.handed_to else []),
            *([(_("Server of"), Link(self.handed_from, ""))] if self.handed_from else []),
        ]

    @property
    def actions(self) -> list[Action]:
        """What its account can do with it now."""
        named = [self.code.reference]
        hand_over = Action(_("Hand over"), reverse("service-code-hand-over", args=named), PRIMARY)
        revoke = Action(_("Revoke"), reverse("service-code-revoke", args=named))
        return [*([hand_over] if self.can_hand_over else []), *([revoke] if self.can_revoke else [])]

    @property
    def can_revoke(self) -> bool:
        return self.is_mine and self.code.is_free


@dataclass(frozen=True)
class ServerRow:
    """A server with its codes and, if so, why it gives none."""

    server: Server
    reason: str | Promise
    billing: str | Promise
    rows: list[CodeRow]

    @property
    def actions(self) -> list[Action]:
        """The link to another code, while it gives any."""
        if self.server.rule != OK:
            return []
        name = self.server.instance.id
        return [Action(_("Apply"), f"{reverse('service-code-apply')}?{urlencode({'instance': name})}", about=name)]

    @property
    def term(self) -> str:
        """Its start and end."""
        instance = self.server.instance
        since = instance.started_on.isoformat()
        return f"{since} – {instance.ends_on.isoformat()}" if instance.ends_on else _("Since %(day)s") % {"day": since}


def code_rows(codes: Iterable[ServiceCode], account: str, user: User, offers: Iterable[CodeHandover]) -> list[CodeRow]:
    """The codes with this account's orders that use them: one query for orders, one for other accounts."""
    found = list(codes)
    open_offers = {each.code_id: each for each in offers if each.giver_id == user.pk}
    holders = [code.holder for code in found if code.holder]
    orders = {order.reference: order for order in Order.objects.filter(owner=user, reference__in=holders)}
    others = {other for code in found for other in (code.account, code.kept_by)} - {account.lower(), ""}
    known = emails(others) if others else {}
    return [_row(code, account.lower(), orders.get(code.holder), open_offers.get(code.pk), known) for code in found]


def _row(
    code: ServiceCode, account: str, order: Order | None, offer: CodeHandover | None, known: dict[str, str]
) -> CodeRow:
    is_mine = code.keeper == account
    return CodeRow(
        code=code,
        state=_state(code, is_mine=is_mine, is_offered=offer is not None),
        is_mine=is_mine,
        order=order,
        offer=offer,
        site=display_domain(code.used_for) if code.used_for else "",
        handed_to="" if is_mine else mask_email(known.get(code.kept_by, code.kept_by)),
        handed_from=mask_email(known.get(code.account, code.account)) if code.account != account else "",
    )


def _state(code: ServiceCode, *, is_mine: bool, is_offered: bool) -> StateMark:
    key: str = code.state
    label: str | Promise = code.get_state_display()
    if code.is_free and not is_mine:
        key, label = HANDED_OVER, pgettext_lazy("service code", "Handed over")
    elif code.is_free and is_offered:
        key, label = OFFERED, _("Offered to another account")
    tone, shape = LOOKS[key]
    return {"key": key, "label": label, "tone": tone, "icon": shape}


def handover_state(handover: CodeHandover, *, is_taker: bool) -> StateMark:
    """The mark of a hand-over; an open one is the taker's turn."""
    if handover.is_open and is_taker:
        return {"key": handover.state, "label": _("Waiting for your answer"), "tone": "amber", "icon": "hand"}
    tone, shape = HANDOVER_LOOKS[handover.state]
    return {"key": handover.state, "label": handover.get_state_display(), "tone": tone, "icon": shape}


def server_row(server: Server, rows: list[CodeRow]) -> ServerRow:
    """A server for the page, with the rows of its codes."""
    return ServerRow(
        server=server,
        reason=_reason(server, free=sum(row.code.is_free and row.is_mine for row in rows)),
        billing=BILLINGS[server.instance.billing],
        rows=rows,
    )


def _reason(server: Server, *, free: int) -> str | Promise:
    if server.rule == OK:
        return ""
    if server.rule != QUOTA:
        return SERVER_REFUSALS[server.rule].apply
    if not free:
        words = _("All %(max)s service codes of this server are used. Renewing gives no more: choose another server")
        return words % {"max": server.instance.codes_max}
    return ngettext(
        "This server gives no more service codes. %(free)s of them is still free: use that one",
        "This server gives no more service codes. %(free)s of them are still free: use one of those",
        free,
    ) % {"free": free}
