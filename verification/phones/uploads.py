"""Hands a page to a phone: the secret in an address lives ten minutes and serves the first phone that opens it.

The secret is not stored: the row has its digest, the phone a secret of its own in a cookie. A newer link for the same
purpose ends the earlier one; so can the person who made it.
"""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from icpportal.alarms import portions
from icpportal.privacy.blind_index import blind_index
from verification.models.phone_uploads import PhoneUpload

PAPERS, PHOTO = "papers", "photo"
LIFETIME = timedelta(minutes=10)
KEPT = timedelta(days=1)  # so that an expired link can say so
SECRET_BYTES = 24
GOOD, UNKNOWN, OVER, ENDED, ELSEWHERE = "good", "unknown", "over", "ended", "elsewhere"


class OpenedUpload(NamedTuple):
    """The result of opening an address: `state`, its row, and the cookie to set on the first phone."""

    state: str
    link: PhoneUpload | None = None
    new_device: str = ""


def make(*, holder: str, purpose: str, now: datetime | None = None) -> str:
    """Returns a new secret for the address; ends the earlier one for this purpose."""
    now = now or timezone.now()
    token = secrets.token_urlsafe(SECRET_BYTES)
    for _again in range(2):
        try:
            with transaction.atomic():
                end(holder=holder, purpose=purpose, now=now)
                PhoneUpload.objects.create(
                    holder=holder, purpose=purpose, digest=digest(token), made_at=now, expires_at=now + LIFETIME
                )
        except IntegrityError:  # another tab made one at the same moment: this one is newer
            continue
        break
    return token


def end(*, holder: str, purpose: str = "", now: datetime | None = None) -> int:
    """Ends the holder's uploads, all purposes unless one is named; returns how many."""
    living = PhoneUpload.objects.filter(holder=holder, ended_at=None)
    if purpose:
        living = living.filter(purpose=purpose)
    return living.update(ended_at=now or timezone.now())


def current_link(*, holder: str, purpose: str, now: datetime | None = None) -> PhoneUpload | None:
    """The link that is valid now."""
    mine = PhoneUpload.objects.filter(holder=holder, purpose=purpose, ended_at=None)
    return mine.filter(expires_at__gt=now or timezone.now()).first()


def is_of(token: str, *, holder: str, purpose: str, now: datetime | None = None) -> bool:
    """Whether this is the valid address of this holder."""
    found = current_link(holder=holder, purpose=purpose, now=now)
    return found is not None and found.digest == digest(token)


def open_by(token: str, device: str = "", *, now: datetime | None = None) -> OpenedUpload:
    """Opens the address on a phone: only the first phone gets it. Opening it again counts once."""
    now = now or timezone.now()
    state, found = _state_of(token, now)
    if state != GOOD or found is None:
        return OpenedUpload(state, found)
    if found.is_connected:
        return OpenedUpload(GOOD if _is_device(found, device) else ELSEWHERE, found)
    fresh = secrets.token_urlsafe(SECRET_BYTES)
    first = PhoneUpload.objects.filter(pk=found.pk, device_digest="", ended_at=None, expires_at__gt=now)
    if not first.update(device_digest=device_digest(fresh), opened_at=now):  # another phone was first
        return OpenedUpload(ELSEWHERE, found)
    found.refresh_from_db()
    return OpenedUpload(GOOD, found, fresh)


def used_by(token: str, device: str, *, now: datetime | None = None) -> OpenedUpload:
    """The upload as the phone that opened it finds it; any other phone reads that it was opened elsewhere."""
    state, found = _state_of(token, now or timezone.now())
    if state == GOOD and found is not None and not _is_device(found, device):
        return OpenedUpload(ELSEWHERE, found)
    return OpenedUpload(state, found)


def hold(found: PhoneUpload) -> bool:
    """Whether it is still open; inside a transaction, anyone ending it waits for that transaction."""
    return bool(PhoneUpload.objects.filter(pk=found.pk, ended_at=None).update(ended_at=None))


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes uploads that ended a day ago; returns how many."""
    old = PhoneUpload.objects.filter(expires_at__lte=(now or timezone.now()) - KEPT)
    return portions.delete(old, dry_run=dry_run)


def _state_of(token: str, now: datetime) -> tuple[str, PhoneUpload | None]:
    found = PhoneUpload.objects.filter(digest=digest(token)).first()
    if found is None:
        return UNKNOWN, None
    if found.ended_at is not None:
        return ENDED, found
    return (GOOD if found.expires_at > now else OVER), found


def _is_device(found: PhoneUpload, device: str) -> bool:
    return bool(device) and secrets.compare_digest(found.device_digest, device_digest(device))


def digest(token: str) -> str:
    return blind_index("hand_off", token)


def device_digest(device: str) -> str:
    return blind_index("hand_off_device", device)
