"""Every list and every search, at 1,000,000 orders and at 1,000: the buffers PostgreSQL reads, and the time it takes.

`make bench-world N=1000000` fills both worlds once. `python -m bench.parts.lists` prints a line per page and the plans
of pages that read too much. Each request is made for real with empty caches; each statement is explained as it was
executed.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict

import psycopg

from bench.big_world import NAME, SMALL_NAME, url
from bench.big_world.costs import Page
from bench.harness.services import Missing
from bench.targets import Result, Target

MORE, ROOM = 1.2, 20  # the allowed multiple of what the small world reads, and a number of buffers on top
BUFFERS = Target("lists: pages read, of 1.2 × those at 1,000 orders + 20", "×", 1.0)
WHOLE = Target("lists: tables over 10,000 rows read whole", "pages", 0)
STATEMENT = Target("lists: statement, p95", "ms", 10)
PART = Target("search by part: statement, p95", "ms", 100)
CASE = Target("case page: queries", "queries", 15)
TARGETS = (BUFFERS, WHOLE, STATEMENT, PART, CASE)


def measure() -> list[Result]:
    """Measures both worlds, each in its own process; `Missing` without them."""
    for name in (SMALL_NAME, NAME):
        _expect(name)
    small, large = (_measure(name) for name in (SMALL_NAME, NAME))
    return results(small, large)


def _expect(name: str) -> None:
    """`Missing` unless the server has this world."""
    try:
        psycopg.connect(url(name), connect_timeout=5).close()
    except psycopg.OperationalError as problem:
        raise Missing(f"the database {name} cannot be opened: `make bench-world N=1000000` fills it") from problem


def results(small: dict[str, Page], large: dict[str, Page]) -> list[Result]:
    lists = {name: page for name, page in large.items() if not name.startswith("part ")}
    parts = {name: page for name, page in large.items() if name.startswith("part ")}
    worst = max(lists.values(), key=lambda page: share(page, small[page.name]))
    slowest = max(lists.values(), key=lambda page: page.slowest)
    part = max(parts.values(), key=lambda page: page.slowest)
    whole = [page.name for page in large.values() if page.whole]
    return [
        Result(
            BUFFERS, share(worst, small[worst.name]), f"{worst.name}: {worst.buffers} of {small[worst.name].buffers}"
        ),
        Result(WHOLE, len(whole), ", ".join(whole)),
        Result(STATEMENT, slowest.slowest, slowest.name),
        Result(PART, part.slowest, part.name),
        Result(CASE, large["reviewer case"].queries),
    ]


def share(page: Page, small: Page) -> float:
    """The share of its allowance that a page reads."""
    return page.buffers / (MORE * small.buffers + ROOM)


def _measure(name: str) -> dict[str, Page]:
    environment = {**os.environ, "DATABASE_URL": url(name)}
    done = subprocess.run(
        [sys.executable, "-m", "bench.parts.lists", "--one"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return {row["name"]: Page(**row) for row in json.loads(done.stdout)}


def main() -> None:
    small, large = (_measure(name) for name in (SMALL_NAME, NAME))
    print(f"{'':46}{'queries':>8}{'pages read':>12}{'at 1,000':>10}{'of allowed':>11}{'p95 ms':>8}")
    for name, page in large.items():
        print(
            f"{name[:45]:46}{page.queries:8}{page.buffers:12,}{small[name].buffers:10,}"
            f"{share(page, small[name]):11.2f}{page.slowest:8.2f}"
        )
    for name, page in large.items():
        if page.whole or share(page, small[name]) > 1 or page.slowest > STATEMENT.must:
            print(f"\n##### {name} {page.whole or ''}")
            for buffers, took, plan in sorted(page.plans, reverse=True)[:3]:
                print(f"{buffers} pages, {took:.2f} ms\n{plan}\n")
    print("\n".join(result.line() for result in results(small, large)))


# --- in the process of one world ----------------------------------------------------------------


def one_world() -> None:
    from bench import world  # noqa: F401, PLC0415 -- it sets the portal up for the world of DATABASE_URL
    from bench.big_world import pages  # noqa: PLC0415 -- models

    print(json.dumps([asdict(page) for page in pages.measure()]))


if __name__ == "__main__":
    one_world() if "--one" in sys.argv else main()
