"""Messages through Redis."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from pathlib import Path
from threading import Thread
from unittest.mock import Mock

import pytest
from django.conf import settings
from kombu import Connection, Exchange, Producer, Queue
from redis import ConnectionError as NoConnection
from redis import Redis

from tests import fresh
from tests.icpportal.certificates import self_signed
from tests.icpportal.production import ROOT

CODE = """
from icpportal.celery import app
connection = app.connection_for_write()
print(connection.transport_cls, bool(connection.ssl))
"""


CONNECT = """
from icpportal.celery import app
with app.connection_for_write() as connection:
    connection.default_channel.client.ping()
"""


@contextmanager
def impostor(folder: Path) -> Iterator[int]:
    """The port of somebody who answers in place of Redis, with a certificate of their own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(folder))
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):  # until the server is closed
                while True:
                    line, _address = server.accept()
                    with suppress(OSError), context.wrap_socket(line, server_side=True) as secure:
                        while secure.recv(4096):
                            secure.sendall(b"+OK\r\n")

        Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def queue() -> Iterator[Queue]:
    name = f"test-{os.getpid()}"
    with Connection(settings.CELERY_BROKER_URL, transport=settings.CELERY_BROKER_TRANSPORT) as connection:
        bound = Queue(name, Exchange(name), name, channel=connection.channel())
        bound.declare()
        yield bound
        bound.delete()


def send(queue: Queue, words: str) -> None:
    Producer(queue.channel).publish(words, exchange=queue.exchange, routing_key=queue.name)


@pytest.mark.services
def test_many_messages_are_sent_and_acknowledged_by_one_client(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    made = Mock(side_effect=Redis)
    monkeypatch.setattr(queue.channel, "Client", made)

    for number in range(3):
        send(queue, f"message {number}")
    came = [queue.get() for _ in range(3)]
    for each in came:
        each.ack()

    assert [each.payload for each in came] == ["message 0", "message 1", "message 2"]
    assert made.call_count <= 1
    assert queue.get() is None


@pytest.mark.services
def test_after_an_outage_messages_are_sent_through_a_new_pool(queue: Queue):
    send(queue, "before")
    before = queue.channel.pool

    queue.channel._disconnect_pools()
    send(queue, "after")

    assert [queue.get().payload for _ in range(2)] == ["before", "after"]
    assert queue.channel.pool is not before


@pytest.mark.services
def test_a_worker_that_holds_messages_gives_up_a_lost_connection_without_ending(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
):
    """As Celery does when Redis ends: it drops the connection, on which the channel still waits, then closes it."""
    send(queue, "in work")
    with Connection(settings.CELERY_BROKER_URL, transport=settings.CELERY_BROKER_TRANSPORT) as connection:
        channel = connection.default_channel
        held = queue.bind(channel).get()
        monkeypatch.setattr(channel, "_in_poll", True)
        lost = chain(repeat(NoConnection, 2), repeat(None))  # its channel is closed twice
        monkeypatch.setattr(channel, "_brpop_read", Mock(side_effect=lost))

        connection.collect()
        connection.release()

    assert held.payload == "in work"


@pytest.mark.parametrize("ending", ["", "?ssl_check_hostname=false"])
def test_a_broker_with_tls_is_believed_only_with_a_certificate(tmp_path: Path, ending: str):
    """Somebody answers in place of Redis, with a certificate of their own."""
    with impostor(tmp_path) as port:
        here = {"PORTAL_MODE": "demo", "REDIS_URL": f"rediss://127.0.0.1:{port}/0{ending}"}
        done = fresh.run("-c", CONNECT, folder=ROOT, environment={**os.environ, **here})

    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("redis://redis.invalid:6379/0", "icpportal.celery.broker:Transport False"),
        ("rediss://redis.invalid:6379/0", "rediss True"),
        ("sentinel://redis.invalid:26379/0", "sentinel False"),
    ],
)
def test_a_broker_with_tls_or_sentinels_is_reached_as_kombu_reaches_it(url: str, answer: str):
    done = fresh.run("-c", CODE, folder=ROOT, environment={**os.environ, "PORTAL_MODE": "demo", "REDIS_URL": url})

    assert done.stdout.splitlines()[-1:] == [answer], done.stderr
