"""Messages to nobody, and worker processes that deliver them as the task does, until none is left.

Importing it sets the portal up: DATABASE_URL names an empty database made for this.
"""

import multiprocessing
from multiprocessing.queues import SimpleQueue

from bench import world  # noqa: F401 -- first: it sets the portal up

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from bench.backlogs.done import Run, time_run
from bench.harness import machine, processes
from icpportal.outbox import delivery
from icpportal.outbox.models import Message, State

TOGETHER, ALONE = "nothing", "nothing_alone"  # recorded in batches of twenty, like mails, and one by one, like texts


def nothing(message: Message) -> str:
    """A channel that accepts everything at once."""
    return message.key


class Backlog:
    """A number of due messages, new ones for each round."""

    def __init__(self, number: int, workers: int) -> None:
        self.number, self.workers, self.turn = number, workers, 0
        self.database = 0.0  # seconds of processor time that the workers' backends used
        channels = dict.fromkeys((TOGETHER, ALONE), f"{__name__}.nothing")
        settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, **channels}
        settings.OUTBOX_TOGETHER = [*settings.OUTBOX_TOGETHER, TOGETHER]
        call_command("migrate", verbosity=0)

    def together(self) -> Run:
        return self._deliver(TOGETHER)

    def alone(self) -> Run:
        return self._deliver(ALONE)

    def _deliver(self, channel: str) -> Run:
        self._fill(channel)
        done = time_run(self.number, self._work, lambda: machine.ours() + self.database)
        sent = Message.objects.filter(state=State.DELIVERED, attempts=1).count()
        if sent != self.number:
            raise AssertionError(f"{sent} of {self.number} messages were sent once")
        return done

    def _fill(self, channel: str) -> None:
        self.turn += 1
        now, payload = timezone.now(), {"to": "nobody"}
        keys = (f"bench:{self.turn}:{number}" for number in range(self.number))
        Message.objects.all().delete()
        Message.objects.bulk_create(
            (Message(key=key, channel=channel, payload=payload, next_at=now) for key in keys), batch_size=1000
        )
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE outbox_message")

    def _work(self) -> None:
        connections.close_all()  # each process has its own
        context = multiprocessing.get_context("fork")
        used = context.SimpleQueue()
        workers = [context.Process(target=drain, args=(used,)) for _ in range(self.workers)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
            self.database += used.get()


def drain(used: SimpleQueue) -> None:
    """Delivers while messages are due; then reports what its backend used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    while delivery.deliver(limit=None, seconds=delivery.TURN_SECONDS, codes=False).left:
        continue
    used.put(processes.cpu([backend]))
