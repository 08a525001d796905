"""The broker on files: a worker only finds complete messages."""

import json
import threading
import uuid

import pytest
from kombu import Connection, Exchange, Queue
from kombu.utils.json import dumps


@pytest.fixture
def queue_of_ours():
    """kombu remembers for the whole process which queues exist: each test needs one of its own."""
    name = f"celery-{uuid.uuid4().hex}"
    return Queue(name, Exchange(name), routing_key=name)


@pytest.fixture
def connect(tmp_path):
    folders = {name: tmp_path / name for name in ("messages", "control", "processed")}
    for folder in folders.values():
        folder.mkdir()
    options = {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "control_folder": str(folders["control"]),
        "processed_folder": str(folders["processed"]),
    }
    return lambda: Connection(
        "filesystem://localhost", transport="icpportal.operations.file_broker:Transport", transport_options=options
    )


def send(connection, queue_of_ours, *bodies):
    with connection.SimpleQueue(queue_of_ours) as queue:
        for body in bodies:
            queue.put(body)


def receive(connection, queue_of_ours, count):
    found = []
    with connection.SimpleQueue(queue_of_ours) as queue:
        for _ in range(count):
            message = queue.get(timeout=20)
            message.ack()
            found.append(message.payload)
    return found


def test_messages_arrive_in_the_order_they_were_sent(connect, queue_of_ours):
    with connect() as connection:
        send(connection, queue_of_ours, {"number": 1}, {"number": 2})

        assert receive(connection, queue_of_ours, 2) == [{"number": 1}, {"number": 2}]


def test_a_message_still_being_written_is_not_read(connect, queue_of_ours, tmp_path, monkeypatch):
    """kombu's own channel writes to the final name: a worker that read in between crashed."""
    seen = []

    def looking(payload):
        seen.extend(path.name for path in (tmp_path / "messages").glob("*.msg"))
        return dumps(payload)

    for writer in ("icpportal.operations.file_broker", "kombu.transport.filesystem"):
        monkeypatch.setattr(f"{writer}.dumps", looking)
    with connect() as connection:
        send(connection, queue_of_ours, {"number": 1})

    assert seen == []
    (message,) = (tmp_path / "messages").iterdir()
    assert message.name.endswith(f".{queue_of_ours.name}.msg")
    assert json.loads(message.read_text())["headers"] is not None


def test_no_reader_ever_finds_an_incomplete_message(connect, queue_of_ours):
    total, writers = 300, 3

    def write():
        with connect() as connection:
            send(connection, queue_of_ours, *({"text": "长" * 2000} for _ in range(total // writers)))

    with connect() as connection:
        send(connection, queue_of_ours)  # creates the queue before anybody writes
    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    with connect() as connection:
        found = receive(connection, queue_of_ours, total)
    for thread in threads:
        thread.join()

    assert found == [{"text": "长" * 2000}] * total
