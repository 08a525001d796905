"""The access log's name for exported lists, and what a second lead reads about waiting ones."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from icpportal.privacy.admin import WHAT
from icpportal.time_format import short_words
from transfers.models import ListExport
from transfers.review.baskets.rows import Reader
from transfers.review.exports.actions import ALLOWED, EXPORTED, waiting
from transfers.review.home.page import Line
from transfers.review.home.second import Part, read_for_leads

WHAT.update(
    {
        EXPORTED: pgettext_lazy("looked at", "List of orders, exported"),
        ALLOWED: pgettext_lazy("looked at", "List of orders, allowed to a colleague"),
    }
)


def _waiting(reader: Reader) -> QuerySet[ListExport]:
    """Lists with many orders that colleagues want as a file."""
    return waiting(reader.now).exclude(asked_by=reader.user).select_related("asked_by").order_by("asked_at")


def _line(asked: ListExport) -> Line:
    at, words = short_words(asked.asked_at), asked.words.get(get_language() or "") or asked.query
    return Line(_("Export a list"), reverse("admin:desk_export"), at, words, str(asked.asked_by))


read_for_leads(Part(_waiting, _line))
