"""Requests a list as a file, answers requests, and fetches the file, which is recorded as a look."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.audit.words import EXPORT
from icpportal.fields.types import Columns
from icpportal.privacy.actions import note_access
from transfers.models import ListExport
from transfers.review.exports.selection import MOST, Selection, in_languages, keys_of

ALONE = 100  # rows that one person may take
ANSWERED_WITHIN = timedelta(days=3)
FETCHED_WITHIN = timedelta(hours=24)
EXPORTED, ALLOWED = "list of orders", "list of orders allowed"  # names in the access log


class ExportRefused(Exception):
    """The export is not possible; the text says why."""


NOTHING = _("The list is empty: there is nothing to export")
TOO_MANY = _("The list has more than %(n)s orders: narrow it down first")
ANSWERED = _("It was answered or withdrawn before, or waited too long")
NOT_YOURS = _("Who asks for a list does not allow it: a second person does")
FETCHED = _("It was fetched before, has expired, or was not allowed")


def ask(chosen: Selection, *, actor: User, because: str, file_type: str, now: datetime | None = None) -> ListExport:
    """Records who wants which orders and why; a few rows can be fetched at once. Raises `ExportRefused`.

    The same request, repeated while the first one waits for a second person, returns the first one.
    """
    now, keys = now or timezone.now(), keys_of(chosen.orders)
    if not keys:
        raise ExportRefused(NOTHING)
    if len(keys) > MOST:
        raise ExportRefused(TOO_MANY % {"n": MOST})
    is_alone = len(keys) <= ALONE
    asked: Columns = {
        "query": chosen.settled,
        "keys": keys,
        "file_type": file_type,
        "asked_by": actor,
        "because": because,
    }
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)  # of two presses, the second waits here for the first
        return waiting(now).filter(**asked).first() or ListExport.objects.create(
            **asked,
            asked_at=now,
            words=in_languages(chosen),
            rows=len(keys),
            is_granted=is_alone,
            expires_at=now + (FETCHED_WITHIN if is_alone else ANSWERED_WITHIN),
        )


def answer(export: ListExport, *, actor: User, granted: bool, client: str, now: datetime | None = None) -> None:
    """A second person allows the list for a day, or declines. Raises `ExportRefused`."""
    now = now or timezone.now()
    if export.asked_by_id == actor.pk:
        raise ExportRefused(NOT_YOURS)
    until = now + FETCHED_WITHIN if granted else export.expires_at
    answered = {"answered_by": actor, "answered_at": now, "is_granted": granted, "expires_at": until}
    with transaction.atomic():
        if not waiting(now).filter(pk=export.pk).update(**answered):
            raise ExportRefused(ANSWERED)
        if granted:
            note_access(actor=actor, what=ALLOWED, reference=str(export), reason=export.because, client=client, now=now)


def withdraw(export: ListExport, *, actor: User, now: datetime | None = None) -> None:
    """Ends a person's own request that nobody has answered. Raises `ExportRefused`."""
    now = now or timezone.now()
    if not waiting(now).filter(pk=export.pk, asked_by=actor).update(expires_at=now):
        raise ExportRefused(ANSWERED)


def fetch(export: ListExport, *, actor: User, client: str, now: datetime | None = None) -> None:
    """Fetches a list for the person who requested it, once. Raises `ExportRefused`.

    Call it in the transaction that writes the file: a list whose file fails was not fetched.
    """
    now = now or timezone.now()
    with transaction.atomic():
        if not to_fetch(actor, now).filter(pk=export.pk).update(fetched_at=now):
            raise ExportRefused(FETCHED)
        note_access(
            actor=actor,
            what=EXPORTED,
            reference=str(export),
            reason=export.because,
            client=client,
            act=EXPORT,
            now=now,
        )


def waiting(now: datetime) -> QuerySet[ListExport]:
    """Lists that wait for a second person."""
    return _current_lists(now).filter(is_granted=False, answered_at=None)


def to_fetch(actor: User, now: datetime) -> QuerySet[ListExport]:
    """Lists that this person may fetch."""
    return _current_lists(now).filter(asked_by=actor, is_granted=True, fetched_at=None)


def unfetched_requests(actor: User, now: datetime) -> QuerySet[ListExport]:
    """This person's requests that were not fetched; declined ones until they would have expired."""
    return _current_lists(now).filter(asked_by=actor, fetched_at=None).select_related("answered_by")


def _current_lists(now: datetime) -> QuerySet[ListExport]:
    """Unexpired lists. Rows of an earlier version name no orders, and their filter may find others by now."""
    return ListExport.objects.filter(expires_at__gt=now).exclude(keys=[]).defer("keys")
