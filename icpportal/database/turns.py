"""Work that one process at a time may do, whatever rows it touches: a turn lasts until the transaction ends."""

from django.db import connection


def take_turn(key: int, *, wait: bool = True) -> bool:
    """Takes the turn of this key, a number not used elsewhere; without `wait`, returns False while another has it.

    Within a transaction. SQLite has one writer anyway.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        row = cursor.fetchone()
    return bool(row and row[0])
