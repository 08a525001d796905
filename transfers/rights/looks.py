"""Who looked at one's orders: the role, the day, what and why; never the name (PIPL 44, 45)."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts.models import User
from icpportal.accounts.roles import NAMES, STAFF
from icpportal.fields.types import Words
from icpportal.privacy.access_words import REASONS, WHAT
from icpportal.privacy.models import AccessNote
from icpportal.time_format import day_words
from transfers.models import Order
from transfers.orders import queries

SHOWN = 200  # the newest looks
ON_THE_SERVER, NO_ROLE = _("Operations, on the server"), _("Our staff")
OTHER_REASON = pgettext_lazy("looked at", "For a reason that was written down")
NO_REASON = pgettext_lazy("looked at", "Our staff's work on the order")


@dataclass(frozen=True, slots=True)
class Look:
    """One person's looks at one thing for one reason."""

    order: Order
    role: Words
    what: Words
    why: Words
    first: date
    last: date
    times: int

    @property
    def days(self) -> str:
        """The day, or the first and last day."""
        return " – ".join(dict.fromkeys(day_words(day) for day in (self.first, self.last)))


def of_account(user: User) -> list[Look]:
    """The newest looks of others at this account's orders, in four queries."""
    orders = {order.reference: order for order in queries.orders_of(user).defer("answers", "came_back", "advice")}
    notes = AccessNote.objects.filter(reference__in=orders, times__gt=0).exclude(actor=user).select_related("actor")
    return [_look(orders[note.reference], note) for note in notes.prefetch_related("actor__groups")[:SHOWN]]


def _look(order: Order, note: AccessNote) -> Look:
    return Look(
        order=order,
        role=_role(note.actor),
        what=WHAT.get(note.what, note.what),
        why=_why(note.reason),
        first=timezone.localdate(note.at),
        last=timezone.localdate(note.last_at or note.at),
        times=note.times,
    )


def _role(actor: User | None) -> Words:
    if actor is None:
        return ON_THE_SERVER
    held = {group.name for group in actor.groups.all()}
    return next((NAMES[name] for name in STAFF if name in held), NO_ROLE)


def _why(reason: str) -> Words:
    """One of our reasons; a typed reason may name others, so it is only said that there was one."""
    return REASONS.get(reason.partition(": ")[0], OTHER_REASON) if reason else NO_REASON
