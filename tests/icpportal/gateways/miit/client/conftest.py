"""A fake ministry, the settings that point to it, and the portal's client."""

import pytest

from icpportal.gateways.miit.client import wsdl
from icpportal.gateways.miit.client.client import Ministry
from tests.icpportal.gateways.miit.client.server import FakeMinistryServer


@pytest.fixture(autouse=True)
def _nothing_read_yet():
    """Ports are reused: no test may read another one's cached WSDL."""
    wsdl.shelf.read.clear()


@pytest.fixture
def opened(settings):
    """Opens fake ministries; the settings point to the last one."""
    running = []

    def open_one(dialect=None, **options):
        ministry = FakeMinistryServer(dialect, **options).__enter__()
        running.append(ministry)
        for name, value in ministry.settings().items():
            setattr(settings, name, value)
        return ministry

    yield open_one
    for ministry in running:
        ministry.__exit__()


@pytest.fixture
def ministry(opened):
    """One that behaves as usual."""
    return opened()


@pytest.fixture
def wire(ministry):
    """The client connected to it."""
    return Ministry()
