"""What waits for a second lead and is no request like the others: legal holds, and what other parts add."""

from collections.abc import Callable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.privacy.holds import open_holds
from icpportal.privacy.models import LegalHold
from icpportal.time_format import short_words
from transfers.review.baskets.rows import Reader
from transfers.review.home.page import Line

Read = Callable[[Reader, int], list[Line]]
HOLDS, WAIT = "admin:privacy_legalhold_changelist", "lifted_at__isempty=1"


def waits_for(reader: Reader, most: int) -> list[Line]:
    """What this lead may answer, and did not ask for."""
    return [line for read in _parts for line in read(reader, most)]


def read_for_leads(read: Read) -> None:
    """Has what `read` finds listed as well."""
    _parts.append(read)


def _holds(reader: Reader, most: int) -> list[Line]:
    """The legal holds that a colleague has set, or wants lifted."""
    to_set = Q(confirmed_by=None, proposed_by=None) & ~Q(asked_by=reader.user)
    to_lift = Q(proposed_by__isnull=False) & ~Q(proposed_by=reader.user)
    found = open_holds().filter(to_set | to_lift).select_related("asked_by", "proposed_by")
    return [_hold(each) for each in found.order_by("asked_at")[:most]]


def _hold(hold: LegalHold) -> Line:
    url = f"{reverse(HOLDS)}?{WAIT}"
    if hold.proposed_by is None:
        return Line(hold.reference, url, short_words(hold.asked_at), _("Setting a legal hold"), str(hold.asked_by))
    at = hold.proposed_at or hold.asked_at
    return Line(hold.reference, url, short_words(at), _("Lifting a legal hold"), str(hold.proposed_by))


_parts: list[Read] = [_holds]
