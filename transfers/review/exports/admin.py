"""The access log's name for exported lists, and what leads read on their desk about waiting and allowed ones."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from icpportal.privacy.admin import WHAT
from icpportal.time_format import short_words
from transfers.models import ListExport
from transfers.review.baskets.rows import Reader
from transfers.review.exports.actions import ALLOWED, EXPORTED, to_fetch, waiting
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
    at = short_words(asked.asked_at)
    return Line(_("Export a list"), reverse("admin:desk_export"), at, _words(asked), str(asked.asked_by))


def _words(asked: ListExport) -> str:
    return asked.words.get(get_language() or "") or asked.query


def _allowed(reader: Reader) -> QuerySet[ListExport]:
    """The reader's own lists that a colleague has allowed: the file is lost after a day."""
    return to_fetch(reader.user, reader.now).exclude(answered_at=None).select_related("answered_by")


def _allowed_line(export: ListExport) -> Line:
    until = _("until %(time)s") % {"time": short_words(export.expires_at)}
    words = f"{_words(export)} · {until}"
    when = short_words(export.answered_at or export.asked_at)
    return Line(_("Fetch the file"), reverse("admin:desk_export"), when, words, str(export.answered_by))


read_for_leads(Part(_waiting, _line))
read_for_leads(Part(_allowed, _allowed_line))
