"""Part `sweep`: due orders that a sweep moves per second, compared with SQL that writes the same rows without rules.

One process and its database; messages are queued and not yet written, as after a batch of any size.
"""

import importlib
import os
from contextlib import ExitStack

from bench.backlogs.done import row
from bench.harness import machine, reports, services
from bench.harness.processes import Backends
from bench.harness.rounds import interleave
from bench.harness.tables import Table
from bench.targets import Result, Target

ORDERS = 5_000
SWEEP = Target("sweep: due orders moved", "/s", must=2_000, goal=5_000, larger=True)
TARGETS = [SWEEP]


def measure() -> list[Result]:
    with ExitStack() as stack:
        url = stack.enter_context(services.database("sweep"))
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = url, stack.enter_context(services.redis())
        backends = Backends(url.rpartition("/")[2])  # read once at the end: our backend lives as long as we do
        orders = importlib.import_module("bench.backlogs.orders")
        backlog = orders.Backlog(ORDERS, lambda: machine.ours() + backends.cpu())
        sides = {"SQL alone": backlog.by_sql, "sweep": backlog.by_sweep}
        rounds = interleave(sides, beside=backends.cpu)
        stack.callback(orders.connection.close)
    reports.keep("sweep", rounds)
    rows = [row(rounds, side) for side in sides]
    reports.show(Table("Due orders", ("who moves them", "orders a second", "µs of processor each"), rows, chart=1))
    return [Result(SWEEP, rows[1][1], f"{ORDERS:,} orders; {rows[1][2] / rows[0][2]:.1f} × the SQL; {rounds.note}")]


if __name__ == "__main__":
    for result in measure():
        print(result.line())
