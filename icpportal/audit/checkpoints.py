"""Signs the end of the chain once a day, and removes its oldest rows at the end of their retention."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from icpportal.audit import chain
from icpportal.audit.models import AuditCheckpoint, AuditEntry

SALT = "audit checkpoint"
DAY = timedelta(days=1)


def signature_of(checkpoint: AuditCheckpoint) -> str:
    """A signature that needs the portal's secret key."""
    return signing.Signer(salt=SALT).signature(_words(checkpoint))


def is_genuine(checkpoint: AuditCheckpoint) -> bool:
    """Whether the signature was made with the present key or an earlier one (`SECRET_KEY_FALLBACKS`)."""
    try:
        signing.Signer(salt=SALT).unsign(f"{_words(checkpoint)}:{checkpoint.signature}")
    except signing.BadSignature:
        return False
    return True


def sign_again() -> int:
    """Signs every genuine checkpoint with the present key; returns how many. Run it before dropping an old key."""
    done = 0
    for checkpoint in AuditCheckpoint.objects.iterator():
        if is_genuine(checkpoint):
            done += AuditCheckpoint.objects.filter(pk=checkpoint.pk).update(signature=signature_of(checkpoint))
    return done


def keep(*, now: datetime | None = None) -> AuditCheckpoint | None:
    """Links the rest and signs the end of the chain, if it has grown and a day has passed."""
    now = now or timezone.now()
    chain.link()
    newest = AuditCheckpoint.objects.order_by("-pk").first()
    if newest is not None and newest.at > now - DAY:
        return None
    end = chain.end()
    return _write(end, now) if end.place > (newest.place if newest else 0) else None


def remove_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Removes entries older than `AUDIT_KEPT_DAYS` from the beginning of the chain; returns how many.

    A signed checkpoint with their number and period replaces them.
    """
    now = now or timezone.now()
    kept_from = now - timedelta(days=settings.AUDIT_KEPT_DAYS)
    younger = AuditEntry.objects.filter(at__gte=kept_from, place__isnull=False).aggregate(first=Min("place"))["first"]
    old = AuditEntry.objects.filter(place__isnull=False, at__lt=kept_from)
    old = old.filter(place__lt=younger) if younger is not None else old
    if dry_run:
        return old.count()
    with transaction.atomic():
        found = old.aggregate(n=Count("pk"), last=Max("place"), since=Min("at"), until=Max("at"))
        if not found["n"]:
            return 0
        last = AuditEntry.objects.get(place=found["last"])
        end = chain.End(found["last"], last.digest)
        _write(end, now, removed=found["n"], since=found["since"], until=found["until"])
        AuditEntry.objects.filter(place__lte=end.place).delete()
    return int(found["n"])


def _write(
    end: chain.End, now: datetime, *, removed: int = 0, since: datetime | None = None, until: datetime | None = None
) -> AuditCheckpoint:
    checkpoint = AuditCheckpoint(at=now, place=end.place, digest=end.digest, removed=removed, since=since, until=until)
    checkpoint.signature = signature_of(checkpoint)
    checkpoint.save()
    return checkpoint


def _words(checkpoint: AuditCheckpoint) -> str:
    period = [moment.isoformat(timespec="microseconds") if moment else "" for moment in (
        checkpoint.at, checkpoint.since, checkpoint.until
    )]  # fmt: skip
    return "|".join([str(checkpoint.place), checkpoint.digest, str(checkpoint.removed), *period])
