"""The demo's app: a page where a visitor takes a drawn photo and gets its code, and codes for failures."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from demo.photo_app import file_inbox
from icpportal.gateways.errors import Retryable
from icpportal.gateways.photo_app import fake
from icpportal.gateways.photo_app.base import PhotoApp

# codes without a photo that make the system misbehave; the page lists them
TRICKS: dict[str, tuple[type[fake.FakeApp], str | Promise]] = {
    "REFUSE": (fake.Refusing, _("The app's system refuses the portal")),
    "AWAY": (fake.Down, _("The app's system cannot be reached")),
    "STALL": (fake.Stalling, _("The app's system does not answer in time")),
    "NOISE": (fake.Nonsense, _("The app's server answers with something that is not a picture")),
}


class PageApp:
    """`photo_app.base.PhotoApp` that reads the page's photos."""

    def picture(self, code: str, mobile: str, *, timeout: float | None = None) -> bytes | None:
        """The page's photo, unless the code stands for a failure."""
        if code in TRICKS:
            naughty: PhotoApp = TRICKS[code][0]()
            return naughty.picture(code, mobile, timeout=timeout)
        try:
            return file_inbox.find(code, mobile)
        except OSError as problem:
            raise Retryable(f"the photos cannot be read: {type(problem).__name__}") from problem

    def check(self) -> None:
        """Nothing to check: a missing folder only means that there is no photo yet."""
