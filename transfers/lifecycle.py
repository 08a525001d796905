"""The life of an order, on one page: rows, and guards that read what they are handed."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK, LEAD, OPERATIONS, REVIEWER, Due, T, Table
from transfers.states import (
    ABANDONED,
    APPROVED,
    AUTHORITY_RETURNED,
    AUTHORITY_REVIEW,
    CANCELLATION,
    CANCELLED,
    COOLING_OFF,
    DRAFT,
    EXPIRED,
    HANDING_OVER,
    KEPT,
    LAPSED,
    PHONE_DUE,
    PHOTO_DUE,
    PHOTO_REVIEW,
    REFUSED,
    RETURNED,
    SUBMITTED,
    TRANSFER,
    TRANSFER_ANOTHER,
    WITHDRAWN,
)

CANCEL = (CANCELLATION,)
Facts = dict[str, Any]


def photo_stands(order: Any, facts: Facts) -> bool:
    """The photo was accepted in this order, shows the same website administrator, and the return did not name it."""
    return bool(order.photo_accepted_for) and order.photo_accepted_for == facts.get("administrator_key")


def province_asks(order: Any, facts: Facts) -> bool:
    """The province's authority texts a code to phones (短信核验); `facts["phone_window"]` is how long it may take."""
    return facts.get("phone_window") is not None


def stated_and_authority_silent(order: Any, facts: Facts) -> bool:
    """At the deadline nobody can tell: the authority is out of reach, or silent while everybody stated it was done."""
    return bool(facts.get("authority_unreachable") or (facts.get("authority_silent") and facts.get("all_stated")))


def unchanged_and_valid(order: Any, facts: Facts) -> bool:
    """Nothing can change in a lapsed order; it is valid while a password it needs is kept and no paper has run out."""
    has_password = order.password_kept or not facts.get("asks_password", True)
    return has_password and not facts.get("no_longer_valid")


def cool_off_set(order: Any, facts: Facts) -> bool:
    """The operator gives a cancellation some hours in which it can be stopped."""
    return timedelta(0) < settings.CANCEL_COOL_OFF


def applied_by_people(order: Any, facts: Facts) -> bool:
    """Two people at the review desk applied a grant that came after the order was given up."""
    return bool(facts.get("applied"))


def phone_window(order: Any, now: datetime, facts: Facts) -> datetime:
    """The moment the accepted report was sent plus the province's window."""
    return facts["sent_at"] + facts["phone_window"]


def kept(state: str) -> Due:
    """How long an order waits for its owner in this state (`states.KEPT`)."""
    return lambda order, now, facts: now + getattr(settings, KEPT[state])


def cool_off(order: Any, now: datetime, facts: Facts) -> datetime:
    """When a cancellation can no longer be stopped."""
    return now + settings.CANCEL_COOL_OFF


