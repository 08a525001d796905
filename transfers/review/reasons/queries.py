"""Which version of a reason is in force, and which reasons are offered for an order and a part of it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, DateTimeField, Q, QuerySet
from django.utils import timezone

from icpportal.database.prepared import CompiledQuery
from transfers.models import FieldVerdict, Order, ReasonVersion, ReturnReason

Held = dict[str, ReasonVersion]  # by the key of the reason


def begun_versions(now: datetime | None = None) -> Held:
    """For each reason, the last published version that has begun, ended or not."""
    return {row.reason.key: row for row in BEGUN.all(now=now or timezone.now())}


def _begun(now: datetime) -> QuerySet[ReasonVersion]:
    rows = ReasonVersion.objects.filter(Q(begins_at=None) | Q(begins_at__lte=now), published_at__isnull=False)
    return rows.select_related("reason").order_by("reason__key", "number")


BEGUN = CompiledQuery(_begun, now=DateTimeField())


def in_force(now: datetime | None = None, known: Held | None = None) -> Held:
    """The version of each reason that may be given now.

    `known` are the versions that have begun, if already read.
    """
    now = now or timezone.now()
    found = begun_versions(now) if known is None else known
    return {key: row for key, row in found.items() if row.ends_at is None or row.ends_at > now}


def offered_reasons(order: Order, known: Held | None = None) -> Held:
    """The reasons that may be given for this order now: those in force in its province."""
    return {key: row for key, row in in_force(known=known).items() if holds_in(row, order.province)}


def offered_or_chosen(order: Order, chosen: Collection[str], known: Held | None = None) -> list[ReasonVersion]:
    """What a page offers, and what was chosen on it before it ended: that choice is refused, not forgotten."""
    found = begun_versions() if known is None else known
    fits = offered_reasons(order, found)
    return [row for key, row in found.items() if key in chosen or key in fits]


def holds_in(version: ReasonVersion, province: str) -> bool:
    """Whether it applies in this province."""
    return not version.provinces or province in version.provinces.split()


def fit(version: ReasonVersion, part: str) -> int:
    """How closely it fits a part: 0 names the part, 1 its page, 2 no part at all; 3 does not fit."""
    named, step = version.fields.split(), part.partition(".")[0]
    return 0 if part in named else 1 if step in named else 2 if not named else 3


def times_told(reason: ReturnReason) -> dict[int, int]:
    """How often each version was given, by its number.

    A verdict from before there were versions counts for the first.
    """
    rows = FieldVerdict.objects.filter(reason=reason).values("version__number").annotate(n=Count("pk"))
    found: dict[int, int] = {}
    for row in rows:
        number = row["version__number"] or 1
        found[number] = found.get(number, 0) + row["n"]
    return found
