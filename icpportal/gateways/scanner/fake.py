"""A scanner for tests: it knows the EICAR test file, and can be down or slow."""

import time
from typing import BinaryIO

from icpportal.gateways.errors import Retryable
from icpportal.gateways.scanner.types import Scan

# in two halves, so that no scanner on a developer's machine takes this file for the test file
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


class FakeScanner:
    """Finds EICAR wherever it stands in the file."""

    def scan(self, stream: BinaryIO, *, timeout: float | None = None) -> Scan:  # noqa: ARG002
        """Infected when the test signature is in it."""
        if EICAR in stream.read():
            return Scan(clean=False, found="Eicar-Test-Signature")
        return Scan(clean=True)

    def check(self) -> None:
        """Always there."""


class Down(FakeScanner):
    """Cannot be reached."""

    def scan(self, stream: BinaryIO, *, timeout: float | None = None) -> Scan:  # noqa: ARG002
        """No verdict."""
        raise Retryable("connection refused")

    def check(self) -> None:
        """Not there."""
        raise Retryable("connection refused")


class Stalling(FakeScanner):
    """Gives no verdict in the time it is given."""

    def scan(self, stream: BinaryIO, *, timeout: float | None = None) -> Scan:  # noqa: ARG002
        """Holds the caller, then no verdict."""
        time.sleep(60 if timeout is None else min(60, timeout))
        raise Retryable("no answer in time")
