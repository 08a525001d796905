"""What moves ask before they are allowed, and until when the state they lead to may last."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from icpportal.fields.types import Facts
from icpportal.lifecycle import Due
from transfers.orders.rows import State

if TYPE_CHECKING:
    from transfers.models import Order


def has_valid_photo(order: "Order", facts: Facts) -> bool:
    """The photo was accepted in this order, shows the same website administrator, and the return did not name it."""
    return bool(order.photo_accepted_for) and order.photo_accepted_for == facts.get("administrator_key")


def province_asks(order: "Order", facts: Facts) -> bool:
    """The province's authority texts a code to phones (短信核验); `facts["phone_window"]` is how long it may take."""
    return facts.get("phone_window") is not None


def stated_and_authority_silent(order: "Order", facts: Facts) -> bool:
    """At the deadline nobody can tell: the authority is out of reach, or silent while everybody stated it was done."""
    return bool(facts.get("authority_unreachable") or (facts.get("authority_silent") and facts.get("all_stated")))


def unchanged_and_valid(order: "Order", facts: Facts) -> bool:
    """Nothing can change in a lapsed order; it is valid while a password it needs is kept and no paper has run out."""
    has_password = order.password_kept or not facts.get("asks_password", True)
    return has_password and not facts.get("no_longer_valid")


def cool_off_set(order: "Order", facts: Facts) -> bool:
    """The operator gives a cancellation some hours in which it can be stopped."""
    return timedelta(0) < settings.CANCEL_COOL_OFF


def applied_by_people(order: "Order", facts: Facts) -> bool:
    """Two people at the review desk applied a grant that came after the order was given up."""
    return bool(facts.get("applied"))


def phone_window(order: "Order", now: datetime, facts: Facts) -> datetime:
    """The moment the accepted report was sent plus the province's window."""
    sent, window = facts["sent_at"], facts["phone_window"]
    if not (isinstance(sent, datetime) and isinstance(window, timedelta)):
        raise TypeError(f"{order}: {sent} and {window} make no deadline")
    return sent + window


def kept_in(state: State) -> Due:
    """How long an order waits for its owner in this state (the setting its row names)."""
    return lambda order, now, facts: now + getattr(settings, state.kept)


def cool_off(order: "Order", now: datetime, facts: Facts) -> datetime:
    """When a cancellation can no longer be stopped."""
    return now + settings.CANCEL_COOL_OFF
