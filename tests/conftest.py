"""Fixtures for all tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone, translation

from demo.ministry.api.client import SimulatorClient
from icpportal.approvals.queries import forget_open
from icpportal.operations import heartbeat
from tests import flush, migrated
from tests.demo.ministry.process import Simulator, start_simulator
from tests.environment import CHROMIUM, FLAGS, LONG

# the machine may be busy: an example gets as long as a test
hypothesis.settings.register_profile("patient", deadline=None, max_examples=100 if LONG else 40)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> bool:
    """The tests start with a copy of a migrated database; `--create-db` runs the migrations."""
    if request.config.getvalue("create_db"):
        return False
    wanted = connection.settings_dict["TEST"]
    wanted["MIGRATE"] = False
    if connection.vendor == "sqlite":
        migrated.copy_to(Path(wanted["NAME"]))
        return True
    wanted["TEMPLATE"] = migrated.template(os.environ["DATABASE_URL"])
    return False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database of all tests; a test that commits leaves it as it was.

    A test is a transaction, so that they prepare statements within one as well.
    """
    type(connections["default"]).prepares_in_transactions = True
    with django_db_blocker.unblock():
        flush.remember()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Forgets what another test left in the process; as fixtures these would cost as much as some tests.

    A process remembers the heartbeats it wrote, which went with the other test's transaction. A view leaves its
    reader's language active in the thread; what is read outside of requests has the default.
    """
    heartbeat.recorded.clear()
    translation.deactivate()


@pytest.fixture
def steady_cache() -> Iterator[None]:
    """For tests that count queries: no cached value comes from another test, and none expires during this one."""
    cache.clear()
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def second_person(settings: Any) -> Iterator[None]:
    """Turns the second person on, and clears the cached counts of waiting requests with the test's rows."""
    settings.SECOND_PERSON = True
    forget_open()
    yield
    forget_open()


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """The simulated ministry as a process, one for all tests of a run."""
    running = start_simulator(tmp_path_factory.mktemp("simulator"))
    yield running
    running.stop()


@pytest.fixture
def on_the_wire(simulator: Simulator, settings: Any) -> SimulatorClient:
    """Connects the portal with that process over SOAP; its registry is reset, and its API client is returned."""
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.gateway.MinistryAuthority"
    simulator.point(settings)
    simulator.client.reset(world=True)
    return simulator.client


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests of a run: a second one does not start in the same process."""
    from playwright.sync_api import sync_playwright  # most runs open no browser

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright runs a loop in this thread
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
