"""Webhooks of operations: an alarm's JSON, signed, to a URL in the settings."""

import hashlib
import hmac
import json
import time

import requests
from django.conf import settings

from icpportal.gateways.connection_failures import failure_words
from icpportal.gateways.errors import Retryable
from icpportal.outbox.models import Message

SECONDS = 10
TIMESTAMP, SIGNATURE, KEY = "X-Portal-Timestamp", "X-Portal-Signature", "X-Portal-Key"


def deliver(message: Message) -> str:
    """Posts the body and returns the status.

    Anything but a 2xx is tried again for two days. It never raises `Unknown`: that would be an alarm about an alarm.
    Receivers recognise a repetition by its key.
    """
    payload = message.payload
    body = json.dumps(payload["body"], ensure_ascii=False).encode()
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        TIMESTAMP: moment,
        SIGNATURE: f"sha256={signature(moment, body)}",
        KEY: message.key,
    }
    try:
        with requests.post(
            payload["to"], data=body, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True
        ) as answer:
            status = answer.status_code
    except requests.RequestException as problem:
        raise Retryable(f"webhook: {failure_words(problem)}") from problem
    if status not in range(200, 300):
        raise Retryable(f"webhook: {status}")
    return str(status)


def signature(moment: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a dot and the body, in hexadecimal."""
    return hmac.new(settings.ALERTS_SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
