"""Part `outbox`: messages that two workers deliver to channels that do nothing, compared with tasks that do nothing.

The recording of a mail is shared by up to twenty, that of a text is its own.
"""

import importlib
import os
from contextlib import ExitStack

from bench.backlogs.done import row
from bench.harness import machine, reports, services
from bench.harness.rounds import interleave
from bench.harness.tables import Table
from bench.targets import Result, Target

MESSAGES, WORKERS = 5_000, 2
OUTBOX = Target("outbox: messages delivered by two workers", "/s", must=900, goal=2_000, larger=True)
TARGETS = [OUTBOX]


def measure() -> list[Result]:
    with ExitStack() as stack:
        url, broker = stack.enter_context(services.database("outbox")), stack.enter_context(services.redis())
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = url, broker
        messages = importlib.import_module("bench.backlogs.messages")
        tasks = importlib.import_module("bench.backlogs.idle_tasks")

        backlog = messages.Backlog(MESSAGES, WORKERS)
        queue = tasks.Queue(MESSAGES, WORKERS, broker, machine.ours)
        sides = {
            "tasks that do nothing": queue.done,
            "messages recorded together": backlog.together,
            "messages recorded one by one": backlog.alone,
        }
        rounds = interleave(sides, beside=lambda: backlog.database)
        stack.callback(messages.connection.close)
    reports.keep("outbox", rounds)
    rows = [row(rounds, side) for side in sides]
    reports.show(Table("Messages", ("what two workers do", "a second", "µs of processor each"), rows, chart=1))
    return [Result(OUTBOX, rows[1][1], f"{rows[1][1] / rows[0][1]:.1f} × the tasks; {rounds.note}")]


if __name__ == "__main__":
    for result in measure():
        print(result.line())
