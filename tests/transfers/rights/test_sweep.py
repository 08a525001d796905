"""The sweep of requests about one's own data: no part stops the others, and no race raises an alarm."""

from typing import Any

import pytest
from django.utils import timezone

from icpportal.alarms.models import Alarm, SetAside
from tests.rivals import just_before
from tests.transfers import states
from tests.transfers.builders import make_order, moves
from transfers.models import Order
from transfers.orders.actions import withdraw
from transfers.orders.people import SUBJECT_LEAD
from transfers.rights import closure, consents
from transfers.rights.models import Closure, ConsentWithdrawal
from transfers.rights.sweep import sweep

pytestmark = pytest.mark.django_db


def withdrawn_by(order: Order) -> None:
    same = Order.objects.get(pk=order.pk)
    withdraw(same, actor=same.owner, reason="not_wanted")


def test_accounts_are_closed_while_withdrawals_of_consent_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    closing = Closure.objects.create(user=make_order(state=states.DRAFT).owner, at=timezone.now())

    def fail(**_more: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(consents, "sweep", fail)
        sweep()

    closing.refresh_from_db()
    alarm = Alarm.objects.get(cause="rights.consents_failed")
    assert (closing.done_at is not None, alarm.cleared_at) == (True, None)
    sweep()
    alarm.refresh_from_db()
    assert alarm.cleared_at is not None


@pytest.mark.sqlite  # psycopg begins a transaction by itself
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", ["consent", "closure"])
def test_an_order_that_its_owner_withdraws_at_that_moment_is_left_to_the_next_sweep(waits: str) -> None:
    order = make_order(state=states.SUBMITTED)
    if waits == "consent":
        row = ConsentWithdrawal.objects.create(order=order, role=SUBJECT_LEAD, at=timezone.now())
        run = consents.sweep
    else:
        row = Closure.objects.create(user=order.owner, at=timezone.now(), shut_at=timezone.now())
        run = closure.sweep

    with just_before("BEGIN", lambda: withdrawn_by(order)):
        assert run() == 0

    assert not SetAside.objects.exists()
    assert not Alarm.objects.exists()
    run()
    row.refresh_from_db()
    assert (moves(order)[0], row.done_at is not None) == ("withdraw", True)
