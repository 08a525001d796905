"""Loops over rows: a bad one is set aside, reported once, retried ever more rarely, and stops nobody else."""

import logging
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from billiard.exceptions import SoftTimeLimitExceeded
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.roles import AUDITOR, OPERATIONS, ensure
from icpportal.alarms.actions import open_alarm
from icpportal.alarms.models import Alarm, SetAside
from icpportal.alarms.queries import open_alarms
from icpportal.alarms.rows import PAUSES, Parts, each, forget_left
from icpportal.codes.models import Allowance
from icpportal.privacy.crypto import KeyMissing
from tests.transfers.builders import make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


def some(*names: str) -> None:
    Allowance.objects.bulk_create(Allowance(name=name, key=name, used=1, began_at=NOW) for name in names)


def breaking(problem: Exception, *bad: str) -> Callable[[Allowance], str]:
    def act(row: Allowance) -> str:
        Allowance.objects.filter(pk=row.pk).update(used=F("used") + 1)
        if row.name in bad:
            raise problem
        return row.name

    return act


def run(act: Callable[[Allowance], str]) -> tuple[list[str], list[str], int]:
    ran = each("counters.run", Allowance.objects.order_by("name"), act, reference="name")
    return ran.done, [failure.reference for failure in ran.failed], ran.waiting


@pytest.mark.parametrize("problem", [RuntimeError("x"), KeyMissing("x"), AttributeError("x"), MemoryError("x")])
def test_a_row_that_fails_in_any_way_is_set_aside_and_the_others_are_done(problem: Exception) -> None:
    some("a", "b", "c")

    first, second = run(breaking(problem, "b")), run(breaking(problem, "b"))

    row = SetAside.objects.get()
    assert (first, second) == ((["a", "c"], ["b"], 0), (["a", "c"], [], 1))
    assert (row.job, row.reference, row.trouble, row.tries) == ("counters.run", "b", type(problem).__name__, 1)


def test_a_row_is_retried_ever_more_rarely_and_leaves_with_its_alarm_once_it_succeeds() -> None:
    some("a")
    with time_machine.travel(NOW, tick=False) as clock:
        pauses = []
        for _ in range(len(PAUSES) + 2):
            run(breaking(ValueError("x"), "a"))
            row = SetAside.objects.get()
            pauses.append(row.next_at - timezone.now())
            clock.move_to(row.next_at)
        causes = [(alarm.cause, alarm.reference, alarm.detail) for alarm in open_alarms()]
        done = run(breaking(ValueError("x")))

    assert pauses == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert causes == [("counters.row_failed:ValueError", "a", "ValueError")]
    assert (done, SetAside.objects.count(), open_alarms().count()) == ((["a"], [], 0), 0, 0)


def test_a_lost_key_is_one_alarm_however_many_rows_and_jobs_it_affects(
    django_assert_max_num_queries: object,
) -> None:
    some(*(f"{n:03}" for n in range(120)))
    act = breaking(KeyMissing("no key named 'old'"), *(f"{n:03}" for n in range(120)))

    run(act)
    each("others.run", Allowance.objects.all(), act)
    with django_assert_max_num_queries(2):
        again = run(act)

    assert [(alarm.cause, alarm.times) for alarm in Alarm.objects.all()] == [("privacy.key_missing", 2)]
    assert (again, SetAside.objects.count()) == (([], [], 120), 240)


def test_a_statement_refused_by_the_database_does_not_affect_later_rows() -> None:
    some("a", "b", "c")

    def act(row: Allowance) -> str:
        if row.name == "a":
            Allowance.objects.create(name="b", key="b", used=1, began_at=NOW)  # it exists
        return row.name

    assert run(act) == (["b", "c"], ["a"], 0)
    assert SetAside.objects.get().trouble == IntegrityError.__name__


def test_a_row_that_cannot_even_be_loaded_is_set_aside_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    some("a", "b", "c")
    real = Allowance.from_db.__func__

    def from_db(cls: type[Allowance], db: str, fields: list[str], values: list[object]) -> Allowance:
        found = real(cls, db, fields, values)
        if found.name == "b":
            raise ValueError("a column holds nonsense")
        return found

    monkeypatch.setattr(Allowance, "from_db", classmethod(from_db))

    assert run(lambda row: row.name) == (["a", "c"], ["b"], 0)


