"""The interface to the Shanghai authority's app (上海管局 App): the photo of a picture code."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting


class PhotoApp(Protocol):
    """What the system behind the app must do; `timeout` is in seconds."""

    def picture(self, code: str, mobile: str, *, timeout: float | None = None) -> bytes | None:
        """The photo that the app of this mobile gave this code for; `None` when the two do not belong together.

        The bytes are as received: the caller examines them like an upload.
        """

    def check(self) -> None:
        """Raises when the system does not answer."""


def is_there() -> bool:
    """Whether a system is configured at all; without one the applicant uploads what the app took."""
    return bool(settings.PHOTO_APP_GATEWAY)


def photo_app() -> PhotoApp:
    """The gateway of `settings.PHOTO_APP_GATEWAY`."""
    return counting("photo_app", import_string(settings.PHOTO_APP_GATEWAY)(), "picture")
