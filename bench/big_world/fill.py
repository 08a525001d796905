"""`python -m bench.big_world.fill N`: fills the empty database of DATABASE_URL."""

import sys
import time

from bench import world  # noqa: F401 -- first: it sets the portal up

# isort: split
from django.core.management import call_command
from django.db import connection

from bench.big_world import APPLICANT, STAFF
from bench.big_world.loading import analyse, indexes_afterwards, multiply_rows
from bench.big_world.rows import World, reference_function, tables
from bench.big_world.shown import find_shown, hold, seal_shown
from icpportal.accounts import roles
from icpportal.accounts.actions import open_account

ROLES = {
    "reviewer": roles.REVIEWER,
    "lead": roles.LEAD_REVIEWER,
    "auditor": roles.AUDITOR,
    "operations": roles.OPERATIONS,
}


def main(orders: int) -> None:
    call_command("migrate", verbosity=0)
    roles.ensure()
    applicant = open_account(email=APPLICANT, mobile="13800000001", password=None)
    staff = {
        role: open_account(email=email, password=None, held_roles=[ROLES[role]], name=role)
        for role, email in STAFF.items()
    }
    made = World(orders, applicant, staff["reviewer"], staff["lead"])
    with connection.cursor() as cursor:
        cursor.execute(reference_function())
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET session_replication_role = replica")  # no foreign key check for each row
    seal_shown(made)
    with indexes_afterwards():
        for table in tables(made):
            began = time.monotonic()
            multiply_rows(table)
            if time.monotonic() - began > 10:
                print(f"  {table.row._meta.db_table} × {table.last:,}: {time.monotonic() - began:.0f} s", flush=True)
    find_shown(made)
    hold(made)
    analyse()


if __name__ == "__main__":
    main(int(sys.argv[1]))
