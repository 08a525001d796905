"""Asks a person for consent on their own phone, by a link that lives a day and takes one answer.

Opening the link shows what is asked and changes nothing, because message previews open links; only a POST answers.
Another mobile or person voids the earlier request. The link's secret is stored as a digest only.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField
from django.utils import timezone

from icpportal.codes import actions as codes
from icpportal.codes.shares import Requester
from icpportal.database.prepared import CompiledQuery, insert_unless_there
from icpportal.fields.types import Facts
from icpportal.privacy.blind_index import blind_index
from verification import consents
from verification.models.consents import ConsentRequest
from verification.phones.proofs import mobile_index

PURPOSE = "consent"
LIFETIME = timedelta(hours=24)
TOKEN_BYTES = 24
AGREED, DECLINED, WITHDRAWN = ConsentRequest.AGREED, ConsentRequest.DECLINED, ConsentRequest.WITHDRAWN


def ask(
    *,
    holder: str,
    person_key: str,
    mobile: str,
    language: str,
    requester: Requester,
    link: Callable[[str], str],
    context: Facts | None = None,
    now: datetime | None = None,
) -> ConsentRequest:
    """Texts the person a link; raises `NotSent` of the codes, and then changes nothing.

    A person who has agreed on this very mobile is not asked again; one who declined is, because the number may have
    been wrong.
    """
    now = now or timezone.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    found = of(holder)
    if found is not None and has_agreed(found, person_key=person_key, mobile=mobile):
        return found
    with transaction.atomic():
        if found is not None:
            found = ConsentRequest.objects.select_for_update().filter(holder=holder).first()
        if found is not None and has_agreed(found, person_key=person_key, mobile=mobile):  # at this moment
            return found
        request = _begin(holder, person_key, mobile, token, now, is_new=found is None)
        codes.issue(
            purpose=PURPOSE,
            holder=code_holder(request),
            to=codes.Destination(mobile, "sms", language),
            requester=requester,
            context={**(context or {}), "link": link(token)},
            lifetime=LIFETIME,
            now=now,
        )
    return request


def _begin(holder: str, person_key: str, mobile: str, token: str, now: datetime, *, is_new: bool) -> ConsentRequest:
    """The holder's request as of now: unanswered, and only this link is open; `is_new` where there was none."""
    columns = {
        "person_key": person_key,
        "mobile": mobile,
        "mobile_index": mobile_index(mobile),
        "digest": digest(token),
        "asked_at": now,
        "expires_at": now + LIFETIME,
        "answer": "",
        "answered_at": None,
    }
    if is_new and insert_unless_there(request := ConsentRequest(holder=holder, **columns)):
        return request
    request, _created = ConsentRequest.objects.update_or_create(holder=holder, defaults=columns)
    return request


def code_holder(request: ConsentRequest) -> str:
    """The key under which texts are counted: the person's number, not the order alone."""
    return f"{request.holder}:{mobile_index(request.mobile)[:16]}"


def open_request(token: str, *, now: datetime | None = None) -> ConsentRequest | None:
    """The request of this link; None when it is unknown, answered or a day old. Changes nothing."""
    found = _of_link(token)
    return found if found and not found.answer and found.expires_at > (now or timezone.now()) else None


def answer(token: str, reply: str, *, language: str, client: str = "", now: datetime | None = None) -> bool:
    """Records the answer of the person with the phone, once; returns False when the link is no longer open.

    An agreement is also recorded as that person's own consent to the pictures.
    """
    now = now or timezone.now()
    request = _of_link(token)  # who is asked changes with the link alone
    if request is None:
        return False
    with transaction.atomic():
        living = ConsentRequest.objects.filter(digest=digest(token), answer="", expires_at__gt=now)
        if not living.update(answer=reply, answered_at=now):
            return False
        codes.spend_answered(purpose=PURPOSE, holder=code_holder(request), now=now)
        if reply == AGREED:
            consents.give(
                holder=request.holder, person_key=request.person_key, language=language, client=client, now=now
            )
    return True


def answered_request(token: str) -> ConsentRequest | None:
    """The answered request of this link, however old."""
    found = _of_link(token)
    return found if found and found.answer else None


OF_LINK = CompiledQuery(lambda digest: ConsentRequest.objects.filter(digest=digest).order_by(), digest=CharField())


def _of_link(token: str) -> ConsentRequest | None:
    return OF_LINK.first(digest=digest(token))


def withdraw(holder: str, *, person_key: str) -> bool:
    """Records that the person who agreed by a link has withdrawn; returns False when nobody had agreed."""
    agreed = ConsentRequest.objects.filter(holder=holder, person_key=person_key, answer=AGREED)
    return bool(agreed.update(answer=WITHDRAWN))


OF_HOLDER = CompiledQuery(lambda holder: ConsentRequest.objects.filter(holder=holder), holder=CharField())


def of(holder: str) -> ConsentRequest | None:
    """The request of a holder."""
    return OF_HOLDER.first(holder=holder)


def has_agreed(request: ConsentRequest, *, person_key: str, mobile: str) -> bool:
    """Whether this person agreed, on this mobile."""
    return request.answer == AGREED and is_of(request, person_key=person_key, mobile=mobile)


def is_of(request: ConsentRequest, *, person_key: str, mobile: str) -> bool:
    """Whether this person was asked, on this mobile."""
    return request.person_key == person_key and request.mobile_index == mobile_index(mobile)


def forget(holder: str) -> int:
    """Deletes the requests of a holder; returns how many."""
    return ConsentRequest.objects.filter(holder=holder).delete()[0]


def digest(token: str) -> str:
    return blind_index("consent_link", token)
