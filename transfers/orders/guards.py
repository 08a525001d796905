"""Guards of moves, and the deadlines of the states they lead to."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from icpportal.fields.types import Facts
from icpportal.lifecycle import Due
from transfers.orders.rows import State

if TYPE_CHECKING:
    from transfers.models import Order


def has_valid_photo(order: "Order", facts: Facts) -> bool:
    """The photo was accepted in this order, shows the same administrator, and was not named in the return."""
    return bool(order.photo_accepted_for) and order.photo_accepted_for == facts.get("administrator_key")


def province_asks(order: "Order", facts: Facts) -> bool:
    """The province's authority texts a code to phones (短信核验); `facts["phone_window"]` is the time allowed."""
    return facts.get("phone_window") is not None


def stated_and_authority_silent(order: "Order", facts: Facts) -> bool:
    """At the deadline nobody can tell: the authority is unreachable, or silent while everybody stated it is done."""
    return bool(facts.get("authority_unreachable") or (facts.get("authority_silent") and facts.get("all_stated")))


def unchanged_and_valid(order: "Order", facts: Facts) -> bool:
    """A lapsed order cannot change; it is valid while a needed password is kept and no document has expired."""
    has_password = order.password_kept or not facts.get("asks_password", True)
    return has_password and not facts.get("no_longer_valid")


def cool_off_set(order: "Order", facts: Facts) -> bool:
    """The operator allows some hours in which a cancellation can be stopped."""
    return timedelta(0) < settings.CANCEL_COOL_OFF


def filing_deleted(order: "Order", facts: Facts) -> bool:
    """The filing itself went off record, and the access with it (`cancellation/deleted_filings.py`)."""
    return bool(facts.get("filing_deleted"))


def applied_by_people(order: "Order", facts: Facts) -> bool:
    """Two people at the desk applied a grant that came after the order was over."""
    return bool(facts.get("applied"))


def deletion_applied_by_people(order: "Order", facts: Facts) -> bool:
    """The same for a cancellation, where the filing itself went off record."""
    return applied_by_people(order, facts) and filing_deleted(order, facts)


def phone_window(order: "Order", now: datetime, facts: Facts) -> datetime:
    """When the accepted report was sent, plus the province's window."""
    sent, window = facts["sent_at"], facts["phone_window"]
    if not (isinstance(sent, datetime) and isinstance(window, timedelta)):
        raise TypeError(f"{order}: {sent} and {window} make no deadline")
    return sent + window


def kept_in(state: State) -> Due:
    """How long an order waits for its owner in this state (the setting named by its row)."""
    return lambda order, now, facts: now + getattr(settings, state.kept)


def cool_off(order: "Order", now: datetime, facts: Facts) -> datetime:
    """When a cancellation can no longer be stopped."""
    return now + settings.CANCEL_COOL_OFF
