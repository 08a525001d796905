"""Devices known to an account: their attempts are counted separately, so that nobody can lock the owner out.

A signed cookie names this browser's accounts by id, each with a token that ends with the password. It signs nobody in:
it only tells whose wrong passwords count against this device alone.
"""

import secrets
from datetime import timedelta
from typing import TypedDict

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from icpportal.accounts.models import User, mobile_index

SALT = "icpportal.accounts.devices"
KEPT = timedelta(days=365)
ACCOUNTS = 5  # accounts remembered in one browser


class Device(TypedDict):
    """The content of the cookie."""

    id: str
    accounts: dict[str, str]


def cookie_name() -> str:
    """With the prefix for this host alone, where the portal uses HTTPS."""
    return "__Host-device" if settings.HTTPS else "device"


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Makes this browser known to the account until its password changes."""
    device = _device_of(request) or Device(id=secrets.token_urlsafe(12), accounts={})
    others = [pair for pair in device["accounts"].items() if pair[0] != str(user.pk)]
    device["accounts"] = dict([*others[1 - ACCOUNTS :], (str(user.pk), _word(user))])
    response.set_cookie(
        cookie_name(),
        signing.dumps(device, salt=SALT, compress=True),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, login: str) -> str:
    """The id of this browser if the account of this address or mobile was signed in on it; else ""."""
    device = _device_of(request)
    if device is None or not device["accounts"]:
        return ""
    named = Q(email__iexact=login) | Q(mobile_index=mobile_index(login))
    user = User.objects.filter(named, pk__in=list(device["accounts"])).first()
    is_known = user is not None and constant_time_compare(device["accounts"][str(user.pk)], _word(user))
    return device["id"] if is_known else ""


def _device_of(request: HttpRequest) -> Device | None:
    try:
        device: Device = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    return device


def _word(user: User) -> str:
    return salted_hmac(SALT, user.password).hexdigest()[:20]
