"""Messages that may be doubled harmlessly are taken and recorded in batches of up to twenty, within two seconds."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from icpportal.gateways.errors import Refused, Retryable
from icpportal.outbox import delivery
from icpportal.outbox.actions import discard
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State
from icpportal.outbox.sending.reservations import REST
from tests import fresh, migrated

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _together(post: Any, settings: Any) -> None:
    """Messages of `post` are sent in batches; those of `pigeon` alone."""
    settings.OUTBOX_TOGETHER = ["post"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    time = {"now": 0.0}
    monkeypatch.setattr(delivery.time, "monotonic", lambda: time["now"])
    return time


def owe_many(owe: Callable[..., Message], number: int) -> list[str]:
    keys = [f"m:{n:02}" for n in range(number)]
    for place, key in enumerate(keys):
        owe(key, not_before=NOW - timedelta(minutes=number - place))
    return keys


def row(key: str) -> Message:
    return Message.objects.get(key=key)


def states() -> dict[tuple[str, int], int]:
    """The number of messages by state and number of attempts."""
    return dict(Counter(Message.objects.values_list("state", "attempts")))


def raising(error: BaseException) -> Callable[[], Any]:
    def trouble() -> Any:
        raise error

    return trouble


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        act()
    return len([each for each in asked if each["sql"].startswith("UPDATE")])


def test_each_is_sent_once_in_order_and_its_receipt_stored(owe, post):
    keys = owe_many(owe, 45)

    totals = deliver(now=NOW, limit=None)

    assert (post.arrived, totals.delivered, totals.left) == (keys, 45, 0)
    assert [row(key).receipt for key in keys] == [f"receipt of {key}" for key in keys]
    assert states() == {(State.DELIVERED, 1): 45}


@pytest.mark.services
def test_twenty_are_written_by_three_statements(owe, post):
    owe_many(owe, 5 + 10 + 20)  # the sizes of the first three batches
    by_round = 3  # reserved, taken, recorded

    assert statements(lambda: deliver(now=NOW, limit=None)) == 3 * by_round


def test_the_attempt_is_recorded_before_the_call_and_the_result_with_the_last_of_the_batch(owe, post):
    owe_many(owe, 3)
    seen: list[Any] = []
    post.trouble["m:02"] = lambda: seen.append(states()) or "receipt"

    deliver(now=NOW)

    assert seen == [{(State.SENDING, 1): 3}]


def test_after_two_seconds_sent_ones_are_recorded_and_the_rest_is_due_again_uncounted(owe, post, clock, monkeypatch):
    keys = owe_many(owe, 5)
    seen: list[Any] = []

    def slow() -> str:
        clock["now"] += 1.5
        seen.append(states())
        return "receipt"

    post.trouble.update(dict.fromkeys(keys, slow))

    deliver(now=NOW, limit=None)

    # two take three seconds; then a smaller batch is begun
    assert seen[2] == {(State.DELIVERED, 1): 2, (State.SENDING, 1): 3}
    assert seen[4] == {(State.DELIVERED, 1): 4, (State.SENDING, 1): 1}
    assert states() == {(State.DELIVERED, 1): 5}


def test_a_refused_one_fails_alone(owe, post):
    owe_many(owe, 3)
    post.trouble["m:01"] = raising(Refused("no"))

    totals = deliver(now=NOW)

    assert (totals.delivered, totals.failed) == (2, 1)
    assert [row(f"m:0{n}").state for n in range(3)] == [State.DELIVERED, State.FAILED, State.DELIVERED]


def test_one_that_breaks_its_handler_is_retried_alone(owe, post):
    owe_many(owe, 3)
    post.trouble["m:01"] = raising(ValueError("broken"))

    totals = deliver(now=NOW)

    assert (totals.delivered, totals.faults) == (2, 1)
    assert row("m:01").state == State.WAITING


def test_a_stalling_channel_gives_the_rest_back_uncounted(owe, post, clock, monkeypatch):
    owe_many(owe, 4)
    monkeypatch.setattr(delivery, "TOGETHER_SECONDS", 100.0)

    def stall() -> str:
        clock["now"] += delivery.PATIENCE_SECONDS + 1
        raise Retryable("no answer")

    post.trouble["m:01"] = stall

    deliver(now=NOW)

    assert [(row(key).state, row(key).attempts) for key in ("m:00", "m:01", "m:02", "m:03")] == [
        (State.DELIVERED, 1),
        (State.WAITING, 1),
        (State.WAITING, 0),
        (State.WAITING, 0),
    ]
    assert row("m:02").next_at == NOW + REST


def test_running_out_of_the_workers_time_records_sent_ones_and_gives_the_rest_back(owe, post):
    owe_many(owe, 3)
    due_at = row("m:02").next_at
    post.trouble["m:01"] = raising(SoftTimeLimitExceeded())

    with pytest.raises(SoftTimeLimitExceeded):
        deliver(now=NOW)

    last = row("m:02")
    assert row("m:00").state == State.DELIVERED
    assert (last.state, last.attempts, last.next_at, last.leased_until) == (State.WAITING, 0, due_at, None)


def test_one_given_up_by_staff_while_reserved_is_not_sent(owe, post, people):
    owe_many(owe, 3)
    this = delivery._Round(NOW)
    reserved = this.reserve(3)
    discard(row("m:01"), actor=people())

    taken = [message.key for message in this.claim_messages(reserved)]

    assert (taken, this.totals.lost) == (["m:00", "m:02"], 1)


def test_one_taken_by_another_worker_keeps_that_workers_outcome(owe, post):
    owe_many(owe, 3)
    other = Message.objects.filter(key="m:00")
    post.trouble["m:02"] = lambda: other.update(attempts=F("attempts") + 1) and "receipt"

    totals = deliver(now=NOW)

    assert (totals.delivered, totals.lost) == (2, 1)
    assert (row("m:00").state, row("m:00").receipt) == (State.SENDING, "")


def test_a_code_is_erased_once_it_is_recorded(owe, post):
    owe("code", is_secret=True)
    owe("letter")

    deliver(now=NOW)

    assert [row(key).payload for key in ("code", "letter")] == [{}, {"says": "letter"}]


def test_the_rest_of_a_killed_worker_is_sent_one_by_one(owe, post):
    """If one of them kills the worker, it takes no other with it a second time."""
    owe_many(owe, 3)
    Message.objects.update(state=State.SENDING, attempts=1, leased_until=NOW - timedelta(minutes=1))
    seen: list[Any] = []
    post.trouble["m:01"] = lambda: seen.append(states()) or "receipt"

    deliver(now=NOW)

    assert seen == [{(State.DELIVERED, 2): 1, (State.SENDING, 2): 1, (State.SENDING, 1): 1}]
    assert states() == {(State.DELIVERED, 2): 3}


# --- killed ----------------------------------------------------------------------------------

WORKER = """
import os, sys, django; django.setup()
from datetime import datetime, timedelta
from pathlib import Path
from django.utils import timezone
from icpportal.outbox import delivery

