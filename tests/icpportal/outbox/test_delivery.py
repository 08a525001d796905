"""Sending queued messages: once if possible, always at least once, and nothing stops the rest."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from icpportal import tasks
from icpportal.alarms.models import SetAside
from icpportal.gateways.errors import Refused, Retryable
from icpportal.outbox import delivery, queries
from icpportal.outbox.actions import discard
from icpportal.outbox.delivery import DELAYS, EXHAUSTED, TOO_LATE, Totals, deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.sending.reservations import RESERVED, REST
from tests.bad import aside, causes, spoil

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def raising(error: Exception) -> Any:
    def trouble() -> str:
        raise error

    return trouble


def row(key: str) -> Message:
    return Message.objects.get(key=key)


def counts_of(totals: Totals) -> dict[str, int]:
    return {name: value for name, value in totals.as_dict().items() if value and name != "by_channel"}


@pytest.mark.parametrize("way", ["garbage", "lost key", "cut short", "not JSON"])
def test_an_unreadable_message_stops_no_other_and_is_sent_once_readable(owe, post, settings, way: str):
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "post": f"{__name__}.reading"}
    for key in ("a", "b"):
        owe(key, reference=f"T7Q4-M2K{key}")
    before = spoil(row("a"), "payload", way)

    totals = deliver(now=NOW)
    seen = (row("b").state, row("a").state, aside(), len(causes()))
    spoil(row("a"), "payload", before)
    call_command("set_aside", "--again", stdout=StringIO())
    deliver(now=NOW)

    assert counts_of(totals) == {"delivered": 1, "retried": 1, "faults": 1}
    assert seen == (State.DELIVERED, State.WAITING, [("outbox.messages", "T7Q4-M2Ka")], 1)
    assert (row("a").state, aside(), causes()) == (State.DELIVERED, [], [])


def reading(message: Message) -> str:
    return str(message.payload)


def test_a_message_that_fails_outside_its_channel_stops_no_other(owe, post, monkeypatch):
    owe("a")
    owe("b")
    monkeypatch.setattr(delivery, "must_wait_for_morning", lambda message, _now: 1 // (message.key != "a") > 1)

    totals = deliver(now=NOW)

    assert (counts_of(totals), post.arrived) == ({"delivered": 1, "retried": 1, "faults": 1}, ["b"])
    assert row("a").state == State.WAITING


def test_running_out_of_the_workers_time_is_no_fault_of_a_message(owe, post):
    owe("a")
    post.trouble["a"] = raising(SoftTimeLimitExceeded())

    with pytest.raises(SoftTimeLimitExceeded):
        deliver(now=NOW)

    assert aside() == []


# --- delivered -------------------------------------------------------------------------------


def test_what_is_due_is_delivered_once_with_its_receipt(owe, post):
    owe("a")

    first, second = deliver(now=NOW), deliver(now=NOW)

    assert (counts_of(first), counts_of(second)) == ({"delivered": 1}, {})
    assert post.arrived == ["a"]
    message = row("a")
    assert (message.state, message.receipt, message.delivered_at) == (State.DELIVERED, "receipt of a", NOW)
    assert (message.attempts, message.leased_until, message.next_at, message.last_error) == (1, None, None, "")


def test_the_longest_due_is_sent_first_and_the_limit_is_kept(owe, post):
    for key, hours in (("late", 3), ("later", 2), ("latest", 1), ("not yet", -1)):
        owe(key, not_before=NOW - timedelta(hours=hours))

    totals = deliver(now=NOW, limit=2)

    assert post.arrived == ["late", "later"]
    assert (counts_of(totals), totals.by_channel) == ({"delivered": 2, "left": 1}, {"post": 2})


def test_a_task_continues_while_messages_are_left(owe, post, time_machine):
    time_machine.move_to(NOW)
    for number in range(150):
        owe(f"m:{number}")

    tasks.deliver_outbox()

    assert len(post.arrived) == 150
    assert not queries.due(NOW).exists()


def test_a_task_leaves_the_rest_to_the_next_once_its_time_is_up(owe, post, clock, time_machine):
    time_machine.move_to(NOW)
    for number in range(10):
        owe(f"m:{number}", not_before=NOW)

        def slow() -> str:
            clock["now"] += delivery.TURN_SECONDS / 2
            return "receipt"

        post.trouble[f"m:{number}"] = slow

    tasks.deliver_outbox()

    assert dict(Message.objects.values_list("state").annotate(Count("pk"))) == {"delivered": 3, "waiting": 7}
    assert queries.due(NOW).count() == 7  # and nothing this worker had reserved has to wait


def test_a_code_is_erased_once_delivered_and_other_content_stays(owe, post):
    owe("code", payload={"context": {"code": "204816"}}, is_secret=True)
    owe("plain", payload={"context": {"n": 1}})

    deliver(now=NOW)

    assert (row("code").payload, row("plain").payload) == ({}, {"context": {"n": 1}})
    assert row("code").is_erased


def test_a_dry_run_counts_by_channel_and_changes_nothing(owe, post):
    owe("a")
    owe("b")
    owe("c", channel="pigeon")
    owe("d", not_before=NOW + timedelta(hours=1))

    totals = deliver(now=NOW, dry_run=True)

    assert (counts_of(totals), totals.by_channel) == ({"left": 3}, {"post": 2, "pigeon": 1})
    assert post.arrived == []
    assert set(Message.objects.values_list("state", "attempts")) == {("waiting", 0)}


# --- trouble ---------------------------------------------------------------------------------


def test_a_refusal_fails_at_once_and_is_not_retried(owe, post):
    owe("a")
    post.trouble["a"] = raising(Refused("number 13900000002 is barred, ask chen@example.com", code="550"))

    totals = deliver(now=NOW)
    later = deliver(now=NOW + timedelta(days=3))

    assert (counts_of(totals), counts_of(later)) == ({"failed": 1}, {})
    assert (row("a").state, row("a").attempts, row("a").leased_until) == (State.FAILED, 1, None)
    assert (row("a").failed_at, row("a").next_at) == (NOW, None)
    assert row("a").last_error == "number … is barred, ask …"


def test_a_refused_code_is_erased_too(owe, post):
    owe("code", payload={"context": {"code": "204816"}}, is_secret=True)
    post.trouble["code"] = raising(Refused("no"))

    deliver(now=NOW)

    assert row("code").payload == {}


def test_delays_grow_from_seconds_to_an_hour():
    first = [delay.total_seconds() for delay in DELAYS[:6]]

    assert first == [5, 30, 120, 600, 3600, 3600]
    assert timedelta(hours=48) < sum(DELAYS, timedelta()) < timedelta(hours=49)


def test_a_temporary_error_is_retried_after_each_delay_and_not_before(owe, post):
    owe("a")
    post.trouble["a"] = raising(Retryable("no answer"))
    now = NOW

    for number, delay in enumerate(DELAYS, start=1):
        assert counts_of(deliver(now=now)) == {"retried": 1}
        message = row("a")
        assert (message.state, message.attempts, message.next_at) == (State.WAITING, number, now + delay)
        assert counts_of(deliver(now=now + delay - timedelta(seconds=1))) == {}
        now += delay

    assert counts_of(deliver(now=now)) == {"failed": 1}
    assert (row("a").state, row("a").last_error) == (State.FAILED, f"{EXHAUSTED}: no answer")


def test_a_channel_that_must_arrive_is_retried_every_hour_for_ever(owe, post, settings):
    settings.OUTBOX_NEVER_GIVES_UP = ["post"]
    owe("a")
    Message.objects.update(attempts=5000)
    post.trouble["a"] = raising(Retryable("no answer"))

    deliver(now=NOW)

    assert (row("a").state, row("a").next_at) == (State.WAITING, NOW + timedelta(hours=1))


def test_a_resolved_error_is_cleared(owe, post):
    owe("a")
    post.trouble["a"] = raising(Retryable("no answer"))
    deliver(now=NOW)
    post.trouble.clear()

    deliver(now=NOW + timedelta(minutes=1))

    assert (row("a").state, row("a").attempts, row("a").last_error) == (State.DELIVERED, 2, "")


@pytest.mark.parametrize("broken", [KeyError("13900000002"), ZeroDivisionError("chen@example.com"), TimeoutError()])
def test_one_broken_row_stops_no_other_and_its_content_is_not_logged(owe, post, caplog, broken: Exception):
    for key in ("a", "b", "c"):
        owe(key, reference="T7Q4-M2KX")
    post.trouble["a"] = raising(broken)

    totals = deliver(now=NOW)

    assert counts_of(totals) == {"delivered": 2, "retried": 1, "faults": 1}
    assert totals.needs_people
    assert post.arrived == ["b", "c"]
    message = row("a")
    assert (message.state, message.next_at) == (State.WAITING, NOW + DELAYS[0])
    assert message.last_error.startswith(f"{type(broken).__name__} at test_delivery.py:")
    (record,) = [record for record in caplog.records if record.message == "message broke its handler"]
    assert (record.event, record.reference, record.key, record.exc_info) == ("post", "T7Q4-M2KX", "a", None)
    assert "13900000002" not in str([record.__dict__ for record in caplog.records])


def test_a_message_that_broke_and_now_waits_for_its_supplier_is_tried_in_its_own_time(owe, post):
    owe("a")
    post.trouble["a"] = raising(KeyError("a fault of ours"))
    deliver(now=NOW)
    SetAside.objects.update(next_at=timezone.now())  # its time aside is over
    post.trouble["a"] = raising(Retryable("the supplier is down"))
    deliver(now=NOW + DELAYS[0])

    for seconds in (5, 10, 15):
        deliver(now=NOW + DELAYS[0] + timedelta(seconds=seconds))

    message = row("a")
    assert (message.attempts, message.next_at) == (2, NOW + DELAYS[0] + DELAYS[1])
    assert (aside(), causes()) == ([], [])


def test_a_missing_handler_is_an_error_and_not_a_crash(owe, post, settings):
    owe("a")
    owe("b", channel="pigeon")
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "post": "nowhere.deliver"}

    totals = deliver(now=NOW)

    assert (totals.faults, totals.delivered) == (1, 1)


def test_an_expired_message_is_not_sent(owe, post):
    owe("reminder", not_after=NOW)
    owe("in time", not_after=NOW + timedelta(seconds=1))

    totals = deliver(now=NOW)

    assert counts_of(totals) == {"delivered": 1, "failed": 1}
    assert post.arrived == ["in time"]
    assert (row("reminder").state, row("reminder").last_error) == (State.FAILED, TOO_LATE)


# --- leases ----------------------------------------------------------------------------------


class Killed(BaseException):
    """KILL, as far as one process can simulate it."""


def test_what_a_killed_worker_had_taken_is_delivered_after_its_lease(owe, post):
    owe("a")
    post.trouble["a"] = raising(Killed())
    with pytest.raises(Killed):
        deliver(now=NOW)
    post.trouble.clear()

    held = row("a")
    too_soon = deliver(now=NOW + LEASE - timedelta(seconds=1))
    in_time = deliver(now=NOW + LEASE)

    assert (held.state, held.leased_until) == (State.SENDING, NOW + LEASE)
    assert (counts_of(too_soon), counts_of(in_time)) == ({}, {"delivered": 1})
    assert post.arrived == ["a"]


def test_the_length_of_a_lease_is_a_setting(owe, post, settings):
    settings.OUTBOX_LEASE_SECONDS = 7
    owe("a")
    post.trouble["a"] = raising(Killed())

    with pytest.raises(Killed):
        deliver(now=NOW)

    assert row("a").leased_until == NOW + timedelta(seconds=7)


def test_a_row_that_kills_its_worker_every_time_is_finally_given_up(owe, post):
    owe("a")
    Message.objects.update(attempts=len(DELAYS))
    post.trouble["a"] = raising(Retryable("no answer"))

    deliver(now=NOW)

    assert row("a").state == State.FAILED


def test_workers_one_after_another_take_different_rows(owe, post):
    for number in range(4):
        owe(f"m:{number}", not_before=NOW - timedelta(minutes=5 - number))
    first, second = delivery._Round(NOW), delivery._Round(NOW)

    reserved = [[each.message.key for each in one.reserve(2)] for one in (first, second)]

    assert reserved == [["m:0", "m:1"], ["m:2", "m:3"]]
    assert delivery._Round(NOW).reserve(1) == []
    assert {each.message.key for each in delivery._Round(NOW + RESERVED).reserve(9)} == {f"m:{n}" for n in range(4)}


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_worker_skips_rows_that_another_one_is_reserving(owe, post):
    owe("a", not_before=NOW - timedelta(minutes=1))
    owe("b", not_before=NOW)
    found: list[str] = []

    def look() -> None:
        found.extend(each.message.key for each in delivery._Round(NOW).reserve(2))
        connections.close_all()

    with transaction.atomic():
        Message.objects.select_for_update().get(key="a")
        other = Thread(target=look)
        other.start()
        other.join(timeout=20)

    assert found == ["b"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_worker_reserves_the_longest_due_rows_in_one_statement(owe, post):
    moments = {key: NOW - timedelta(minutes=5 - place) for place, key in enumerate("abc")}
    for key in "cab":
        owe(key, not_before=moments[key])
    Message.objects.filter(key="a").update(state=State.SENDING, leased_until=NOW - timedelta(minutes=1))
    worker = delivery._Round(NOW)

    with CaptureQueriesContext(connection) as asked:
        reserved = worker.reserve(2)

    assert [(each.message.key, each.due_at) for each in reserved] == [(key, moments[key]) for key in "ab"]
    assert {each.message.next_at for each in reserved} == {NOW + RESERVED}
    assert len(asked) == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_nothing_is_reserved_inside_a_transaction(owe, post):
    owe("a")

    with transaction.atomic(), pytest.raises(RuntimeError):
        delivery._Round(NOW).reserve(1)


def test_a_row_reserved_too_long_ago_is_sent_once(owe, post):
    owe("a")
    first, second = delivery._Round(NOW), delivery._Round(NOW + RESERVED)
    (seen_by_first,), (seen_by_second,) = first.reserve(1), second.reserve(1)

    taken = [first.claim(seen_by_first.message), second.claim(seen_by_second.message)]

    assert taken == [False, True]
    assert (first.totals.lost, second.totals.lost) == (1, 0)


def test_a_worker_killed_with_reserved_rows_leaves_no_doubt_about_those_it_had_not_begun(owe, post):
    for key in ("a", "b"):
        owe(key)
    delivery._Round(NOW).reserve(2)

    totals = deliver(now=NOW + RESERVED)

    assert counts_of(totals) == {"delivered": 2}
    assert set(Message.objects.values_list("attempts", "unknown")) == {(1, 0)}


def test_a_message_given_up_by_staff_while_reserved_is_not_sent(owe, post, people):
    message = owe("a")
    this = delivery._Round(NOW)
    (reserved,) = this.reserve(1)
    discard(message, actor=people(), now=NOW)

    assert not this.claim(reserved.message)


def test_a_worker_that_reserved_a_row_before_another_tried_it_reads_it_again(owe, post):
    owe("a")
    post.trouble["a"] = raising(Retryable("no answer"))
    late = delivery._Round(NOW)
    (seen,) = late.reserve(1)
    deliver(now=NOW + RESERVED)
    late.fixed_now = NOW + timedelta(minutes=1)  # by now it is due once more

    assert not late.claim(seen.message)
    assert (row("a").state, row("a").attempts) == (State.WAITING, 1)


def test_a_second_worker_inside_the_first_ones_delivery_finds_nothing(owe, post):
    owe("a")
    inner: list[Totals] = []
    post.trouble["a"] = lambda: inner.append(deliver(now=NOW)) or "receipt"

    outer = deliver(now=NOW)

    assert ([counts_of(totals) for totals in inner], counts_of(outer)) == ([{}], {"delivered": 1})


def test_a_worker_that_lost_its_lease_does_not_overwrite_the_others_outcome(owe, post):
    owe("a")
    after_lease = NOW + LEASE

    def slow() -> str:
        post.trouble.clear()
        deliver(now=after_lease)
        return "receipt of the slow one"

    post.trouble["a"] = slow

    totals = deliver(now=NOW)

    assert counts_of(totals) == {"lost": 1}
    assert (row("a").receipt, row("a").delivered_at, row("a").attempts) == ("receipt of a", after_lease, 2)


def test_a_worker_that_lost_its_lease_does_not_fail_what_the_other_is_sending(owe, post):
    owe("a")

    def slow() -> str:
        other = delivery._Round(NOW + LEASE)
        (seen,) = other.reserve(1)
        assert other.claim(seen.message)
        raise Refused("no")

    post.trouble["a"] = slow

    deliver(now=NOW)

    assert (row("a").state, row("a").leased_until) == (State.SENDING, NOW + 2 * LEASE)


# --- a channel that stalls -------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """A stopwatch that a test moves."""
    time = {"now": 1000.0}
    monkeypatch.setattr(delivery.time, "monotonic", lambda: time["now"])
    return time


def test_a_stalled_channel_pauses_uncounted_while_the_others_continue(owe, post, clock):
    for number in range(5):
        owe(f"slow:{number}", not_before=NOW - timedelta(hours=1) + timedelta(seconds=number))
    owe("quick", channel="pigeon", not_before=NOW)

    def stall() -> str:
        clock["now"] += delivery.PATIENCE_SECONDS / 2 + 1
        raise Retryable("no answer")

    post.trouble.update({f"slow:{number}": stall for number in range(5)})

    totals = deliver(now=NOW)

    assert counts_of(totals) == {"retried": 2, "delivered": 1}
    assert post.arrived == ["quick"]
    rested = Message.objects.filter(key__startswith="slow", attempts=0)
    assert set(rested.values_list("state", "next_at")) == {(State.WAITING, NOW + REST)}
    assert rested.count() == 3


def test_quick_connection_refusals_do_not_pause_a_channel(owe, post, clock):
    for number in range(30):
        owe(f"m:{number}")
        post.trouble[f"m:{number}"] = raising(Retryable("connection refused"))

    assert deliver(now=NOW).retried == 30


def test_a_paused_channel_hides_no_other_channel_behind_it(owe, post, clock):
    for number in range(delivery.FEW * 3):
        owe(f"slow:{number}", not_before=NOW - timedelta(hours=1))
    Message.objects.update(state=State.SENDING)  # left behind by killed workers
    owe("quick", channel="pigeon", not_before=NOW)

    def stall() -> str:
        clock["now"] += delivery.PATIENCE_SECONDS + 1
        raise Retryable("no answer")

    post.trouble.update({f"slow:{number}": stall for number in range(delivery.FEW * 3)})

    deliver(now=NOW)

    assert post.arrived == ["quick"]


def test_a_round_ends_in_time_whatever_the_outside_systems_do(owe, post, clock):
    for number in range(5):
        owe(f"m:{number}")

        def slow() -> str:
            clock["now"] += delivery.ROUND_SECONDS / 2
            return "receipt"

        post.trouble[f"m:{number}"] = slow

    totals = deliver(now=NOW)

    assert counts_of(totals) == {"delivered": 3, "left": 2}


# --- transactions and costs ------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_inside_a_transaction(owe, post):
    inside: list[bool] = []
    owe("a")
    post.trouble["a"] = lambda: inside.append(connection.in_atomic_block) or "receipt"

    deliver()

    assert inside == [False]


@pytest.mark.django_db(transaction=True)
def test_delivery_inside_a_transaction_is_refused(owe, post):
    owe("a")

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        deliver()

    assert post.arrived == []


def test_a_task_does_not_count_what_it_leaves(owe, post):
    owe("a")
    owe("later", not_before=timezone.now() + timedelta(hours=1))

    with CaptureQueriesContext(connection) as statements:
        totals = delivery.drain(codes=False)

    assert (totals, post.arrived) == (Totals(delivered=1, by_channel={"post": 1}), ["a"])
    assert [each["sql"] for each in statements if "COUNT(" in each["sql"]] == []


def test_a_message_takes_as_many_queries_however_many_there_are(owe, post, django_assert_num_queries):
    # restored, set aside, count; BEGIN, SELECT, UPDATE and COMMIT; how PostgreSQL commits
    fixed = 7 + 2 * (connection.vendor == "postgresql")

    def queries(number: int) -> int:
        for n in range(number):
            owe(f"{number}:{n}")
        with django_assert_num_queries(fixed + number * 2):
            return deliver(now=NOW).delivered

    assert [queries(1), queries(3)] == [1, 3]


DUE = [queries.due(NOW, codes=codes) for codes in (None, True, False)]


@pytest.mark.parametrize("rows", [*DUE, queries.overdue(NOW), queries.repeatedly_failed(), queries.failed_messages()])
def test_no_query_for_queued_or_failed_messages_reads_the_archive(rows):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # an empty table is never worth an index

    plan = rows.explain()

    assert re.search(r"outbox_(owed|failed)", plan), plan


def test_codes_do_not_wait_behind_other_messages_and_are_not_sent_twice(owe, post):
    for number in range(3):
        owe(f"letter:{number}", not_before=NOW - timedelta(hours=1))
    owe("code", is_secret=True)

    totals = deliver(now=NOW, limit=1, codes=True)
    assert (post.arrived, totals.left) == (["code"], 0)

    deliver(now=NOW, codes=False)
    assert post.arrived == ["code", "letter:0", "letter:1", "letter:2"]


def test_a_backlog_of_messages_is_not_read_to_find_the_codes(owe, post):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert "outbox_owed_codes" in queries.due(NOW, codes=True).explain()
