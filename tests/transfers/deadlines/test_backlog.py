"""Many orders due at once: batches with the guarantees of a single move, whoever else is working on them."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from icpportal.audit.models import AuditEntry
from icpportal.lifecycle import APPLICANT, CLOCK, REVIEWER, Batch, MoveNotAllowed
from icpportal.lifecycle import machine as lifecycle
from icpportal.outbox.models import Message
from tests.bad import aside, spoil
from tests.transfers import states
from tests.transfers.archive import fill
from tests.transfers.builders import make_order, make_reviewer, make_user, moves
from tests.transfers.conftest import FakeAuthority
from tests.transfers.together import together
from transfers import effects
from transfers.deadlines import backlog, extension
from transfers.deadlines.sweep import sweep
from transfers.models import Order, OrderEvent
from transfers.notifications import notices
from transfers.orders import queries
from transfers.orders.machine import ORDER, apply_at_deadlines

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
NOW = timezone.now().replace(microsecond=0)
OVER = NOW - timedelta(days=1)


def due_orders(number: int, *, state: str = states.DRAFT) -> list[Order]:
    """So many overdue orders, of one account."""
    orders = fill(number, [make_user()])
    Order.objects.update(state=state, due_at=OVER, kind=states.TRANSFER, report=0)
    OrderEvent.objects.all().delete()
    return orders


def of_each(events: Iterable[OrderEvent]) -> set[int]:
    """The number of events of each order that has any."""
    return set(Counter(event.order_id for event in events).values())


def ended_once(number: int) -> None:
    """So many orders are closed, each with one event and one notice."""
    events = OrderEvent.objects.filter(move="expire_draft")
    assert Order.objects.filter(state=states.EXPIRED, due_at=None, version=1).count() == number
    assert (len(events), of_each(events)) == (number, {1})
    assert Message.objects.filter(channel=notices.CHANNEL).count() == number


def no_facts(order: Order) -> dict[str, Any]:
    return {}


def expire(keys: Iterable[Any], *, facts_of: Callable[[Order], dict[str, Any]] = no_facts) -> Batch[OrderEvent]:
    return apply_at_deadlines("expire_draft", keys, among=queries.due(NOW), facts_of=facts_of, now=NOW)


# --- the same as a single move ---------------------------------------------------------------


def test_a_batch_writes_what_a_single_move_writes(authority: FakeAuthority) -> None:
    single, many = (make_order(due_at=OVER, password_kept=True, reminded=24) for _ in range(2))
    columns = ("state", "version", "due_at", "entered_at", "password_kept", "password_digest", "came_back", "reminded")
    told = ("move", "from_state", "to_state", "by", "actor", "note", "words", "at")

    ORDER.apply(single, "expire_draft", by=CLOCK, now=NOW, at=OVER)
    (event,) = expire([many.pk]).events

    written = [Order.objects.values_list(*columns).get(pk=order.pk) for order in (single, many)]
    happened = [OrderEvent.objects.values_list(*told).get(order=order) for order in (single, many)]
    assert written[0] == written[1]
    assert happened[0] == happened[1]
    assert event.order.version == 1
    assert event.pk == OrderEvent.objects.get(order=many).pk


def test_a_second_time_it_moves_nothing(authority: FakeAuthority) -> None:
    order = make_order(due_at=OVER)

    assert [len(expire([order.pk]).events) for _ in range(2)] == [1, 0]
    assert moves(order) == ["expire_draft"]


def test_an_order_whose_guard_fails_is_named_and_stays(authority: FakeAuthority) -> None:
    order = make_order(state=states.PHONE_DUE, due_at=OVER)

    batch = ORDER.apply_many("go_on", [order.pk], by=CLOCK)

    assert ([*batch.failed], type(batch.failed[order.pk]), batch.events) == ([order.pk], MoveNotAllowed, [])
    assert moves(order) == []


def test_moves_by_staff_in_a_batch_have_one_audit_entry_each(authority: FakeAuthority) -> None:
    orders, reviewer = [make_order(state=states.PHOTO_REVIEW) for _ in range(3)], make_reviewer()
    before = AuditEntry.objects.count()

    batch = ORDER.apply_many("look_again", [order.pk for order in orders], by=REVIEWER, actor=reviewer)

    assert len(batch.events) == 3
    assert {event.actor for event in OrderEvent.objects.all()} == {reviewer}
    assert AuditEntry.objects.count() - before == 3


def test_a_report_queued_by_a_batch_is_counted_and_queued(authority: FakeAuthority) -> None:
    order = make_order(state=states.COOLING_OFF, kind=states.CANCELLATION, due_at=OVER)

    sweep(now=NOW)

    order.refresh_from_db()
    assert (order.state, order.report, order.held) == (states.HANDING_OVER, 1, False)
    (owed,) = Message.objects.filter(channel="authority")
    assert (owed.key, owed.payload) == (f"report:{order.report_key}", {"order": str(order.pk), "report": 1})


# --- portions --------------------------------------------------------------------------------


def test_a_sweep_continues_batch_by_batch_until_nothing_is_due(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "AT_ONCE", 3)
    due_orders(8)
    sizes: list[int] = []
    real = backlog._next

    def counted(*given: Any) -> Any:
        taken, batch = real(*given)
        sizes.append(len(taken))
        return taken, batch

    monkeypatch.setattr(backlog, "_next", counted)

    assert sweep(now=NOW).moved == {"expire_draft": 8}
    assert sizes == [3, 3, 2, 0]
    ended_once(8)


def test_a_sweep_whose_time_is_up_leaves_the_rest_to_the_next(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "AT_ONCE", 3)
    due_orders(8)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(backlog, "SECONDS", 0.0)
        assert sweep(now=NOW).moved == {}

    assert sweep(now=NOW).moved == {"expire_draft": 8}


def test_orders_without_a_date_get_one_batch_by_batch(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extension, "UNDATED_AT_ONCE", 2)
    due_orders(3)
    Order.objects.update(due_at=None, state=states.LAPSED)

    assert [sweep(now=NOW).moved for _ in range(3)] == [{"dated": 2}, {"dated": 1}, {}]


# --- poison ----------------------------------------------------------------------------------


def test_one_unreadable_order_among_500_is_set_aside_alone(authority: FakeAuthority) -> None:
    bad = due_orders(500)[250]
    spoil(bad, "answers")

    totals = sweep(now=NOW)

    assert (totals.moved, totals.failed) == ({"expire_draft": 499}, 1)
    assert aside() == [("deadlines.due", bad.reference)]
    ended_once(499)
    assert sweep(now=NOW).set_aside == 1


def test_an_order_that_breaks_a_whole_batch_is_found_by_bisection_and_set_aside_alone(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The effects of the moves, or the database itself, refuse the batch because of one order."""
    bad = due_orders(500)[123]
    real, tried = effects.close, 0

    def close(*orders: Order) -> None:
        nonlocal tried
        tried += 1
        if bad.pk in [order.pk for order in orders]:
            raise ValueError("poison")
        real(*orders)

    monkeypatch.setattr(effects, "close", close)

    totals = sweep(now=NOW)

    assert (totals.moved, totals.failed, aside()) == (
        {"expire_draft": 499},
        1,
        [("deadlines.due", bad.reference)],
    )
    assert tried <= 20
    ended_once(499)
    assert Order.objects.get(pk=bad.pk).version == 0


