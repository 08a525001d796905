"""Requests a copy of one's own data, and fetches it."""

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy

from icpportal.accounts.models import User
from icpportal.audit.words import EXPORT
from icpportal.codes import limits
from icpportal.gateways.storage import Missing
from icpportal.outbox.wake import wake_worker
from icpportal.privacy.access_words import WHAT
from icpportal.privacy.actions import note_access
from transfers.rights import export_files
from transfers.rights.models import DataExport

TASK = "icpportal.tasks.build_export"
ASKED, FETCHED = "own data asked for", "own data"
WHAT[ASKED] = pgettext_lazy("looked at", "Copy of one's own data, asked for")
WHAT[FETCHED] = pgettext_lazy("looked at", "Copy of one's own data, fetched")


class TooMany(Exception):
    """The daily limit of copies is reached; the next is possible from `until`."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("too many")
        self.until = until


def newest(user: User, *, now: datetime | None = None) -> DataExport | None:
    """The copy being built, or the last one that can be fetched or has failed."""
    over = export_files.over(now or timezone.now(), export_files.kept_for()).values("pk")
    return DataExport.objects.filter(user=user).exclude(pk__in=over).order_by("-asked_at").first()


def ask(user: User, *, client: str = "", now: datetime | None = None) -> DataExport:
    """Requests a copy; returns the one being built if there is one. Raises `TooMany`."""
    open_one = DataExport.objects.filter(user=user, ready_at=None, failed_at=None)
    if found := open_one.first():
        return found
    allowed = limits.consume("data_exports", str(user.pk), now=now)
    if not allowed.ok:
        raise TooMany(allowed.until)
    try:
        with transaction.atomic():
            export = DataExport.objects.create(
                user=user, language=get_language() or user.language, asked_at=now or timezone.now()
            )
            note_access(
                actor=user, what=ASKED, reference=f"account:{user.pk}", client=client, act=EXPORT, now=export.asked_at
            )
            wake_worker(TASK, export.pk)
    except IntegrityError:  # pressed in another window at the same time: one copy is built, and one counts
        limits.refund("data_exports", str(user.pk))
        return DataExport.objects.filter(user=user).latest("asked_at")  # it may be ready by now
    return export


def fetch(export: DataExport, *, client: str = "", now: datetime | None = None) -> Iterator[bytes] | None:
    """Hands the copy to its owner, counted and recorded; None when it has expired or is missing."""
    now = now or timezone.now()
    mine = DataExport.objects.filter(pk=export.pk, ready_at__gt=now - export_files.kept_for())
    if not mine.exists():
        return None
    try:
        content = export_files.content(export)
    except Missing:
        return None
    with transaction.atomic():
        mine.update(downloads=F("downloads") + 1, downloaded_at=now)
        note_access(
            actor=export.user,
            what=FETCHED,
            reference=f"account:{export.user_id}",
            client=client,
            act=EXPORT,
            now=now,
        )
    return content
