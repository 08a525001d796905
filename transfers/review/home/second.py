"""What waits for a lead but is not a request for approval: legal holds, and what other parts register."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.privacy.holds import open_holds
from icpportal.privacy.models import LegalHold
from icpportal.time_format import short_words
from transfers.review.baskets.rows import Reader
from transfers.review.home.page import Line

HOLDS, WAIT = "admin:privacy_legalhold_changelist", "lifted_at__isempty=1"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows on which a lead is to act next, oldest first, and how to list one."""

    rows: Callable[[Reader], QuerySet[Any]]
    line: Callable[[Any], Line]


def waits_for(reader: Reader, most: int) -> list[Line]:
    """What this lead may answer or fetch; a single query in the usual case, when nothing waits."""
    found = [part.rows(reader) for part in _parts]
    asked = User.objects.filter(pk=reader.user.pk).annotate(
        **{f"has_{n}": Exists(rows) for n, rows in enumerate(found)}
    )
    has = asked.values_list(*(f"has_{n}" for n in range(len(found)))).get()
    waiting = [(part, rows) for part, rows, waits in zip(_parts, found, has, strict=True) if waits]
    return [part.line(row) for part, rows in waiting for row in rows[:most]]


def read_for_leads(part: Part) -> None:
    """Registers rows to be listed as well."""
    _parts.append(part)


def _holds(reader: Reader) -> QuerySet[LegalHold]:
    """Legal holds that a colleague has set, or wants lifted."""
    to_set = Q(confirmed_by=None, proposed_by=None) & ~Q(asked_by=reader.user)
    to_lift = Q(proposed_by__isnull=False) & ~Q(proposed_by=reader.user)
    return open_holds().filter(to_set | to_lift).select_related("asked_by", "proposed_by").order_by("asked_at")


def _hold(hold: LegalHold) -> Line:
    url = f"{reverse(HOLDS)}?{WAIT}"
    if hold.proposed_by is None:
        return Line(hold.reference, url, short_words(hold.asked_at), _("Setting a legal hold"), str(hold.asked_by))
    at = hold.proposed_at or hold.asked_at
    return Line(hold.reference, url, short_words(at), _("Lifting a legal hold"), str(hold.proposed_by))


_parts: list[Part] = [Part(_holds, _hold)]
