"""The outside world, for every page of this folder that asks for it."""

from tests.transfers.outside import ministry, servers

__all__ = ["ministry", "servers"]
