"""Posts JSON to other systems, and reads their responses with suspicion: status, length, time, JSON objects."""

import json
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import requests

from icpportal.fields.types import Json
from icpportal.gateways.connection_failures import failure_words
from icpportal.gateways.errors import Refused, Retryable, Unknown

LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
PIECE = 8 * 1024


@contextmanager
def post_json(
    address: str, body: dict[str, str], *, who: str, token: str, ca_file: str, seconds: float
) -> Iterator[requests.Response]:
    """The response to this body, sent as JSON, with its content not read yet; a redirect is not followed.

    Raises `Retryable` when the connection fails, also while the response is being read. `token` may be "", and so may
    `ca_file`: then the system's own authorities are trusted.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with requests.post(
            address,
            json=body,
            headers=headers,
            timeout=seconds,
            verify=ca_file or True,
            allow_redirects=False,
            stream=True,
        ) as response:
            yield response
    except requests.RequestException as problem:
        raise Retryable(f"{who} did not answer: {failure_words(problem)}") from problem


def check_status(status: int, who: str, *, good: Container[int] = range(200, 300)) -> None:
    """Raises `Refused` for a refusal, `Retryable` for a temporary error, `Unknown` for anything else but `good`.

    `who` is the system's name for staff.
    """
    if status in LATER:
        raise Retryable(f"{who} answered {status}")
    if 400 <= status < 500:
        raise Refused(f"{who} refused: {status}", code=str(status))
    if status not in good:
        raise Unknown(f"{who} answered {status}")


def content(response: requests.Response, who: str, *, ends: float, largest: int) -> bytes:
    """The body, if it ends before `ends` (monotonic seconds) and within `largest` bytes; else `Unknown`."""
    found = bytearray()
    for piece in response.iter_content(PIECE):
        found += piece
        if len(found) > largest or time.monotonic() > ends:
            raise Unknown(f"the answer of {who} is too long or too slow")
    return bytes(found)


def json_object(body: bytes, who: str) -> dict[str, Json]:
    """The JSON object in a body; `Unknown` when there is none: nonsense may be gone next time."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as problem:  # RecursionError for thousands of brackets
        raise Unknown(f"the answer of {who} is not JSON") from problem
    if not isinstance(found, dict):
        raise Unknown(f"the answer of {who} is not an object")
    return found