ROWS = (
    T("submit", (DRAFT, RETURNED), SUBMITTED, by=APPLICANT, tell="order_received"),
    T("send_back", (SUBMITTED,), RETURNED, by=REVIEWER, due=kept(RETURNED), tell="order_returned"),
    T("accept", (SUBMITTED,), HANDING_OVER, by=REVIEWER, when=photo_stands, tell="order_handed_over", owe="authority"),
    T("accept", (SUBMITTED,), PHOTO_DUE, by=REVIEWER, due=kept(PHOTO_DUE), tell="photo_wanted"),
    T("send_photo", (PHOTO_DUE,), PHOTO_REVIEW, by=APPLICANT),
    T("refuse_photo", (PHOTO_REVIEW,), PHOTO_DUE, by=REVIEWER, due=kept(PHOTO_DUE), tell="photo_again"),
    T("accept_photo", (PHOTO_REVIEW,), HANDING_OVER, by=REVIEWER, tell="order_handed_over", owe="authority"),
    T(
        "reported",
        (HANDING_OVER, AUTHORITY_REVIEW),
        PHONE_DUE,
        by=AUTHORITY,
        when=province_asks,
        due=phone_window,
        tell="confirm_phones",
    ),
    T("reported", (HANDING_OVER, AUTHORITY_REVIEW), AUTHORITY_REVIEW, by=AUTHORITY, tell="with_authority"),
    # put off until something else of the filing is decided: nobody is texted before it is taken in again
    T("waits", (HANDING_OVER, PHONE_DUE, AUTHORITY_REVIEW), AUTHORITY_REVIEW, by=AUTHORITY),
    T("report_failed", (PHONE_DUE, AUTHORITY_REVIEW), HANDING_OVER, by=AUTHORITY, tell="we_are_clearing_this_up"),
    T("phones_done", (PHONE_DUE,), AUTHORITY_REVIEW, by=AUTHORITY, tell="with_authority"),
    T("go_on", (PHONE_DUE,), AUTHORITY_REVIEW, by=CLOCK, when=stated_and_authority_silent, tell="with_authority"),
    T("lapse", (PHONE_DUE,), LAPSED, by=CLOCK, due=kept(LAPSED), tell="order_lapsed"),
    # of whatever report: a later one may be on its way, or the order may be open for changes or in review again
    T(
        "grant",
        (
            HANDING_OVER,
            PHONE_DUE,
            AUTHORITY_REVIEW,
            LAPSED,
            AUTHORITY_RETURNED,
            RETURNED,
            SUBMITTED,
            PHOTO_DUE,
            PHOTO_REVIEW,
        ),
        APPROVED,
        by=AUTHORITY,
        tell="order_approved",
    ),
    T(
        "grant_late",
        (ABANDONED, WITHDRAWN, EXPIRED, REFUSED),
        APPROVED,
        by=AUTHORITY,
        when=applied_by_people,
        tell="order_approved",
    ),
    T(
        "turn_down",
        (PHONE_DUE, AUTHORITY_REVIEW, LAPSED),
        AUTHORITY_RETURNED,
        by=AUTHORITY,
        due=kept(AUTHORITY_RETURNED),
        tell="order_turned_down",
    ),
    T("resubmit", (LAPSED,), HANDING_OVER, by=APPLICANT, when=unchanged_and_valid, owe="authority"),
    T("mend", (LAPSED, AUTHORITY_RETURNED), RETURNED, by=APPLICANT, due=kept(RETURNED)),
    T("withdraw", (SUBMITTED, PHOTO_DUE), WITHDRAWN, by=APPLICANT, tell="order_withdrawn"),
    T("abandon", (DRAFT, RETURNED, LAPSED, AUTHORITY_RETURNED), ABANDONED, by=APPLICANT),
    T("refuse", (SUBMITTED, PHOTO_REVIEW), REFUSED, by=LEAD, tell="order_refused"),
    T("expire_draft", (DRAFT, RETURNED), EXPIRED, by=CLOCK, tell="draft_expired"),
    T("expire", (PHOTO_DUE, LAPSED, AUTHORITY_RETURNED), EXPIRED, by=CLOCK, tell="order_expired"),
    # what nobody can read, as long as nothing of it lies with the authority
    T(
        "close",
        (DRAFT, SUBMITTED, RETURNED, PHOTO_DUE, PHOTO_REVIEW, LAPSED, AUTHORITY_RETURNED),
        ABANDONED,
        by=OPERATIONS,
    ),
    T("close", (DRAFT, COOLING_OFF), ABANDONED, by=OPERATIONS, kinds=CANCEL),
    T("abandon", (DRAFT,), ABANDONED, by=APPLICANT, kinds=CANCEL),
    T("expire_draft", (DRAFT,), EXPIRED, by=CLOCK, kinds=CANCEL),
    T("confirm_cancel", (DRAFT,), HANDING_OVER, by=APPLICANT, kinds=CANCEL, owe="authority", tell="cancel_received"),
    T("cool", (DRAFT,), COOLING_OFF, by=APPLICANT, kinds=CANCEL, when=cool_off_set, due=cool_off),
    T("cancel_for_cause", (DRAFT,), HANDING_OVER, by=LEAD, kinds=CANCEL, owe="authority", tell="cancelled_for_cause"),
    T("stop", (COOLING_OFF,), ABANDONED, by=APPLICANT, kinds=CANCEL),
    T("cooled", (COOLING_OFF,), HANDING_OVER, by=CLOCK, kinds=CANCEL, owe="authority"),
    T("reported", (HANDING_OVER, AUTHORITY_REVIEW), AUTHORITY_REVIEW, by=AUTHORITY, kinds=CANCEL),
    T("waits", (HANDING_OVER, AUTHORITY_REVIEW), AUTHORITY_REVIEW, by=AUTHORITY, kinds=CANCEL),
    T(
        "report_failed",
        (AUTHORITY_REVIEW,),
        HANDING_OVER,
        by=AUTHORITY,
        kinds=CANCEL,
        tell="we_are_clearing_this_up",
    ),
    # from handing over where the authority ended the access before we had asked
    T("ended", (HANDING_OVER, AUTHORITY_REVIEW), CANCELLED, by=AUTHORITY, kinds=CANCEL, tell="transfer_cancelled"),
    T("cancel_refused", (AUTHORITY_REVIEW,), REFUSED, by=AUTHORITY, kinds=CANCEL, tell="cancel_refused"),
)

TABLE = Table(ROWS, usual_kinds=(TRANSFER, TRANSFER_ANOTHER))
