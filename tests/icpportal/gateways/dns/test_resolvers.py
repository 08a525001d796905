"""Where a domain points: looked up by this machine within a short timeout, never blocking for long."""

import socket
import threading
import time
from typing import Any

import pytest

from icpportal.gateways.dns import system
from icpportal.gateways.dns.base import resolver
from icpportal.gateways.dns.fake import FakeResolver
from icpportal.gateways.errors import Retryable


def answering(monkeypatch: pytest.MonkeyPatch, names: dict[str, Any]) -> None:
    def look(name: str, *args: Any, **kwargs: Any) -> list[Any]:
        found = names.get(name, socket.gaierror(socket.EAI_NONAME, "unknown"))
        if isinstance(found, Exception):
            raise found
        return [(socket.AF_INET, 1, 6, "", (address, 0)) for address in found]

    monkeypatch.setattr(system.socket, "getaddrinfo", look)


def test_the_name_and_its_www_are_looked_up_together(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, {"example.com": ["192.0.2.10"], "www.example.com": ["192.0.2.10", "198.51.100.7"]})

    assert system.SystemResolver().addresses("example.com") == ["192.0.2.10", "198.51.100.7"]


def test_an_unknown_name_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, {})

    assert system.SystemResolver().addresses("example.com") == []


@pytest.mark.parametrize("problem", [socket.gaierror(socket.EAI_AGAIN, "try again"), OSError("no network")])
def test_a_failing_resolver_is_no_answer(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> None:
    answering(monkeypatch, {"example.com": problem})

    with pytest.raises(Retryable):
        system.SystemResolver().addresses("example.com")


def test_a_stalled_resolver_costs_its_timeout_and_few_threads(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.DNS_SECONDS = 0.1
    gate = threading.Event()
    monkeypatch.setattr(system.socket, "getaddrinfo", lambda *args, **kwargs: gate.wait(10) and [])
    monkeypatch.setattr(system, "lookups", threading.BoundedSemaphore(system.LOOKUPS_AT_ONCE))

    before = set(threading.enumerate())  # another test may have left calls that end by themselves

    began = time.monotonic()
    for _ in range(system.LOOKUPS_AT_ONCE + 3):
        with pytest.raises(Retryable):
            system.SystemResolver().addresses("example.com")
    took, alive = time.monotonic() - began, [each for each in threading.enumerate() if each.name == "gateway-call"]
    alive = [each for each in alive if each not in before]
    gate.set()

    assert took < 2
    assert len(alive) == system.LOOKUPS_AT_ONCE
    for each in alive:
        each.join(5)
    assert system.SystemResolver().addresses("example.com") == []


def test_the_setting_names_the_gateway(settings: Any) -> None:
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"

    assert isinstance(resolver(), FakeResolver)
