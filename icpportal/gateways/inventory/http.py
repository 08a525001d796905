"""The server list over HTTPS: JSON questions to the provider's own console; docs/inventory.md is the whole of it.

`POST {INVENTORY_URL}/instances` with `{"account": "lin@example.com"}` answers `{"instances": […]}`, and with
`"next": "…"` where more follow: the same question with that as `"cursor"` gives them.
`POST {INVENTORY_URL}/instance` with `{"id": "i-example0001"}` answers `{"instance": {…}}`, or 404 with
`{"error": "unknown instance"}` when there is none; any other 404 means that `INVENTORY_URL` is wrong.
The questions go in the body, not in the address, so that no email address lands in an access log.
"""

import time
from http import HTTPStatus

import requests
from django.conf import settings

from icpportal.fields.types import Json
from icpportal.gateways.errors import Retryable, Unknown
from icpportal.gateways.http_responses import check_status, content, json_object, post_json
from icpportal.gateways.inventory.parser import instance_of, instances_of
from icpportal.gateways.inventory.types import Instance
from icpportal.gateways.request_budget import call_within, seconds_for

LARGEST = 2 * 1024 * 1024  # bytes in one answer
MOST_PAGES = 20  # pages for one account
LONGEST_CURSOR = 500
WHO = "the server list"
UNKNOWN = "unknown"  # how the error of a 404 begins where the console does not know an id or an account
NOT_THERE = f"{WHO} answered 404 without saying that the id or account is unknown: check INVENTORY_URL"


class HttpInventory:
    """`inventory.base.Inventory` of `settings.INVENTORY_URL`."""

    def instances(self, account: str, *, timeout: float | None = None) -> list[Instance]:
        """The instances in the provider's console, page after page, each once."""
        ends = time.monotonic() + seconds_for(timeout)
        found: dict[str, Instance] = {}
        body, seen = {"account": account}, {""}
        while True:
            answer = self._ask("instances", body, max(0.0, ends - time.monotonic()))
            if answer is None:
                return list(found.values())
            for instance in instances_of(answer.get("instances")):
                found.setdefault(instance.id, instance)
            cursor = _cursor(answer)
            if not cursor:
                return list(found.values())
            if cursor in seen or len(seen) >= MOST_PAGES:
                raise Retryable("the server list has no end")
            seen.add(cursor)
            body = {"account": account, "cursor": cursor}

    def instance(self, instance_id: str, *, timeout: float | None = None) -> Instance | None:
        """One instance, `None` when the console does not know the id."""
        answer = self._ask("instance", {"id": instance_id}, timeout)
        return None if answer is None else instance_of(answer.get("instance"))

    def check(self) -> None:
        """Asks about an account without instances."""
        self.instances("check@example.invalid")

    def _ask(self, question: str, body: dict[str, str], timeout: float | None) -> dict[str, Json] | None:
        seconds = seconds_for(timeout)
        address = f"{settings.INVENTORY_URL.rstrip('/')}/{question}"
        return call_within(lambda: _post(address, body, seconds), seconds)


def _cursor(answer: dict[str, Json]) -> str:
    cursor = answer.get("next") or ""
    if not isinstance(cursor, str) or len(cursor) > LONGEST_CURSOR:
        raise Retryable("the server list has no readable next page")
    return cursor


def _post(address: str, body: dict[str, str], seconds: float) -> dict[str, Json] | None:
    ends = time.monotonic() + seconds
    token, ca_file = settings.INVENTORY_TOKEN, settings.INVENTORY_CA_FILE
    with post_json(address, body, who=WHO, token=token, ca_file=ca_file, seconds=seconds) as response:
        return _read(response, ends)


def _read(response: requests.Response, ends: float) -> dict[str, Json] | None:
    status = response.status_code
    if status == HTTPStatus.NOT_FOUND:
        _check_unknown(response, ends)
        return None
    check_status(status, WHO, good=(HTTPStatus.OK,))
    return json_object(content(response, WHO, ends=ends, largest=LARGEST), WHO)


def _check_unknown(response: requests.Response, ends: float) -> None:
    """Raises `Retryable` unless a 404 says what is unknown: a wrong address is answered by 404 too."""
    try:
        error = json_object(content(response, WHO, ends=ends, largest=LARGEST), WHO).get("error")
    except Unknown:
        error = None
    if not (isinstance(error, str) and error.lower().startswith(UNKNOWN)):
        raise Retryable(NOT_THERE)
