"""The topics of messages about orders and filings that people can switch off; the outbox reads this table."""

from django.utils.translation import gettext_lazy as _

from icpportal.outbox.preferences import CHOSEN, Event

TEXT = ("sms",)
RECEIVED = "received"
ENDS = _("It ends an order that was already accepted here")
NEEDED = _("You must act, or the order is returned")
CLOSES = _("You must act, or the order will be closed")
RESULT = _("The result of an official procedure")
SECURITY = _("It protects your account and your filing")

EVENTS = (
    Event(RECEIVED, _("We have received your order"), ("order_received", "order_received_again"), CHOSEN),
    Event("returned", _("Changes are needed"), ("order_returned", "order_returned_by_authority"), why=CLOSES),
    Event("calls", _("We want to call you"), ("call_planned", "call_missed"), why=NEEDED),
    Event("photo", _("A photo is required"), ("photo_requested", "photo_returned"), TEXT, CLOSES),
    Event("handed_over", _("Order submitted to the authority"), ("order_submitted", "order_with_authority"), CHOSEN),
    Event(
        "phones",
        _("Phone verification is required"),
        ("confirm_phones", "order_lapsed", "order_phones_failed"),
        why=NEEDED,
    ),
    Event("phone_reminders", _("Reminders 24 and 6 hours before a deadline"), ("phones_24h", "phones_6h"), CHOSEN),
    Event("last_hour", _("Reminder in the last hour"), ("phones_1h",), why=NEEDED),
    Event(
        "idle",
        _("Reminders of drafts and of orders that wait for you"),
        ("draft_reminder", "returned_reminder", "photo_reminder", "lapsed_reminder", "authority_return_reminder"),
        CHOSEN,
    ),
    Event("expired", _("A draft was closed"), ("draft_expired", "cancel_expired"), CHOSEN),
    Event("order_expired", _("An order was closed, because it was not continued"), ("order_expired",), TEXT, ENDS),
    Event("duties", _("To do after approval"), ("duty_reminder",), TEXT, _("Required by law within a time limit")),
    Event(
        "results", _("Approved, refused, cancelled"), ("order_approved", "order_refused", "order_closed"), why=RESULT
    ),
    Event(
        "security",
        _("Withdrawals, cancellations, account changes"),
        ("order_withdrawn", "consent_withdrawn", "filing_password_tried"),
        why=SECURITY,
    ),
)
