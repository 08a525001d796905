"""What people are told about orders and filings, as the page of their choices lists it; the outbox reads this table."""

from django.utils.translation import gettext_lazy as _

from icpportal.outbox.preferences import CHOSEN, Event

TEXT = ("sms",)
ENDS = _("It ends an order that was already accepted here")
NEEDED = _("You have to act, or the order comes back")
RESULT = _("The result of an official procedure")
SECURITY = _("It protects your account and your filing")

EVENTS = (
    Event("received", _("We have received your order"), ("order_received",), CHOSEN),
    Event("returned", _("Changes are needed"), ("order_returned", "order_turned_down"), why=NEEDED),
    Event("photo", _("A photo is needed"), ("photo_wanted", "photo_again"), TEXT, NEEDED),
    Event("handed_over", _("Your order goes to the authority"), ("order_handed_over", "with_authority"), CHOSEN),
    Event("phones", _("Phones have to be confirmed"), ("confirm_phones", "order_lapsed"), why=NEEDED),
    Event("phone_reminders", _("Reminders 24 and 6 hours before a deadline"), ("phones_24h", "phones_6h"), CHOSEN),
    Event("last_hour", _("Reminder in the last hour"), ("phones_1h",), why=NEEDED),
    Event(
        "idle",
        _("Reminders of drafts and of orders that wait for you"),
        ("draft_waits", "returned_waits", "photo_waits", "lapsed_waits", "turned_down_waits"),
        CHOSEN,
    ),
    Event("expired", _("A draft was closed"), ("draft_expired",), CHOSEN),
    Event("order_expired", _("An order was closed, because it was not continued"), ("order_expired",), TEXT, ENDS),
    Event("duties", _("Duties after approval"), ("duty_waits",), TEXT, _("The law asks for it by a date")),
    Event(
        "results", _("Approved, refused, cancelled"), ("order_approved", "order_refused", "order_closed"), why=RESULT
    ),
    Event("security", _("Withdrawals, cancellations, changes of the account"), ("order_withdrawn",), why=SECURITY),
)