taken = Path(os.environ["TAKEN"])
def noting(channel):
    def send(message):
        with taken.open("a") as file:
            print(message.key, file=file, flush=True)
        print(message.key, flush=True)
        return f"receipt of {message.key}"
    return send
delivery._handler = noting
delivery.FEW = 60
delivery.deliver(limit=None, now=timezone.now() + timedelta(seconds=int(sys.argv[1])))
"""


@pytest.fixture
def own(tmp_path: Path) -> dict[str, str]:
    """The environment of a portal with its own database."""
    migrated.copy_to(tmp_path / "portal.sqlite3")
    return {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "icpportal.settings",
        "TAKEN": str(tmp_path / "taken"),
    }


OWE = """
import django; django.setup()
from icpportal.outbox.actions import notify
context = {{"domain": "lamp.example", "ref": "T7Q4-M2KX", "name": "", "mobile": ""}}
for number in range(60):
    notify(key=f"order_received:{{number}}:account:{channel}", template="order_received", channel="{channel}",
           to="{to}", language="en", context={{**context, "due": django.utils.timezone.now()}})
"""


def worker(own: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, "0"]
    return subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True)


def keys_of(process: subprocess.Popen[str], number: int) -> Iterator[str]:
    assert process.stdout is not None
    return (process.stdout.readline().strip() for _ in range(number))


@pytest.mark.parametrize(("channel", "to", "repeated"), [("email", "wang@example.com", 20), ("sms", "13900000001", 1)])
def test_kill_9_loses_none_and_repeats_at_most_one_batch_of_mails_and_no_recorded_text(
    own: dict[str, str], channel: str, to: str, repeated: int
) -> None:
    """Of texts only the one being sent may arrive twice."""
    assert fresh.run("-c", OWE.format(channel=channel, to=to), folder=ROOT, environment=own).returncode == 0
    first = worker(own)
    begun = list(keys_of(first, 30))
    first.send_signal(signal.SIGKILL)
    first.communicate()

    fresh.run("-c", WORKER, "120", folder=ROOT, environment=own)

    sent = Counter(Path(own["TAKEN"]).read_text().split())
    assert len(begun) == 30
    assert len(sent) == 60
    assert max(sent.values()) <= 2
    assert sum(number - 1 for number in sent.values()) <= repeated
