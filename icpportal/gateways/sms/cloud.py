"""Shared by the adapters of cloud suppliers: settings, and allowed values."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.addresses import split_address
from icpportal.gateways.errors import Retryable
from icpportal.gateways.request_budget import call_within

Answer = TypeVar("Answer")

SECONDS = 10
LONGEST_WORD = 60
# a name with a dot looks like a URL, which both suppliers refuse in values: the dot is written full-width
DOT_IN_NAME = re.compile(r"(?<=\w)\.(?=\w)")
WIDE_DOT = "．"
ACCOUNT = ("SMS_SIGN_NAME", "SMS_KEY_ID", "SMS_KEY_SECRET", "SMS_TEMPLATES")
# settings that each adapter needs
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
    """The settings that the configured adapter needs and lacks."""
    return [name for name in NEEDS.get(settings.SMS_GATEWAY, ()) if not getattr(settings, name)]


def endpoint(usual: str) -> Endpoint:
    """`SMS_ENDPOINT`, or the supplier's usual host over https; unencrypted only for tests."""
    parts = split_address(settings.SMS_ENDPOINT or f"https://{usual}")
    if parts is None or (parts.scheme != "https" and not (settings.DEMO and parts.scheme == "http")):
        raise ImproperlyConfigured("SMS_ENDPOINT begins with https://")
    return Endpoint(parts.scheme, parts.netloc)


def template_id(name: str) -> str:
    """The supplier's number of a text; `Retryable` without one, because a setting fixes it."""
    found = settings.SMS_TEMPLATES.get(name)
    if not found:
        raise Retryable(f"no template is registered for {name} (SMS_TEMPLATES)")
    return str(found)


def value_taken(text: str) -> str:
    """A value that suppliers accept: without anything that looks like a URL."""
    return DOT_IN_NAME.sub(WIDE_DOT, text)


def word(code: object) -> str:
    """A supplier's code, short enough for a row."""
    return str(code)[:LONGEST_WORD]


def call_within_limit(call: Callable[[], Answer]) -> Answer:
    """The result of an SDK's `call`, within the supplier's time limit."""
    return call_within(call, SECONDS)
