"""The interface to a virus scanner.

It fails closed: without a verdict it raises `Retryable`, and the file stays in quarantine.
"""

from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.answers import counting
from icpportal.gateways.scanner.types import Scan


class Scanner(Protocol):
    """What a scanner must do."""

    def scan(self, stream: BinaryIO, *, timeout: float | None = None) -> Scan:
        """Scans the stream from its present position; `Refused` when it is too long for the scanner."""

    def check(self) -> None:
        """Raises when the scanner does not answer."""


def scanner() -> Scanner:
    """The gateway of `settings.SCANNER_GATEWAY`."""
    return counting("scanner", import_string(settings.SCANNER_GATEWAY)(), "scan")
