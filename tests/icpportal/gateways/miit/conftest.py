"""The fake ministry of the client's tests, for everything that calls it."""

from tests.icpportal.gateways.miit.client.conftest import _nothing_read_yet, ministry, opened  # noqa: F401 -- fixtures