# --- at the same moment ----------------------------------------------------------------------


def test_two_sweeps_over_a_thousand_orders_move_each_once(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "AT_ONCE", 50)
    due_orders(1000)

    ends = together(lambda: sweep(now=NOW), lambda: sweep(now=NOW))

    assert sum(totals.moved.get("expire_draft", 0) for totals in ends) == 1000
    assert [totals.failed for totals in ends] == [0, 0]
    ended_once(1000)


@pytest.mark.services
def test_a_second_sweep_skips_what_the_first_is_processing(authority: FakeAuthority) -> None:
    first, second = (make_order(due_at=OVER + timedelta(minutes=minute)) for minute in range(2))
    seen: list[list[str]] = []

    def other() -> None:
        taken, _batch = backlog._next(queries.due(NOW), queries.due(NOW), NOW)
        seen.append([each.reference for each in taken])

    with transaction.atomic():
        Order.objects.select_for_update().get(pk=first.pk)
        together(other)

    assert seen == [[second.reference]]
    assert (moves(first), moves(second)) == ([], ["expire_draft"])


@pytest.mark.services
def test_a_person_who_presses_while_a_batch_has_the_order_is_told_that_it_moved(authority: FakeAuthority) -> None:
    order = make_order(due_at=OVER)
    ends: list[Any] = []

    def press() -> None:
        mine = Order.objects.get(pk=order.pk)
        ORDER.apply(mine, "abandon", by=APPLICANT, now=OVER - timedelta(minutes=1))

    def ask(_order: Order) -> dict[str, Any]:
        """The row is locked now: the person reads the old version and then waits."""
        person = Thread(target=lambda: ends.extend(together(press)))
        person.start()
        waiting.append(person)
        wait_until(somebody_waits)
        return {}

    waiting: list[Any] = []
    batch = expire([order.pk], facts_of=ask)
    waiting[0].join()

    assert (len(batch.events), [type(end) for end in ends]) == (1, [MoveNotAllowed])
    assert moves(order) == ["expire_draft"]


