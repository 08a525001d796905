"""Names of looks and reasons in the access log, and their texts for readers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.language_marks import sign
from icpportal.fields.types import Words
from icpportal.privacy.actions import AUDIT, REVIEW

# anything else is shown as written; higher apps add their own
WHAT: dict[str, str | Promise] = {
    "order": pgettext_lazy("looked at", "Order"),
    "claim": pgettext_lazy("looked at", "Claim of an old record"),
    "claim paper": pgettext_lazy("looked at", "Document of a claim"),
    "cancellation for cause": pgettext_lazy("looked at", "Cancellation for cause"),
    "objection": pgettext_lazy("looked at", "Objection"),
    "call": pgettext_lazy("looked at", "Call"),
    "call number": pgettext_lazy("looked at", "Number to call"),
    "parked answer": pgettext_lazy("looked at", "Parked answer of the authority"),
    "backdrop address": pgettext_lazy("looked at", "Address for a backdrop"),
    "ministry uploadfile": pgettext_lazy("looked at", "File sent to the ministry"),
    "ministry inboxfile": pgettext_lazy("looked at", "File from the ministry"),
    "ministry uploadfile in full": pgettext_lazy("looked at", "File sent to the ministry, unmasked"),
    "ministry inboxfile in full": pgettext_lazy("looked at", "File from the ministry, unmasked"),
}
REASONS: dict[str, str | Promise] = {
    REVIEW: _("Review: entries, names and numbers compared with the documents"),
    AUDIT: _("Audit: read without numbers"),
}


def reason_words(reason: str) -> Words:
    """A look's reason: one of ours, with what was typed beside it, or only what was typed."""
    key, colon, typed = reason.partition(": ")
    if key not in REASONS:
        return reason
    return f"{REASONS[key]}{sign(': ')}{typed}" if colon else REASONS[key]
