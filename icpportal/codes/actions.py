"""Sends one-time codes and judges typed ones. A code itself is never stored, only its keyed digest.

An attempt is counted before the comparison, and a code is spent by one conditional UPDATE, so that it is right exactly
once however many requests carry it. An earlier code of the same purpose and holder stays valid until one of them is
spent. A destination waits `CODE_RESEND_SECONDS` between two codes of a purpose. Call `enter` outside a transaction that
may roll back.
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from icpportal.alarms import portions
from icpportal.codes import limits, texts
from icpportal.codes.models import MAX_ATTEMPTS, Channel, Code
from icpportal.codes.refusals import TooMany, TooSoon
from icpportal.codes.shares import Requester, Share, count_shares
from icpportal.database.prepared import insert_whole
from icpportal.fields import phones
from icpportal.fields.text import normalise_number
from icpportal.fields.types import Facts
from icpportal.privacy.blind_index import blind_index, is_same

if TYPE_CHECKING:
    from icpportal.outbox.models import Message

DIGITS = 6
LIFETIME = timedelta(minutes=10)
KEPT = timedelta(days=1)
LIVE_AT_ONCE = 5  # codes valid at once for a purpose and holder; older ones no longer count


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a code goes: a mobile or mailbox, by which channel, and the language of its reader."""

    address: str
    channel: Literal["sms", "email"]
    language: str


@dataclass(frozen=True)
class Verdict:
    """The result of a typed code, and the attempts left."""

    state: Literal["right", "wrong", "expired", "spent", "none"]
    left: int = 0


@dataclass(frozen=True)
class CodeStatus:
    """What a page may say about a code that was sent."""

    left: int
    expires_at: datetime | None
    resend_in: int


def issue(
    *,
    purpose: str,
    holder: str,
    to: Destination,
    requester: Requester,
    context: Facts | None = None,
    lifetime: timedelta = LIFETIME,
    silent: bool = False,
    now: datetime | None = None,
) -> Code:
    """Makes a code for `purpose` and `holder` and queues the message `code_<purpose>`; raises `NotSent`.

    A `silent` code is sent to nobody, with the same work in the database, for pages that must not reveal whether there
    is anybody; what the messenger does after the commit is then up to the caller.
    """
    now = now or timezone.now()
    plain = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    is_text = to.channel == Channel.SMS
    if is_text:
        texts.refuse_virtual(to.address)
    with transaction.atomic():  # a refusal must not be counted
        shares = _turn(purpose, to.address, requester.client, now)
        if is_text:
            shares += texts.shares(to.address, requester, now)
        used = count_shares(shares, now)
        if phones.is_mobile(to.address):
            texts.watch(used, now)
        code = Code(
            purpose=purpose,
            holder=holder,
            digest=_digest(purpose, holder, plain),
            destination=blind_index("destination", to.address),
            number_range=texts.range_of(to.address),
            channel=to.channel,
            created_at=now,
            expires_at=now + lifetime,
        )
        insert_whole([code])
        _queue_message(code, to, {**(context or {}), "code": plain}, silent=silent)
    return code


def _queue_message(code: Code, to: Destination, context: Facts, *, silent: bool) -> None:
    """Queues the message with the code; a `silent` one is written and taken back."""
    with transaction.atomic():
        _messenger()(
            key=f"code:{code.pk}",
            template=f"code_{code.purpose}",
            channel=to.channel,
            to=to.address,
            language=to.language,
            context=context,
        )
        if silent:
            transaction.set_rollback(True)


def _messenger() -> "Callable[..., Message]":
    return import_string(settings.MESSENGER)


def _turn(purpose: str, destination: str, client: str, now: datetime) -> list[Share]:
    """The limits of every code, by text or mail."""
    of_resend = limits.Attempt(_resend_rule(), "code_resend", limits.key_index(f"{purpose}\x1f{destination}"))
    keys = [("code_destination_hour", destination), ("code_destination_day", destination), ("code_client_hour", client)]
    return [
        Share(of_resend, lambda until: TooSoon(_seconds(until, now))),
        *(Share(limits.attempt(name, key), TooMany) for name, key in keys if key),
    ]


