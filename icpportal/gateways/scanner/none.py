"""No scanner: files are only decoded and re-encoded. For the demo; production does not start with it."""

from typing import BinaryIO

from icpportal.gateways.scanner.types import Scan


class NoScanner:
    """`scanner.base.Scanner` that scans nothing, and says so."""

    notice = "no antivirus scanner: uploaded files are not scanned, only decoded and re-encoded"

    def scan(self, stream: BinaryIO, *, timeout: float | None = None) -> Scan:  # noqa: ARG002 -- nothing is read
        """Nothing was looked at."""
        return Scan(clean=True, scanned=False)

    def check(self) -> None:
        """There is nothing to reach."""
