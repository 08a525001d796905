"""The fake ministry of the wire's tests, for whatever speaks to it."""

from tests.icpportal.gateways.miit.client.conftest import _nothing_read_yet, ministry, opened  # noqa: F401 -- fixtures