def _resend_rule() -> limits.Limit:
    return limits.Limit(1, timedelta(seconds=settings.CODE_RESEND_SECONDS))


def _seconds(until: datetime | None, now: datetime) -> int:
    return max(1, -int((now - until).total_seconds() // 1)) if until else 0


def _digest(purpose: str, holder: str, plain: str) -> str:
    return blind_index(f"code:{purpose}:{holder}", plain)


def enter(*, purpose: str, holder: str, typed: str, now: datetime | None = None) -> Verdict:
    """Judges a typed code. The attempt is counted first; "right" is returned once and spends all codes of the pair."""
    now = now or timezone.now()
    live = list(_live(purpose, holder, now))
    if not live:
        return Verdict(_why_none_is_live(purpose, holder, now))
    counted = [code for code in live if _count_attempt(code, now)]
    digest = _digest(purpose, holder, normalise_number(typed))
    match = next((code for code in counted if is_same(code.digest, digest)), None)
    if match is not None:
        return Verdict("right" if _spend(match, now) else "spent")
    left = max((code.left - 1 for code in counted), default=0)
    return Verdict("wrong", left) if left else Verdict("spent")


def _live(purpose: str, holder: str, now: datetime) -> QuerySet[Code]:
    mine = Code.objects.filter(purpose=purpose, holder=holder, spent_at=None, expires_at__gt=now)
    return mine.filter(attempts__lt=MAX_ATTEMPTS).order_by("-pk")[:LIVE_AT_ONCE]


def _why_none_is_live(purpose: str, holder: str, now: datetime) -> Literal["expired", "spent", "none"]:
    latest = Code.objects.filter(purpose=purpose, holder=holder).order_by("-pk").first()
    if latest is None:
        return "none"
    return "expired" if latest.spent_at is None and latest.left and latest.expires_at <= now else "spent"


def _count_attempt(code: Code, now: datetime) -> bool:
    mine = Code.objects.filter(pk=code.pk, spent_at=None, expires_at__gt=now, attempts__lt=MAX_ATTEMPTS)
    return bool(mine.update(attempts=F("attempts") + 1))


def _spend(match: Code, now: datetime) -> bool:
    # spends all codes of the pair in one UPDATE, so that two different valid codes cannot both be right
    mine = uuid.uuid4()
    pair = Code.objects.filter(purpose=match.purpose, holder=match.holder, spent_at=None)
    return bool(pair.update(spent_at=now, spent_by=mine)) and Code.objects.filter(pk=match.pk, spent_by=mine).exists()


def spend_answered(*, purpose: str, holder: str, now: datetime | None = None) -> int:
    """Spends the codes of a pair whose link was followed instead; returns how many."""
    pair = Code.objects.filter(purpose=purpose, holder=holder, spent_at=None)
    return pair.update(spent_at=now or timezone.now())


def status_of(*, purpose: str, holder: str, now: datetime | None = None) -> CodeStatus:
    """Attempts left, how long the code is valid, and in how many seconds another can be sent."""
    now = now or timezone.now()
    newest = (
        Code.objects.filter(purpose=purpose, holder=holder, spent_at=None, expires_at__gt=now).order_by("-pk").first()
    )
    if newest is None:
        return CodeStatus(left=0, expires_at=None, resend_in=0)
    resend_at = min(newest.created_at, now) + timedelta(seconds=settings.CODE_RESEND_SECONDS)
    wait = _seconds(resend_at, now) if resend_at > now else 0
    return CodeStatus(left=newest.left, expires_at=newest.expires_at, resend_in=wait)


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes codes that expired a day ago; returns how many."""
    rows = Code.objects.filter(expires_at__lte=(now or timezone.now()) - KEPT)
    return portions.delete(rows, dry_run=dry_run)
