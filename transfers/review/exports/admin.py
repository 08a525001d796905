"""What the access log calls the lists that left the desk, and what a second lead reads of those that wait."""

from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from icpportal.privacy.admin import WHAT
from icpportal.time_format import short_words
from transfers.models import ListExport
from transfers.review.baskets.rows import Reader
from transfers.review.exports.actions import ALLOWED, EXPORTED, waiting
from transfers.review.home.page import Line
from transfers.review.home.second import read_for_leads

WHAT.update(
    {
        EXPORTED: pgettext_lazy("looked at", "List of orders, exported"),
        ALLOWED: pgettext_lazy("looked at", "List of orders, allowed to a colleague"),
    }
)


def to_allow(reader: Reader, most: int) -> list[Line]:
    """The lists of many orders that colleagues want as a file."""
    found = waiting(reader.now).exclude(asked_by=reader.user).select_related("asked_by")
    return [_to_allow(each) for each in found.order_by("asked_at")[:most]]


def _to_allow(asked: ListExport) -> Line:
    at, words = short_words(asked.asked_at), asked.words.get(get_language() or "") or asked.query
    return Line(_("Export a list"), reverse("admin:desk_export"), at, words, str(asked.asked_by))


read_for_leads(to_allow)
