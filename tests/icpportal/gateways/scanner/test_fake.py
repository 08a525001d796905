"""Scanners for demo and tests: one that checks nothing, and those that fail."""

import io
import time

import pytest

from icpportal.gateways.errors import Retryable
from icpportal.gateways.scanner import fake
from icpportal.gateways.scanner.base import scanner
from icpportal.gateways.scanner.none import NoScanner
from icpportal.gateways.scanner.types import Scan


def test_the_gateway_is_the_one_in_the_settings(settings):
    settings.SCANNER_GATEWAY = "icpportal.gateways.scanner.fake.Down"

    assert type(scanner()) is fake.Down


def test_the_demo_has_no_scanner_and_says_so():
    scan = NoScanner().scan(io.BytesIO(fake.EICAR))

    assert type(scanner()) is NoScanner
    assert scan == Scan(clean=True, scanned=False)
    assert "not scanned" in NoScanner.notice


def test_the_fake_finds_the_test_file_and_nothing_else():
    assert fake.FakeScanner().scan(io.BytesIO(b"x" + fake.EICAR)) == Scan(clean=False, found="Eicar-Test-Signature")
    assert fake.FakeScanner().scan(io.BytesIO(b"x" + fake.EICAR[:-1])) == Scan(clean=True)


def test_a_scanner_that_is_down_or_stalls_gives_no_verdict():
    begun = time.monotonic()

    for broken in (fake.Down(), fake.Stalling()):
        with pytest.raises(Retryable):
            broken.scan(io.BytesIO(b""), timeout=0.1)

    assert 0.1 <= time.monotonic() - begun < 0.5
    with pytest.raises(Retryable):
        fake.Down().check()
