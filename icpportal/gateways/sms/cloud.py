"""What the adapters of cloud suppliers share: their settings, and what they take as a value."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.errors import Retryable
from icpportal.gateways.request_budget import bounded

Answer = TypeVar("Answer")

SECONDS = 10
LONGEST_WORD = 60
# a name with a dot is taken for an address, which both suppliers refuse in a value: the dot is written wide
DOT_IN_NAME = re.compile(r"(?<=\w)\.(?=\w)")
WIDE_DOT = "．"
ACCOUNT = ("SMS_SIGN_NAME", "SMS_KEY_ID", "SMS_KEY_SECRET", "SMS_TEMPLATES")
# what each adapter cannot do without
NEEDS = {
    "icpportal.gateways.sms.aliyun.AliyunSms": ACCOUNT,
    "icpportal.gateways.sms.tencent.TencentSms": (*ACCOUNT, "SMS_APP_ID"),
}


@dataclass(frozen=True)
class Endpoint:
    """Where a supplier is asked."""

    scheme: str
    host: str  # with a port where it has one


def missing() -> list[str]:
    """The settings that the adapter in force needs and does not have."""
    return [name for name in NEEDS.get(settings.SMS_GATEWAY, ()) if not getattr(settings, name)]


def endpoint(usual: str) -> Endpoint:
    """`SMS_ENDPOINT`, or the supplier's usual host over https; in the clear only for tests."""
    parts = urlsplit(settings.SMS_ENDPOINT or f"https://{usual}")
    if parts.scheme != "https" and not (settings.DEMO and parts.scheme == "http"):
        raise ImproperlyConfigured("SMS_ENDPOINT begins with https://")
    return Endpoint(parts.scheme, parts.netloc)


def template_id(name: str) -> str:
    """The supplier's number of a text; `Retryable` without one, for a setting mends it."""
    found = settings.SMS_TEMPLATES.get(name)
    if not found:
        raise Retryable(f"no template is registered for {name} (SMS_TEMPLATES)")
    return str(found)


def value_taken(text: str) -> str:
    """A value as suppliers take it: without anything that reads as an address."""
    return DOT_IN_NAME.sub(WIDE_DOT, text)


def word(code: object) -> str:
    """A supplier's code, short enough for a row."""
    return str(code)[:LONGEST_WORD]


def asked(call: Callable[[], Answer]) -> Answer:
    """What an SDK's `call` gives, within the time that a supplier may take."""
    return bounded(call, SECONDS)
