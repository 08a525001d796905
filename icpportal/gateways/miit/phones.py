"""Who has confirmed a phone (短信核验): an extension of ours, which V3.0 does not have.

`GET {MIIT_PHONES_URL}/{ispId}/{our id of the access}` with Basic authentication, or `…/{ispId}?reports=id,id,…` for
several at once; masked mobiles alone go over it.
"""

import logging
import time
from collections.abc import Iterable
from datetime import datetime

import requests
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from requests.auth import HTTPBasicAuth

from icpportal.fields.types import Json, JsonObject
from icpportal.gateways.connection_failures import failure_words
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.http_responses import check_status, content, json_object
from icpportal.gateways.miit.models import Report
from icpportal.gateways.miit.types import PhoneState, Role
from icpportal.gateways.request_budget import seconds_for
from icpportal.privacy.masks import mask_mobile

logger = logging.getLogger(__name__)
WHO = "the phone register"
LARGEST = 64 * 1024
NOT_THERE_YET = "404"


def phones(report_key: str, *, timeout: float | None = None) -> list[PhoneState] | None:
    """Each person of this report; `[]` when nobody must verify, `None` when this authority does not tell."""
    if not _tells():
        return None
    own_id = Report.objects.filter(key=report_key).values_list("own_id", flat=True).first()
    if own_id is None:
        raise Retryable("this report is not with the authority yet")
    return _states(_fetch(f"{_address()}/{own_id}", seconds_for(timeout)))


def phones_of(report_keys: Iterable[str], *, timeout: float | None = None) -> dict[str, list[PhoneState]] | None:
    """The same for some dozens of reports in one call.

    A report that the register does not know yet, or answers unreadably, is left out.
    """
    if not _tells():
        return None
    keys = {str(own_id): key for key, own_id in Report.objects.filter(key__in=report_keys).values_list("key", "own_id")}
    if not keys:
        return {}
    reports = _fetch(f"{_address()}?reports={','.join(keys)}", seconds_for(timeout)).get("reports")
    if not isinstance(reports, dict):
        raise Retryable(f"the answer of {WHO} has no reports")
    found = {key: _states_or_none(reports[own_id]) for own_id, key in keys.items() if own_id in reports}
    return {key: states for key, states in found.items() if states is not None}


def _tells() -> bool:
    return bool(settings.AUTHORITY_TELLS_PHONES and settings.MIIT_PHONES_URL)


def _address() -> str:
    return f"{settings.MIIT_PHONES_URL.rstrip('/')}/{settings.MIIT_ISP_ID}"


def _states_or_none(found: Json) -> list[PhoneState] | None:
    try:
        return _states(found if isinstance(found, dict) else {})
    except Retryable as problem:  # nonsense about one report does not affect the others
        logger.warning("phones not readable", extra={"reason": str(problem)})
        return None


def _states(found: JsonObject) -> list[PhoneState]:
    rows = found.get("phones")
    if not isinstance(rows, list):
        raise Retryable(f"the answer of {WHO} has no phones")
    try:
        return [_state(row) for row in rows]
    except (KeyError, TypeError, ValueError) as problem:
        raise Retryable(f"the answer of {WHO} is not readable") from problem


def _fetch(url: str, seconds: float) -> dict[str, Json]:
    ends = time.monotonic() + seconds
    try:
        with requests.get(
            url,
            auth=HTTPBasicAuth(settings.MIIT_USER.encode(), settings.MIIT_PASSWORD.encode()),
            timeout=seconds,
            stream=True,
            allow_redirects=False,
        ) as response:
            check_status(response.status_code, WHO)
            return json_object(content(response, WHO, ends=ends, largest=LARGEST), WHO)
    except requests.RequestException as problem:
        raise Retryable(f"{WHO} cannot be reached: {failure_words(problem)}") from problem
    except Refused as refusal:
        if refusal.code == NOT_THERE_YET:
            raise Retryable(f"{WHO} does not know this report yet") from refusal
        raise


def _state(row: Json) -> PhoneState:
    if not isinstance(row, dict):
        raise TypeError("no object")
    wrong = row["wrong"]
    if not isinstance(wrong, int | float | str):
        raise TypeError("no number")
    return PhoneState(
        role=Role(row["role"]),
        mobile_masked=_mask(_text(row["mobile_masked"])),
        sent_at=_moment(row["sent_at"]),
        confirmed_at=_moment(row["confirmed_at"]),
        wrong=max(0, min(int(wrong), 99)),
    )


def _mask(mobile: str) -> str:
    """The number as received if it is masked; whole numbers go no further than here."""
    return mobile[:20] if "*" in mobile else mask_mobile(mobile[:20])


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _moment(value: Json) -> datetime | None:
    if value is None:
        return None
    found = parse_datetime(_text(value))
    if found is None:
        raise ValueError("no moment")
    return timezone.make_aware(found) if timezone.is_naive(found) else found