def test_running_out_of_the_workers_time_is_no_fault_of_a_row() -> None:
    some("a", "b")

    with pytest.raises(SoftTimeLimitExceeded):
        run(breaking(SoftTimeLimitExceeded(), "a"))

    assert SetAside.objects.count() == 0


def test_the_log_names_the_row_and_the_place_and_quotes_nobody(caplog: pytest.LogCaptureFixture) -> None:
    some("a")

    with caplog.at_level(logging.ERROR):
        run(breaking(ValueError("张示例 in Building 5"), "a"))

    said = [vars(record) for record in caplog.records if record.getMessage() == "row failed"]
    assert [(each["reference"], each["trouble"], each["tries"]) for each in said] == [("a", "ValueError", 1)]
    assert said[0]["trace"][-1].endswith(" act")
    assert "Building" not in str([vars(record) for record in caplog.records])


def test_a_row_no_longer_due_in_its_job_is_forgotten() -> None:
    some("a", "b")
    run(breaking(ValueError("x"), "a", "b"))

    Allowance.objects.filter(name="a").delete()
    run(breaking(ValueError("x"), "b"))
    left = list(SetAside.objects.values_list("reference", flat=True))
    Allowance.objects.all().delete()
    run(breaking(ValueError("x")))  # nothing is due any more: the hourly job clears it

    assert (left, forget_left(now=timezone.now() + timedelta(days=1), dry_run=True)) == (["b"], 1)
    assert (forget_left(now=timezone.now() + timedelta(days=1)), open_alarms().count()) == (1, 0)


def test_a_failing_part_stops_no_other_and_its_alarm_ends_when_it_works_again() -> None:
    def broken() -> str:
        raise RuntimeError("x")

    done = [Parts("sweep").run(name, act) for name, act in (("one", broken), ("two", lambda: "done"))]
    seen = [(alarm.cause, alarm.detail) for alarm in open_alarms()]
    Parts("sweep").run("one", lambda: "done")

    assert (done, seen) == ([None, "done"], [("sweep.one_failed", "RuntimeError")])
    assert open_alarms().count() == 0


def test_operations_see_what_was_set_aside_and_retry_it_by_command() -> None:
    some("a", "b")
    run(breaking(ValueError("x"), "a", "b"))
    listed, again = StringIO(), StringIO()

    call_command("set_aside", stdout=listed)
    call_command("set_aside", "a", "--again", stdout=again)

    assert "counters.run a: ValueError, 1 tries since" in listed.getvalue()
    assert listed.getvalue().splitlines()[-1] == "2 set aside"
    assert again.getvalue().splitlines()[-1] == "1 are tried with the next round"
    assert run(breaking(ValueError("x"), "b")) == (["a"], [], 1)
    with pytest.raises(CommandError, match="no such row"):
        call_command("set_aside", "c", "--again")


def test_operations_name_a_reference_that_begins_with_a_dash_after_two_dashes() -> None:
    some("-7f", "b")
    run(breaking(ValueError("x"), "-7f", "b"))
    told = StringIO()

    call_command("set_aside", "--again", "--", "-7f", stdout=told)

    assert told.getvalue().splitlines()[-1] == "1 are tried with the next round"


@pytest.mark.parametrize(("language", "words"), [("en", "Resubmit held orders"), ("zh-hans", "因我方原因")])
def test_operations_read_at_the_desk_what_an_alarm_means_and_what_to_do(
    client: Client, settings: Any, language: str, words: str
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    ensure()
    open_alarm("orders.held", reference="AB12-CD34")
    client.force_login(make_user(held_roles=(OPERATIONS,)))

    page = client.get(
        reverse("admin:alarms_alarm_change", args=[open_alarms().get().pk]), headers={"accept-language": language}
    ).content.decode()

    assert words in page
    assert "docs/operations.md#alarm-ordersheld" in page


def test_operations_can_retry_a_row_at_the_desk_and_auditors_cannot(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    ensure()
    some("a")
    run(breaking(ValueError("x"), "a"))
    chosen = {"action": "try_them_again", "_selected_action": [SetAside.objects.get().pk]}
    page = reverse("admin:alarms_setaside_changelist")

    statuses = []
    for role in (AUDITOR, OPERATIONS):
        client.force_login(make_user(held_roles=(role,)))
        statuses.append(client.post(page, chosen).status_code)

    assert statuses == [403, 302]
    assert run(breaking(ValueError("x"))) == (["a"], [], 0)
