"""The interface to a virus scanner. It fails closed: no verdict is `Retryable`, and the file stays in quarantine."""

from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting
from icpportal.gateways.scanner.types import Scan


class Scanner(Protocol):
    """What any scanner can do."""

    def scan(self, stream: BinaryIO, *, timeout: float | None = None) -> Scan:
        """Looks at the whole stream from its present place; `Refused` when it is too long for the scanner."""

    def check(self) -> None:
        """Raises when the scanner does not answer."""


def scanner() -> Scanner:
    """The gateway of `settings.SCANNER_GATEWAY`."""
    return counting("scanner", import_string(settings.SCANNER_GATEWAY)(), "scan")
