"""The phone test: a code typed on the page, or a link opened on the phone itself and confirmed there.

Both are in one text message and last ten minutes. The link takes two steps, because previews and scanners of messages
open links: opening shows, only a POST confirms.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from icpportal.codes import actions as codes
from icpportal.codes.shares import Requester
from icpportal.fields.types import Facts
from icpportal.privacy.blind_index import blind_index
from verification.models.consents import ConsentRequest
from verification.models.phone_proofs import PhoneProof

PURPOSE = "phone_proof"
LINK_NAME = "phone-link"
LIFETIME = timedelta(minutes=10)
TOKEN_BYTES = 24


def address_of(token: str) -> str:
    """The link's address: the page called `phone-link`."""
    return settings.PUBLIC_BASE_URL.rstrip("/") + reverse(LINK_NAME, args=[token])


def start(
    *,
    holder: str,
    person_key: str,
    mobile: str,
    language: str,
    requester: Requester,
    context: Facts | None = None,
    link: Callable[[str], str] = address_of,
    now: datetime | None = None,
) -> PhoneProof:
    """Texts code and link to a person's mobile; raises `NotSent` of the codes, and then changes nothing.

    Another mobile than before voids the earlier proof. A mobile that has passed is not texted again. The message is
    `code_phone_proof`; its context gains `code` and `link`.
    """
    now = now or timezone.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        proof, is_passed = _begin(holder, person_key, mobile, token, now)
        if is_passed:
            return proof
        codes.issue(
            purpose=PURPOSE,
            holder=code_holder(proof),
            to=codes.Destination(mobile, "sms", language),
            requester=requester,
            context={**(context or {}), "link": link(token)},
            lifetime=LIFETIME,
            now=now,
        )
    return proof


def _begin(holder: str, person_key: str, mobile: str, token: str, now: datetime) -> tuple[PhoneProof, bool]:
    """The person's proof as of now: this mobile is not proved yet, and only this link is open.

    True with one that this mobile has passed, which stays as it is.
    """
    fresh = {
        "mobile": mobile,
        "mobile_index": mobile_index(mobile),
        "asked_at": now,
        "proved_at": None,
        "link_digest": digest(token),
        "link_expires_at": now + LIFETIME,
    }
    rows = PhoneProof.objects.select_for_update()  # the person may confirm the phone at this very moment
    proof, is_new = rows.get_or_create(holder=holder, person_key=person_key, defaults=fresh)
    if is_new:
        return proof, False
    if proof.is_proved and proof.mobile_index == fresh["mobile_index"]:
        return proof, True
    for name, value in fresh.items():
        setattr(proof, name, value)
    proof.save()
    return proof, False


def enter_code(*, holder: str, person_key: str, typed: str, now: datetime | None = None) -> codes.Verdict:
    """Judges a code typed on the page; "right" proves the mobile it was sent to."""
    now = now or timezone.now()
    proof = PhoneProof.objects.filter(holder=holder, person_key=person_key).first()
    if proof is None:
        return codes.Verdict("none")
    verdict = codes.enter(purpose=PURPOSE, holder=code_holder(proof), typed=typed, now=now)
    if verdict.state == "right" and not prove(proof, now):
        return codes.Verdict("expired")  # the mobile was changed while the code was being typed
    return verdict


def code_status(*, holder: str, person_key: str) -> codes.CodeStatus:
    """The status of the code sent to this person's mobile."""
    proof = PhoneProof.objects.filter(holder=holder, person_key=person_key).first()
    return codes.status_of(purpose=PURPOSE, holder=code_holder(proof) if proof else "")


def open_link(token: str, *, now: datetime | None = None) -> PhoneProof | None:
    """The proof that the link belongs to; None when it is unknown, used or ten minutes old. Changes nothing."""
    return PhoneProof.objects.filter(link_digest=digest(token), link_expires_at__gt=now or timezone.now()).first()


def confirm_link(token: str, *, now: datetime | None = None) -> PhoneProof | None:
    """Proves the mobile that the link was sent to, once; None when the link is no longer valid."""
    now = now or timezone.now()
    proof = open_link(token, now=now)
    if proof is None:
        return None
    link = PhoneProof.objects.filter(pk=proof.pk, link_digest=digest(token), link_expires_at__gt=now)
    if not link.update(proved_at=now, link_expires_at=None):
        return None
    proof.refresh_from_db()
    codes.spend_answered(purpose=PURPOSE, holder=code_holder(proof), now=now)
    return proof


def was_confirmed(token: str, *, now: datetime | None = None) -> bool:
    """Whether this link has proved its mobile within the last minutes, so that a second press is no error."""
    lately = (now or timezone.now()) - LIFETIME
    return PhoneProof.objects.filter(link_digest=digest(token), proved_at__gt=lately).exists()


def is_proved(holder: str, person_key: str, mobile: str) -> bool:
    """Whether this person's present mobile has passed the test."""
    mine = PhoneProof.objects.filter(holder=holder, person_key=person_key, mobile_index=mobile_index(mobile))
    return mine.filter(proved_at__isnull=False).exists()


def proofs(holder: str) -> dict[str, PhoneProof]:
    """The proofs under a holder, by person, in one query."""
    return {proof.person_key: proof for proof in PhoneProof.objects.filter(holder=holder)}


def forget(holder: str) -> int:
    """Deletes the proofs of a holder; returns how many."""
    return PhoneProof.objects.filter(holder=holder).delete()[0]


def prove(proof: PhoneProof, now: datetime) -> bool:
    """Marks the mobile as proved, unless the row was changed to another one."""
    mine = PhoneProof.objects.filter(pk=proof.pk, mobile_index=proof.mobile_index)
    return bool(mine.update(proved_at=now, link_digest="", link_expires_at=None))


def mobile_index(mobile: str) -> str:
    return blind_index("mobile", mobile)


def index_of(row: PhoneProof | ConsentRequest) -> str:
    """The blind index of a row's mobile."""
    return mobile_index(row.mobile)


def digest(token: str) -> str:
    return blind_index("phone_link", token)


def code_holder(proof: PhoneProof) -> str:
    """What a code is bound to: person and number, so that a code sent to the old number cannot prove the new one."""
    return f"{proof.holder}:{proof.person_key}:{proof.mobile_index[:16]}"
