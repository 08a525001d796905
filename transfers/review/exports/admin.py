"""What the access log calls the lists that left the desk."""

from django.utils.translation import pgettext_lazy

from icpportal.privacy.admin import WHAT
from transfers.review.exports.actions import ALLOWED, EXPORTED

WHAT.update(
    {
        EXPORTED: pgettext_lazy("looked at", "List of orders, exported"),
        ALLOWED: pgettext_lazy("looked at", "List of orders, allowed to a colleague"),
    }
)
