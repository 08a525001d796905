"""`manage.py deliver_outbox`."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from icpportal.alarms import restored
from icpportal.gateways.errors import Refused, Retryable
from icpportal.outbox.models import Message, State

pytestmark = pytest.mark.django_db


def run(capsys, *arguments: str) -> list[str]:
    call_command("deliver_outbox", *arguments)
    return capsys.readouterr().out.splitlines()


def test_it_prints_its_results_by_channel_and_totals_last(owe, post, capsys):
    for key, channel in (("a", "post"), ("b", "post"), ("c", "pigeon")):
        owe(key, channel=channel)

    assert run(capsys) == [
        "pigeon: 1",
        "post: 2",
        "totals: delivered 3, retried 0, failed 0, unknown 0, faults 0, lost 0, left 0",
    ]
    assert post.arrived == ["a", "b", "c"]


def test_in_a_restored_portal_it_says_why_nothing_leaves_instead_of_counting_zeros(owe, post, capsys):
    owe("a")
    restored.hold("20261201T000000Z")

    with pytest.raises(CommandError, match="this portal was restored from a backup and sends nothing"):
        run(capsys)
    assert run(capsys, "--dry-run")[0] == "post: 1"
    assert post.arrived == []


def test_a_dry_run_counts_and_sends_nothing(owe, post, capsys):
    owe("a")

    lines = run(capsys, "--dry-run")

    assert lines == ["post: 1", "totals: delivered 0, retried 0, failed 0, unknown 0, faults 0, lost 0, left 1"]
    assert post.arrived == []


def test_json_is_one_object(owe, post, capsys):
    owe("a")
    owe("b")

    (line,) = run(capsys, "--json", "--limit", "1")

    assert json.loads(line) == {
        "delivered": 1, "retried": 0, "failed": 0, "unknown": 0, "faults": 0, "lost": 0, "left": 1,
        "by_channel": {"post": 1},
    }  # fmt: skip


@pytest.mark.parametrize("at", ["2030-01-01T08:00:00Z", "2030-01-01T16:00", "2030-01-01 16:00:00+08:00"])
def test_the_clock_can_be_set_in_beijing_time_or_with_a_zone(owe, post, capsys, at: str):
    owe("a", not_before=datetime(2030, 1, 1, 8, 0, tzinfo=UTC))
    owe("b", not_before=datetime(2030, 1, 1, 8, 1, tzinfo=UTC))

    run(capsys, "--at", at)

    assert post.arrived == ["a"]
    assert Message.objects.get(key="a").delivered_at == datetime(2030, 1, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("at", ["tomorrow", "2030-13-01T00:00", ""])
def test_an_invalid_time_is_reported(at: str):
    with pytest.raises(CommandError, match="write it like"):
        call_command("deliver_outbox", "--at", at)


@pytest.mark.parametrize(("error", "code"), [(Refused("no"), 1), (KeyError("bug"), 1), (Retryable("later"), None)])
def test_the_exit_code_signals_only_what_needs_people(owe, post, capsys, error: Exception, code: int | None):
    def trouble() -> str:
        raise error

    owe("a")
    owe("b")
    post.trouble["a"] = trouble
    stopped = None

    try:
        run(capsys)
    except SystemExit as exit_:
        stopped = exit_.code

    assert stopped == code
    assert post.arrived == ["b"]


@pytest.mark.parametrize("limit", ["-1", "0", "many"])
def test_a_limit_that_is_no_number_of_messages_is_refused_with_an_example(owe, post, capsys, limit: str):
    owe("a")

    with pytest.raises(CommandError, match=f"{limit}: write a whole number from 1 on, such as 100"):
        run(capsys, "--limit", limit)

    assert post.arrived == []


def test_without_a_time_it_is_now(owe, post, capsys):
    owe("a", not_before=timezone.now() + timedelta(minutes=1))

    run(capsys)

    assert Message.objects.get().state == State.WAITING
