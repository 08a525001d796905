"""Part `pages`: processor time and queries of each page and post of a transfer and of the review desk.

`python -m bench.parts.pages --profile [NAME …]` profiles a page; without names, the five most expensive.
"""

import math
import sys

from bench.harness import product, reports
from bench.harness.services import Missing
from bench.harness.tables import Table
from bench.targets import Result, Target

KINDS = {
    "form": Target("queries to show a form page, the most of any", "", 4),
    "hub": Target("queries to show a hub, the most of any", "", 6),
    "order": Target("queries to show an order's page", "", 8),
    "post": Target("queries of a post, the most of any", "", 10),
    "submit": Target("queries to send an order", "", 16),
    "case": Target("queries to show a case at the review desk", "", 15),
}
TARGETS = list(KINDS.values())
DEAREST = 5


def measure() -> list[Result]:
    table = Table("Pages and posts", ("", "CPU, ms", "PostgreSQL, ms", "queries", "kB"), [], 1)
    found: dict[str, list[tuple[float, str]]] = {}
    with product.inside("pages") as (pages, backends):
        for act in pages.acts():
            try:
                cost = pages.cost(act, backends)
            except Missing as problem:
                table.rows.append((f"{act.name}: {problem}", None, None, None, None))
                found.setdefault(act.kind, []).append((math.nan, act.name))
                continue
            table.rows.append((act.name, cost.cpu * 1000, cost.database * 1000, cost.queries, cost.size / 1000))
            found.setdefault(act.kind, []).append((cost.queries, act.name))
    reports.show(table)
    return [_result(KINDS[kind], costs) for kind, costs in found.items() if kind in KINDS]


def _result(target: Target, costs: list[tuple[float, str]]) -> Result:
    """A result; what could not be measured counts as missed."""
    lacking = [name for queries, name in costs if math.isnan(queries)]
    if lacking:
        return Result(target, math.nan, f"not measured: {', '.join(lacking)}")
    most, name = max(costs)
    over = [f"{each} {queries}" for queries, each in sorted(costs, reverse=True) if queries > target.must]
    return Result(target, most, ", ".join(over) if over else f"the most: {name}")


def profile(names: list[str]) -> None:
    with product.inside("pages") as (pages, backends):
        acts = {act.name: act for act in pages.acts()}
        if not names:
            costs = {name: pages.cost(act, backends).cpu for name, act in acts.items() if act.kind != "submit"}
            names = sorted(costs, key=lambda name: -costs[name])[:DEAREST]
        backends.stop()  # a profile has every thread of the process in it
        for name in names:
            print(pages.profile(acts[name]))


if __name__ == "__main__":
    if sys.argv[1:2] != ["--profile"]:
        sys.exit(__doc__)
    profile(sys.argv[2:])
