"""The health pages tell machines whether the portal is well, and tell nobody anything else."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisGone

from icpportal.models import Heartbeat
from icpportal.operations import health, heartbeat
from verification.models import FileRound

pytestmark = pytest.mark.django_db

NOW = timezone.now()
ALL_WELL = {"authority": "ok", "inventory": "ok"}


@pytest.fixture
def well():
    """Everything as it is on a good day."""
    heartbeat.record_heartbeat("sweep_deadlines")
    for queue in settings.QUEUES:
        heartbeat.beat_queue(queue)
    for name in ALL_WELL:
        Heartbeat.objects.create(name=f"gateway:{name}", at=timezone.now())


def broken(monkeypatch, problem):
    monkeypatch.setattr("icpportal.operations.health.connection", Mock(cursor=Mock(side_effect=problem)))


def test_the_process_answers_even_without_a_database(client, monkeypatch, django_assert_num_queries):
    broken(monkeypatch, OperationalError("gone"))

    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"state": "green"})


def test_it_is_ready_when_database_migrations_and_cache_are(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "state": "green",
        "checks": {"database": {"ok": True}, "migrations": {"ok": True, "missing": 0}, "cache": {"ok": True}},
    }


def test_a_database_that_is_gone_is_said_by_the_kind_of_error_alone(client, monkeypatch):
    broken(monkeypatch, OperationalError("password authentication failed for user portal"))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "why": "OperationalError"}
    assert b"password" not in answer.content


def test_a_missing_migration_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(
        "icpportal.operations.health.MigrationExecutor.migration_plan", lambda self, targets: ["one", "two"]
    )

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, {"ok": False, "missing": 2})


@pytest.mark.parametrize("problem", [OSError("disk full"), RedisGone("no")])
def test_a_cache_that_is_gone_is_said_and_takes_no_process_out_of_the_balancer(client, monkeypatch, problem):
    monkeypatch.setattr("icpportal.operations.health.cache", Mock(set=Mock(side_effect=problem)))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["checks"]["cache"]["ok"]) == (200, False)


def test_on_a_good_day_it_is_green_to_the_bottom(client, well):
    answer = client.get("/healthz/deep")

    assert answer.status_code == 200
    told = answer.json()
    assert told["state"] == "green"
    assert told["checks"]["gateways"] == {"ok": True, "systems": ALL_WELL}
    assert {name: check["ok"] for name, check in told["checks"].items()} == dict.fromkeys(
        ("database", "outbox", "deadlines", "worker", "gateways", "jobs", "tidying", "files"), True
    )


def test_before_any_worker_has_worked_it_is_red(client):
    answer = client.get("/healthz/deep")

    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["worker"] == {"ok": False, "queues": dict.fromkeys(settings.QUEUES), "most": 180}
    assert checks["gateways"] == {"ok": False, "systems": {}}


def test_a_resolver_that_is_silent_is_shown_and_makes_nothing_red(client, well):
    Heartbeat.objects.create(name="gateway:dns", at=timezone.now(), well=False, trouble="down")

    answer = client.get("/healthz/deep")

    assert answer.status_code == 200
    assert answer.json()["checks"]["gateways"] == {"ok": True, "systems": {**ALL_WELL, "dns": "down"}}


def late_sweep():
    Heartbeat.objects.filter(name="sweep_deadlines").update(at=timezone.now() - timedelta(seconds=301))


def late_worker():
    """Another queue's worker proves nothing for this one."""
    Heartbeat.objects.filter(name="queue:codes").update(at=timezone.now() - timedelta(seconds=181))


def silent_gateway():
    Heartbeat.objects.filter(name="gateway:authority").update(well=False, trouble="down")


def forgotten_gateway():
    Heartbeat.objects.filter(name="gateway:authority").update(at=timezone.now() - timedelta(minutes=11))


def late_message():
    from icpportal.outbox.actions import queue
    from icpportal.outbox.models import Message

    queue(channel="email", key="late", payload={"to": "chen@example.com"})
    Message.objects.update(next_at=timezone.now() - timedelta(seconds=301))


def late_reconcile():
    """Nothing looked at its pulse."""
    heartbeat.record_heartbeat("reconcile", now=timezone.now() - timedelta(minutes=61))
    heartbeat.record_heartbeat("tidy", now=timezone.now() - timedelta(minutes=61))


def late_storing():
    """Bodies of files stayed in the database, and nobody was told."""
    heartbeat.record_heartbeat("store_bodies", now=timezone.now() - timedelta(minutes=181))


def late_phones():
    heartbeat.record_heartbeat("ask_phones", now=timezone.now() - timedelta(minutes=11))


def late_tidying():
    heartbeat.record_heartbeat("tidy:codes", now=timezone.now() - timedelta(hours=25))
    heartbeat.record_heartbeat("tidy:counters", now=timezone.now() - timedelta(hours=23))


def late_files():
    long_ago = timezone.now() - timedelta(days=8)
    FileRound.objects.create(began_at=long_ago, ended_at=long_ago, place="rows")


def test_every_job_of_beat_is_watched_by_its_pulse_or_by_what_it_calls():
    jobs = {entry["task"].rpartition(".")[2] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    seen_otherwise = {"sweep_deadlines", "heartbeat", "send_reports", "pull_answers"}

    assert jobs - set(health.JOBS_REST) == seen_otherwise


@pytest.mark.parametrize(
    ("happens", "red"),
    [
        (late_sweep, {"deadlines"}),
        (late_worker, {"worker"}),
        (silent_gateway, {"gateways"}),
        (forgotten_gateway, {"gateways"}),
        (late_message, {"outbox"}),
        (late_files, {"files"}),
        (late_reconcile, {"jobs"}),
        (late_tidying, {"tidying"}),
        (late_storing, {"jobs"}),
        (late_phones, {"jobs"}),
    ],
)
def test_what_is_late_or_silent_turns_it_red_and_is_named(client, well, happens, red):
    happens()

    answer = client.get("/healthz/deep")

    assert answer.status_code == 503
    assert {name for name, check in answer.json()["checks"].items() if not check["ok"]} == red
    assert b"chen" not in answer.content


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/healthz/deep"])
def test_health_pages_are_never_kept_and_need_no_session(client, address):
    answer = client.get(address)

    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/healthz/deep"])
def test_a_probe_may_ask_by_address_and_with_head(client, well, caplog, address):
    told = client.get(address, headers={"Host": "10.0.0.7:8000"})
    head = client.head(address, headers={"Host": "10.0.0.7:8000"})

    assert (told.status_code, told["Content-Type"]) == (200, "application/json")
    assert (head.status_code, head.content) == (200, b"")
    assert caplog.records == []


def test_a_page_under_a_strange_name_is_a_bad_request_and_no_fault_of_ours(client, caplog):
    answer = client.get("/", headers={"Host": "10.0.0.7"})

    assert answer.status_code == 400
    assert [each.exc_info for each in caplog.records] == [None]


def test_machines_inside_may_ask_without_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/readyz").status_code == 200
    assert client.get("/").status_code == 301
