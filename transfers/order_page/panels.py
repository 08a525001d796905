"""The panels that only some orders have on their page; the row of the order's state names them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Action, Panel
from icpportal.fields.language_marks import comma_list, reads_chinese
from icpportal.fields.types import Words
from icpportal.gateways.miit.codes.processing_codes import opened_by
from icpportal.privacy.masks import mask_mobile
from icpportal.time_format import day_words, to_beijing
from transfers.cancellation.deleted_filings import is_deleted
from transfers.cancellation.end_of_access import EndOfAccess
from transfers.models import Order
from transfers.order_page import register_diff
from transfers.order_page.calls import CallBooking, bookings
from transfers.order_page.register_diff import Difference
from transfers.order_page.to_do import ToDo, to_do
from transfers.orders import queries
from transfers.orders.history import came_by
from transfers.orders.kinds import is_in, state_of
from transfers.orders.people import lead
from transfers.orders.rows import AUTHORITY_WORDS, Group
from transfers.pages.authority_words import AuthorityWords, authority_words
from transfers.phones.status import PhoneCard, cards
from transfers.photo.views import backdrop
from transfers.photo.views.backdrop import BackdropOffer, BackdropSent
from transfers.returns.labels import names_of
from transfers.returns.returned_parts import ReturnedPart, unsettled_parts

DIFFERS = _(
    "The ministry texted %(mobile)s, the number on the filing. You entered %(typed)s. "
    "Ask your current provider to change the number first, then resubmit this order."
)
PASSWORD_GONE = _(
    "The filing password was kept for 60 days and has been erased. "
    "Open the order, verify the password again, then submit."
)
NOT_IN_TIME = _("Phone verification was not completed in time")
NO_NEW_REVIEW = _("There is no new review, and a new code will follow.")
NEW_REVIEW = _("Once you have changed and resubmitted it, we will review the order again.")

SHORT = timedelta(days=3)  # remaining time below which the colour warns

GONE_STEPS = "transfers/order_page/steps_filing_gone.html"
MOVE_STEPS = "transfers/order_page/steps_move_on.html"


@dataclass(frozen=True, slots=True)
class Verdicts(Panel):
    """What a return named: first what is left to do, then what is done."""

    template: ClassVar[str] = "transfers/order_page/verdicts.html"
    parts: list[ReturnedPart]
    check_url: str

    @property
    def left(self) -> list[ReturnedPart]:
        """What must be done before the order can be sent again."""
        return unsettled_parts(self.parts)

    @property
    def done(self) -> list[ReturnedPart]:
        """What was changed, or stays for a reason."""
        return [part for part in self.parts if part.is_settled]

    @property
    def send_class(self) -> str:
        """The look of the button to the last page: primary once nothing is left."""
        return "button button-secondary" if self.left else "button"

    @property
    def before_sending(self) -> str:
        """The text beside that button."""
        n = len(self.left)
        if not n:
            return gettext("Everything is changed")
        return ngettext("%(n)s thing before you can resubmit", "%(n)s things before you can resubmit", n) % {"n": n}


@dataclass(frozen=True, slots=True)
class Call(Panel):
    """Which of the applicant's numbers we call, and from which of ours."""

    template: ClassVar[str] = "transfers/order_page/call_notice.html"
    mobile: str
    numbers: str


@dataclass(frozen=True, slots=True)
class Result(Panel):
    """What an approval brought, and what is left to do, each with its own tick."""

    template: ClassVar[str] = "transfers/order_page/result.html"
    number: str
    since: datetime
    to_do: list[ToDo]

    @property
    def title(self) -> Words:
        """How many things are left."""
        n = sum(not each.is_done for each in self.to_do)
        if not n:
            return _("Everything is done")
        return ngettext("%(n)s thing to finish", "%(n)s things to finish", n) % {"n": n}


@dataclass(frozen=True, slots=True)
class AsFiled(Panel):
    """Where the authority's record differs from what was typed."""

    template: ClassVar[str] = "transfers/order_page/register_diff.html"
    rows: list[Difference]

    @property
    def title(self) -> Words:
        """The summary of the folded list."""
        words = ngettext("The record differs in %(n)s entry", "The record differs in %(n)s entries", len(self.rows))
        return words % {"n": len(self.rows)}


@dataclass(frozen=True, slots=True)
class Cancelled(Panel):
    """What ended, what stays, and what to do with the new provider."""

    template: ClassVar[str] = "transfers/order_page/cancelled.html"
    number: str
    domain: str
    at: datetime
    deleted: bool  # the filing itself was deleted

    @property
    def validity(self) -> Words:
        """Whether the number is still valid."""
        return _("no longer valid") if self.deleted else _("stays valid")

    @property
    def next_steps(self) -> str:
        """The template with the owner's next steps."""
        return GONE_STEPS if self.deleted else MOVE_STEPS


@dataclass(frozen=True, slots=True)
class Lapsed(Panel):
    """Whose phones were not verified, and what it takes to resubmit the order."""

    template: ClassVar[str] = "transfers/order_page/lapsed.html"
    cards: list[PhoneCard]
    what_next: Words
    title: Words = NOT_IN_TIME  # what happened to the verification

    @property
    def lines(self) -> list[Words]:
        """Which numbers differ from those on the filing, then what to do."""
        differing = [DIFFERS % {"mobile": card.mobile, "typed": card.typed} for card in self.cards if card.differs]
        return [*differing, self.what_next]


