"""Part `reports`: reports for the ministry built, packed and handed over, answers fetched and parsed, over SOAP."""

from bench.harness import product, reports
from bench.harness.tables import Table
from bench.targets import Result, Target

ORDERS = 10
TARGETS: list[Target] = []  # none required; the table shows the cost of an order


def measure() -> list[Result]:
    """After one batch that does not count and fills caches."""
    columns = ("an order, four papers and a photo of 300 kB", "CPU, ms", "PostgreSQL, ms")
    table = Table("Reports for the ministry", columns, [], 1)
    with product.inside("reports", seed=False) as (inside, backends):
        inside.carry(2, backends)
        for phase, (own, database) in inside.carry(ORDERS, backends).items():
            table.rows.append((phase, 1000 * own / ORDERS, 1000 * database / ORDERS))
    reports.show(table)
    return []
