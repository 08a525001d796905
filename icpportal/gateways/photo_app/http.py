"""The app's system over HTTPS; docs/photo-app.md is the whole of it.

`POST {PHOTO_APP_URL}/picture` with `{"code": "AB12CD", "mobile": "13900000002"}` answers with the picture itself,
or 404 in JSON when this mobile has no photo under this code; a web server's own 404 is no answer. Both go in the
body, so that no number lands in an access log.
"""

import time
from http import HTTPStatus

import requests
from django.conf import settings

from icpportal.gateways.errors import Retryable
from icpportal.gateways.http_responses import check_status, content, post_json
from icpportal.gateways.request_budget import call_within, seconds_for

WHO = "the photo app"
NOBODY = ("000000", "10000000000")  # a code no app gives, and a number no mobile has


class HttpApp:
    """`photo_app.base.PhotoApp` of `settings.PHOTO_APP_URL`."""

    def picture(self, code: str, mobile: str, *, timeout: float | None = None) -> bytes | None:
        """Makes one call; an answer that does not claim to be a picture is none."""
        seconds = seconds_for(timeout)
        return call_within(lambda: _post(code, mobile, seconds), seconds)

    def check(self) -> None:
        """Asks for a photo that cannot exist."""
        self.picture(*NOBODY)


def _post(code: str, mobile: str, seconds: float) -> bytes | None:
    ends = time.monotonic() + seconds
    address, body = f"{settings.PHOTO_APP_URL.rstrip('/')}/picture", {"code": code, "mobile": mobile}
    token, ca_file = settings.PHOTO_APP_TOKEN, settings.PHOTO_APP_CA_FILE
    with post_json(address, body, who=WHO, token=token, ca_file=ca_file, seconds=seconds) as response:
        return _read(response, ends)


def _read(response: requests.Response, ends: float) -> bytes | None:
    status = response.status_code
    kind = response.headers.get("Content-Type", "")
    if status == HTTPStatus.NOT_FOUND:
        if not kind.startswith("application/json"):  # a wrong URL must not use up anybody's attempts
            raise Retryable("the photo app is not at this address")
        return None
    check_status(status, WHO, good=(HTTPStatus.OK,))
    if not kind.startswith("image/"):
        raise Retryable("the answer of the photo app is no picture")
    return content(response, WHO, ends=ends, largest=settings.UPLOAD_MAX_BYTES)
