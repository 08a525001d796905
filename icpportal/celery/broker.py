"""kombu's broker on Redis, whose channels keep their client."""

from typing import Any

from kombu.transport import redis
from redis import ConnectionError as NoConnection
from redis import Redis


class Channel(redis.Channel):
    """Has one client for all messages.

    kombu makes another for every message that it sends or acknowledges, with a table of how to read the answer of each
    of Redis' commands. Clients share the connections of their pool, which a fork or an outage replaces.
    """

    _kept: Redis | None = None

    def _create_client(self, asynchronous: bool = False) -> Redis:  # noqa: FBT001, FBT002 -- as kombu calls it
        if asynchronous:
            return super()._create_client(asynchronous=True)
        if self._kept is None or self._kept.connection_pool is not self.pool:
            self._kept = super()._create_client()
        return self._kept

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 -- as kombu calls it
        # An outage ends the connection before its channels. A channel that holds messages still wants to put them back
        # then; only for the error of a lost connection does the worker go on without. Redis delivers them again.
        if self.connection.client is None:
            raise NoConnection("the connection to the broker has ended")
        return dict(super()._connparams(asynchronous=asynchronous))


class Transport(redis.Transport):
    """`CELERY_BROKER_TRANSPORT` with Redis."""

    Channel = Channel
