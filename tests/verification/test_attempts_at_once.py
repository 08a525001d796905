import threading
import time

import pytest
from django.db import connection, transaction

from icpportal.codes import limits
from icpportal.codes.models import Allowance
from verification import attempts

FIRST, LAST = ("import_account", "lin"), ("import_old_account", "lin@example.com")
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def wait_for_a_waiting_request():
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the same all the time
            cursor.execute(WAITING)
            if cursor.fetchone():
                return
    raise AssertionError("nobody waits")


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_an_attempt_is_given_back_in_the_order_in_which_attempts_are_counted():
    for name, key in (LAST, FIRST):  # an attempt of another account has counted the last one before
        limits.consume(name, key)

    def give_back():
        try:
            attempts.refund_all([LAST, FIRST])
        finally:
            connection.close()

    other = threading.Thread(target=give_back)
    with transaction.atomic():  # as an attempt that has counted the first of both
        Allowance.objects.select_for_update().get(name=FIRST[0])
        other.start()
        wait_for_a_waiting_request()
        Allowance.objects.select_for_update(nowait=True).get(name=LAST[0])
    other.join()

    assert set(Allowance.objects.values_list("used", flat=True)) == {0}