SOMEBODY_WAITS = """
SELECT count(*) FROM pg_locks AS wanted JOIN pg_locks AS held USING (pid)
WHERE NOT wanted.granted AND held.relation = 'transfers_order'::regclass
"""


def somebody_waits() -> bool:
    """Waiting for a row of an order: `pg_stat_activity` would say the same throughout a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SOMEBODY_WAITS)
        return bool(cursor.fetchone()[0])


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_an_order_moved_or_postponed_before_the_batch_reads_it_is_left(authority: FakeAuthority) -> None:
    moved, put_off, due = (make_order(due_at=OVER) for _ in range(3))
    keys = [order.pk for order in (moved, put_off, due)]
    ORDER.apply(moved, "abandon", by=APPLICANT, now=OVER - timedelta(minutes=1))
    Order.objects.filter(pk=put_off.pk).update(due_at=NOW + timedelta(days=1))

    batch = expire(keys)

    assert ([event.order_id for event in batch.events], batch.failed) == ([due.pk], {})
    assert [moves(order) for order in (moved, put_off, due)] == [["abandon"], [], ["expire_draft"]]


def test_an_order_moved_between_reading_and_writing_is_left_and_the_others_move(
    authority: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where rows cannot be locked, the version decides."""
    orders = [make_order(due_at=OVER) for _ in range(3)]
    real = lifecycle.update_unchanged

    def update(model: Any, changes: Any) -> Any:
        Order.objects.filter(pk=orders[1].pk).update(version=7)
        return real(model, changes)

    monkeypatch.setattr(lifecycle, "update_unchanged", update)

    batch = expire([order.pk for order in orders])

    assert {event.order_id for event in batch.events} == {orders[0].pk, orders[2].pk}
    assert [moves(order) for order in orders] == [["expire_draft"], [], ["expire_draft"]]


# --- killed ----------------------------------------------------------------------------------

HANGS = """
import time, django; django.setup()
from transfers import effects
from transfers.deadlines import backlog
from transfers.deadlines.sweep import sweep
backlog.AT_ONCE, real, batches = 20, effects.close, []
def close(*orders):
    batches.append(orders)
    real(*orders)
    if len(batches) == 3:
        print("in the middle", flush=True)
        time.sleep(600)
effects.close = close
sweep()
"""


def database_url() -> str:
    """The tests' own database, for a separate process."""
    wanted = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{wanted['NAME']}"
    return f"postgres://{wanted['USER']}:{wanted['PASSWORD']}@{wanted['HOST']}:{wanted['PORT']}/{wanted['NAME']}"


def test_a_worker_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(tmp_path: Path) -> None:
    due_orders(100)
    own = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "icpportal.settings",
        "AUTHORITY_GATEWAY": "icpportal.gateways.miit.fake.FakeAuthority",
    }
    with subprocess.Popen(
        [sys.executable, "-c", HANGS], cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "in the middle\n"
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    wait_until(lambda: Order.objects.filter(state=states.EXPIRED).count() == 40)
    ended_once(40)
    backlog.move(queries.due(NOW), lambda _reference, _move: None, now=NOW)
    ended_once(100)
