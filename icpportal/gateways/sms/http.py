"""A text-message supplier over HTTPS, described by settings: address, headers, names of the fields, sign of success.

`SMS_HTTP = {"url": …, "headers": {…}, "fields": {"to": "mobile", "text": "content", "key": "out_id"},
"extra": {"template": "1"}, "body": "json" | "form", "receipt": "data.id", "success": {"code": "0"},
"later": ["LIMIT"], "key_header": "Idempotency-Key", "seconds": 10, "check_url": …}`; only `url` is needed.
A field with an empty name is left out. `success` names what a good answer holds, `later` the other values there that
mean "try again".
"""

import io
import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from icpportal.fields.types import Json, JsonObject
from icpportal.gateways import http_responses
from icpportal.gateways.addresses import split_address
from icpportal.gateways.connection_failures import failure_words
from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.gateways.request_budget import call_within

LARGEST = 64 * 1024
LONGEST_RECEIPT = 200
LONGEST_WORD = 40
WHO = "the supplier"
LEADS_AWAY = "answers, and leads a HEAD to another address: if texts wait, correct url of SMS_HTTP, or set check_url"
MOVED = "is not at this address of SMS_HTTP any more"
# nothing was accepted, and it is ours to correct: the text is sent then
OURS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "does not take our key",
    HTTPStatus.PAYMENT_REQUIRED: "has no balance of ours",
    **dict.fromkeys(
        (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT), MOVED
    ),
}
ADDRESSES = ("url", "check_url")
SHAPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("headers", "fields", "extra", "success"), dict),
    "later": list,
    "seconds": (int, float),
    **dict.fromkeys(ADDRESSES, str),
}
OWN_FIELDS = {"to": "to", "text": "text", "key": "key"}
BODIES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Supplier:
    """How to call one supplier."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Json] = field(default_factory=dict)
    body: str = "json"
    receipt: str = "id"
    success: dict[str, str] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)
    key_header: str = "Idempotency-Key"
    seconds: float = 10
    check_url: str = ""

    def __post_init__(self) -> None:
        if self.body not in BODIES or not str(self.url).startswith(("https://", "http://")):
            known = ", ".join(BODIES)
            raise ImproperlyConfigured(f"SMS_HTTP needs a url with https://, and a body that is one of {known}")
        wrong = [name for name, kind in SHAPES.items() if not isinstance(getattr(self, name), kind)]
        if not wrong:
            wrong = [name for name in ADDRESSES if split_address(getattr(self, name)) is None]
        if wrong:
            raise ImproperlyConfigured(f"SMS_HTTP: {', '.join(wrong)} cannot be read: docs/gateways.md")


def supplier() -> Supplier:
    """The supplier of `settings.SMS_HTTP`."""
    try:
        return Supplier(**settings.SMS_HTTP)
    except TypeError as problem:
        raise ImproperlyConfigured(f"SMS_HTTP: {problem}") from problem


class Moved(Retryable):
    """The address leads to another one: nothing was accepted there."""


class Letter(io.BytesIO):
    """A request body that knows whether sending has begun: it is read only once there is a connection."""

    has_left = False

    def read(self, size: int | None = -1, /) -> bytes:
        """The next piece."""
        self.has_left = True
        return super().read(size)


class SupplierRequest(NamedTuple):
    """What goes to the supplier."""

    method: str
    url: str
    headers: dict[str, str] | None
    data: Letter | None


class HttpSms:
    """`base.TextMessages` of `settings.SMS_HTTP`."""

    notice = ""  # read by `gateways.health` after the check

    def __init__(self) -> None:
        self.supplier = supplier()

    def send(self, to: str, text: str, key: str) -> str:
        """Posts one message, with its key in a header and a field, so that the supplier can recognise a repetition.

        Raises `Unknown` when sending began and no clear answer came back.
        """
        theirs = self.supplier
        names = {**OWN_FIELDS, **theirs.fields}
        values = {"to": to, "text": text, "key": key}
        body = {**theirs.extra, **{names[name]: value for name, value in values.items() if names[name]}}
        headers = {"Content-Type": BODIES[theirs.body], **theirs.headers, theirs.key_header: key}
        letter = Letter(_encode_body(body, theirs.body))
        try:
            answer = http_responses.json_object(self._call("POST", theirs.url, headers=headers, data=letter), WHO)
            return _receipt(answer, theirs)
        except Unknown as trouble:
            if letter.has_left:
                raise
            raise Retryable(str(trouble)) from trouble

    def check(self) -> None:
        """Calls the supplier's check URL; without one, tests whether its server answers and does not refuse our key.

        A redirect proves nothing then: `url` takes texts by POST, and is asked by HEAD here.
        """
        theirs = self.supplier
        if theirs.check_url:
            self._call("GET", theirs.check_url, headers=theirs.headers)
            return
        try:
            self._call("HEAD", theirs.url, headers=theirs.headers, judge=False)
        except Moved:  # many servers lead readers elsewhere and take a text all the same
            self.notice = LEADS_AWAY

    def _call(
        self,
        method: str,
        url: str,
        *,
        judge: bool = True,
        headers: dict[str, str] | None = None,
        data: Letter | None = None,
    ) -> bytes:
        seconds = self.supplier.seconds
        sent = SupplierRequest(method, url, headers, data)
        return call_within(lambda: _exchange(sent, seconds, judge=judge), seconds)


def _exchange(sent: SupplierRequest, seconds: float, *, judge: bool) -> bytes:
    ends = time.monotonic() + seconds
    try:
        with requests.request(
            sent.method,
            sent.url,
            headers=sent.headers,
            data=sent.data,
            timeout=seconds,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code in OURS:
                kind = Moved if OURS[response.status_code] == MOVED else Retryable
                raise kind(f"{WHO} {OURS[response.status_code]}: {response.status_code}")
            if judge:
                http_responses.check_status(response.status_code, WHO)
            return http_responses.content(response, WHO, ends=ends, largest=LARGEST)
    except requests.RequestException as problem:
        raise Unknown(f"{WHO} did not answer: {failure_words(problem)}") from problem


def _encode_body(body: JsonObject, how: str) -> bytes:
    if how == "json":
        return json.dumps(body).encode()
    return urlencode([(name, value) for name, value in body.items() if value is not None], doseq=True).encode()


def _receipt(answer: JsonObject, theirs: Supplier) -> str:
    for path, expected in theirs.success.items():
        _judge_word(path, _at(answer, path), str(expected), theirs.later)
    receipt = _at(answer, theirs.receipt)
    if not isinstance(receipt, (str, int)) or isinstance(receipt, bool) or receipt == "":
        raise Unknown("the supplier's answer holds no receipt")
    return str(receipt)[:LONGEST_RECEIPT]


def _judge_word(path: str, found: Json, expected: str, later: list[str]) -> None:
    if not isinstance(found, (str, int)):
        raise Unknown(f"the supplier's answer holds no {path}")
    word = str(found)[:LONGEST_WORD]
    if word in later:
        raise Retryable(f"the supplier says later: {path} is {word}")
    if word != expected:
        raise Refused(f"the supplier refused: {path} is {word}", code=word)


def _at(answer: Json, path: str) -> Json:
    for name in path.split("."):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer
