"""A portal of many years in PostgreSQL, filled by SQL and kept: `make bench-world N=1000000`, N=0 deletes it.

A second one with 1,000 orders is the baseline. Values shown on pages are sealed as in the product; where no page
shows a value, all rows share one.
"""

import os

SERVER = os.environ.get("BENCH_DATABASE_SERVER", "postgres://postgres@127.0.0.1:5432")
NAME = os.environ.get("BENCH_WORLD", "portal_bench_world")
SMALL_NAME = f"{NAME}_small"
SMALL = 1_000  # orders of the baseline
APPLICANT = "applicant@example.com"  # owner of the measured pages, with the same number of orders in both worlds
STAFF = {
    "reviewer": "reviewer@example.com",
    "lead": "lead@example.com",
    "auditor": "auditor@example.com",
    "operations": "operations@example.com",
}


def url(name: str) -> str:
    """The database URL of a world."""
    return f"{SERVER}/{name}"
