"""What every test may ask for."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from icpportal.gateways.miit.simulator.client import SimulatorClient
from tests.environment import CHROMIUM
from tests.icpportal.gateways.miit.simulator.process import Simulator, start_simulator

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """The simulated ministry as a process, one for all tests of a run."""
    running = start_simulator(tmp_path_factory.mktemp("simulator"))
    yield running
    running.stop()


@pytest.fixture
def on_the_wire(simulator: Simulator, settings: Any) -> SimulatorClient:
    """The portal speaks to that process over SOAP; its world is new and empty, this is its desk."""
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.gateway.MinistryAuthority"
    simulator.point(settings)
    simulator.client.reset(world=True)
    return simulator.client


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests of a run: a second one in the same process does not start."""
    from playwright.sync_api import sync_playwright  # most runs open no browser

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright runs a loop in this thread
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
