"""`python -m bench.outbox [MESSAGES] [WORKERS]`: how fast a backlog drains on a channel that does nothing.

Each worker is a process that delivers as a task does, one task after the other, until nothing is due. DATABASE_URL
names an empty database made for this; without it the workers share one file.
"""

import multiprocessing
import sys
import time

from bench import world  # noqa: F401 -- first: it sets the portal up

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from icpportal.outbox import delivery
from icpportal.outbox.models import Message, State

CHANNEL = "nothing"


def nothing(message: Message) -> str:
    """A channel that takes everything at once."""
    return message.key


def main(messages: int, workers: int) -> None:
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, CHANNEL: f"{__name__}.nothing"}
    call_command("migrate", verbosity=0)
    now = timezone.now()
    rows = (
        Message(key=f"bench:{number}", channel=CHANNEL, payload={"to": "nobody"}, next_at=now)
        for number in range(messages)
    )
    Message.objects.bulk_create(rows, batch_size=1000)
    connections.close_all()  # each process has its own
    began = time.monotonic()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=drain) for _ in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    seconds = time.monotonic() - began
    sent = Message.objects.filter(state=State.DELIVERED, attempts=1).count()
    print(f"{sent} of {messages} sent once by {workers} in {seconds:.1f} s: {sent / seconds:.0f} a second", end=" ")
    print(f"({connections['default'].vendor})")


def drain() -> None:
    """What a worker does while messages are due."""
    while delivery.drain().left:
        continue


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 2)