@dataclass(frozen=True, slots=True)
class Deadline(Panel):
    """The time left for an order, with its calendar file; the sentence above gives the date."""

    template: ClassVar[str] = "transfers/order_page/deadline_flag.html"
    at: datetime
    is_short: bool  # drawn as a warning


@dataclass(frozen=True, slots=True)
class Buttons(Panel):
    """What its owner can do now."""

    template: ClassVar[str] = "transfers/order_page/buttons.html"
    actions: list[Action]


@dataclass(frozen=True, slots=True)
class WaysOut(Panel):
    """How its owner can end it."""

    template: ClassVar[str] = "transfers/order_page/ways_out.html"
    actions: list[Action]


@dataclass(frozen=True, slots=True)
class NotNow(Panel):
    """What its owner cannot do now, and why."""

    template: ClassVar[str] = "transfers/order_page/not_now.html"
    acts: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True, slots=True)
class Chase(Panel):
    """Whom to call when we take too long."""

    template: ClassVar[str] = "transfers/order_page/chase.html"


@dataclass(frozen=True, slots=True)
class Erased(Panel):
    """What was deleted at the end of its retention."""

    template: ClassVar[str] = "transfers/order_page/erased.html"
    said: str


def erased_panel(order: Order) -> Erased | None:
    """The panel of an order whose documents or answers were deleted."""
    if order.erased_at is not None:
        words = gettext("What you entered was deleted on %(date)s, with the pictures.")
        return Erased(words % {"date": day_words(to_beijing(order.erased_at).date())})
    if order.papers_erased_at is not None:
        words = gettext("The pictures of your documents were deleted on %(date)s.")
        return Erased(words % {"date": day_words(to_beijing(order.papers_erased_at).date())})
    return None


def deadline(at: datetime) -> Deadline:
    """The panel of a deadline that has not passed."""
    return Deadline(at, is_short=at - timezone.now() <= SHORT)


# from top to bottom
DRAWN = (CallBooking, AuthorityWords, Verdicts, Result, Cancelled, AsFiled, Call, BackdropOffer, BackdropSent, Lapsed)


def panels_of(order: Order, parts: list[ReturnedPart], end: EndOfAccess | None) -> list[Panel]:
    """The panels below the sentence: those of the state, or the end of its access; `parts` is what a return named."""
    of_state = _of_state(order) if end is None else [_ended(order, end)]
    check_url = reverse("check", args=[order.reference])
    booked = bookings(order)
    of_state = [panel for panel in of_state if not (booked and isinstance(panel, Call))]
    found: list[Panel] = [*booked, *([Verdicts(parts, check_url)] if parts else []), *of_state]
    return sorted(found, key=lambda panel: DRAWN.index(type(panel)))


def _of_state(order: Order) -> list[Panel]:
    return [panel for name in state_of(order).panels for panel in PANELS[name](order)]


def _call(order: Order) -> list[Panel]:
    numbers = comma_list(settings.PROVIDER_CALLER_NUMBERS)
    return [Call(mask_mobile(lead(order).mobile), numbers)]


def _result(order: Order) -> list[Panel]:
    """With what is left to do, and where the authority's record differs."""
    differing = register_diff.rows(order)
    return [
        Result(order.site_number, order.entered_at, to_do(order)),
        *([AsFiled(differing)] if differing else []),
    ]


def _authority_panels(order: Order) -> list[Panel]:
    """The authority's answer, with its meaning."""
    answer = authority_words(order, chinese=reads_chinese())
    if answer is None:
        return []
    return [replace(answer, parts=_to_change(order)) if is_in(order, Group.TURNED_DOWN) else answer]


def _to_change(order: Order) -> Words:
    return names_of(opened_by(order.authority_code)) or _("Nothing in this order: it is settled elsewhere")


def _with_authority(order: Order) -> list[Panel]:
    """What a postponed report waits for."""
    return _authority_panels(order) if queries.waits_for_other_decision(order) else []


def _lapsed_panels(order: Order) -> list[Panel]:
    """Why it was returned; if by the authority, with its answer first."""
    came = came_by(order)
    lapsed = Lapsed(cards(order), _what_next(order))
    if came is None:
        return [lapsed]
    answer = _authority_panels(order) if came.note == AUTHORITY_WORDS else []
    return [*answer, replace(lapsed, title=came.said)]


def _what_next(order: Order) -> Words:
    """What it takes to resubmit a lapsed order."""
    if queries.rules_of(order).asks_password and not order.password_kept:
        return PASSWORD_GONE
    return NO_NEW_REVIEW if queries.can_be_sent_unchanged(order) else NEW_REVIEW


def _cancelled_panels(order: Order) -> list[Panel]:
    return [*_authority_panels(order), _cancelled(order, order.entered_at, order.authority_code)]


def _ended(order: Order, end: EndOfAccess) -> Cancelled:
    return _cancelled(order, end.at, end.cancellation.authority_code if end.cancellation else "")


def _cancelled(order: Order, at: datetime, codes: str) -> Cancelled:
    """What the end of the access means, which came with these codes of the authority."""
    return Cancelled(order.site_number, order.display_domain, at, is_deleted(order, codes))


# by the names in the rows of states
PANELS: dict[str, Callable[[Order], Sequence[Panel]]] = {
    "call": _call,
    "backdrop": backdrop.offers,
    "result": _result,
    "waits_for": _with_authority,
    "said": _authority_panels,
    "lapsed": _lapsed_panels,
    "cancelled": _cancelled_panels,
}
