"""A portal of many years in PostgreSQL, filled once by SQL and kept: `make bench-world N=1000000`, N=0 deletes it.

Beside it one with 1,000 orders, to compare with. What a page shows is sealed as the product seals it; where no page
shows a value, all rows share one.
"""

import os

SERVER = os.environ.get("BENCH_DATABASE_SERVER", "postgres://postgres@127.0.0.1:5432")
NAME = os.environ.get("BENCH_WORLD", "portal_bench_world")
SMALL_NAME = f"{NAME}_small"
SMALL = 1_000  # orders of the other one
APPLICANT = "applicant@example.com"  # whose pages are measured: with as many orders in both worlds
STAFF = {
    "reviewer": "reviewer@example.com",
    "lead": "lead@example.com",
    "auditor": "auditor@example.com",
    "operations": "operations@example.com",
}


def url(name: str) -> str:
    """Where a world lies."""
    return f"{SERVER}/{name}"
