"""The health pages tell machines whether the portal is healthy, and reveal nothing else."""

import re
import time
from datetime import timedelta
from smtplib import SMTPAuthenticationError
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerGone
from redis.exceptions import ConnectionError as RedisGone
from redis.exceptions import OutOfMemoryError

from icpportal.gateways.miit.models import MinistryLine, Report
from icpportal.gateways.miit.operations import line_health
from icpportal.models import Heartbeat
from icpportal.operations import heartbeat
from icpportal.operations.monitoring import health, parts
from verification.models import FileRound
from verification.models.documents import Document

pytestmark = pytest.mark.django_db

NOW = timezone.now()
ALL_WELL = {"authority": "ok", "inventory": "ok"}


@pytest.fixture
def well():
    """Everything as on a good day."""
    for job in ("sweep_deadlines", "reconcile"):
        heartbeat.record_heartbeat(job)
    for name in parts.TRIALS:
        heartbeat.note(name, "", now=timezone.now())
    line(fetched_at=timezone.now())
    for queue in settings.QUEUES:
        heartbeat.record_heartbeat(heartbeat.QUEUE + queue)
    for name in ALL_WELL:
        Heartbeat.objects.create(name=f"gateway:{name}", at=timezone.now())


def line(**columns):
    MinistryLine.objects.update_or_create(pk=settings.MIIT_ISP_ID, defaults=columns)


def broken(monkeypatch, problem):
    monkeypatch.setattr("icpportal.operations.monitoring.health.connection", Mock(cursor=Mock(side_effect=problem)))


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


def test_an_unavailable_database_is_reported_only_by_the_kind_of_error(client, monkeypatch):
    broken(monkeypatch, OperationalError("password authentication failed for user portal"))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "why": "OperationalError"}
    assert b"password" not in answer.content


def test_a_silent_database_is_waited_for_once(client, monkeypatch, django_assert_num_queries):
    broken(monkeypatch, OperationalError("connection timeout expired"))

    with django_assert_num_queries(0):
        checks = client.get("/healthz/deep").json()["checks"]

    assert (checks["database"]["why"], checks["outbox"]) == ("OperationalError", {"ok": False, "why": "database"})
    assert checks["disk"]["ok"]


def test_a_missing_migration_is_not_ready(client):
    ran = MigrationRecorder.Migration.objects.filter(app="transfers").order_by("-name")
    ran.filter(pk__in=[each.pk for each in ran[:2]]).delete()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, {"ok": False, "missing": 2})


def test_the_migrations_of_an_up_to_date_database_are_not_read(client, monkeypatch):
    monkeypatch.setattr("icpportal.operations.monitoring.migrations.MigrationLoader.build_graph", Mock())

    assert client.get("/readyz").status_code == 200

    assert not MigrationLoader.build_graph.called


def test_a_newer_versions_migrations_do_not_affect_a_process_of_the_version_before(client):
    MigrationRecorder.Migration.objects.create(app="transfers", name="9999_of_the_next_version")

    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("problem", [OSError("disk full"), RedisGone("no")])
def test_an_unavailable_cache_is_reported_but_takes_no_process_out_of_the_balancer(client, monkeypatch, problem):
    monkeypatch.setattr("icpportal.operations.monitoring.health.cache", Mock(set=Mock(side_effect=problem)))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["checks"]["cache"]["ok"]) == (200, False)


def test_on_a_good_day_every_check_is_green(client, well):
    answer = client.get("/healthz/deep")

    assert answer.status_code == 200
    result = answer.json()
    assert result["state"] == "green"
    assert result["checks"]["gateways"] == {"ok": True, "systems": ALL_WELL}
    assert {name: check["ok"] for name, check in result["checks"].items()} == dict.fromkeys(
        (
            *("database", "broker", "outbox", "deadlines", "worker", "gateways", "line", "mail", "storage", "disk"),
            *("pictures", "jobs", "reconcile", "tidying", "files"),
        ),
        True,
    )


def test_before_any_worker_has_worked_it_is_red(client):
    answer = client.get("/healthz/deep")

    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["worker"] == {"ok": False, "queues": dict.fromkeys(settings.QUEUES), "most": 180}
    assert checks["gateways"] == {"ok": False, "systems": {}}


def test_a_silent_resolver_is_shown_and_makes_nothing_red(client, well):
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


def texts_that_are_all_refused():
    """Each has failed for good, so that none is late."""
    from icpportal.outbox.actions import queue
    from icpportal.outbox.models import Message, State

    for number in range(5):
        queue(channel="sms", key=f"refused {number}", payload={"to": f"1390000000{number}"})
    Message.objects.update(state=State.FAILED, next_at=None, failed_at=timezone.now() - timedelta(minutes=9))


def late_reconcile():
    Heartbeat.objects.filter(name="reconcile").update(at=timezone.now() - timedelta(minutes=31))


def stopped_line():
    line(sending_stopped_at=timezone.now(), sending_stopped_because="5: wrong password")


def late_pull():
    line(fetched_at=timezone.now() - line_health.longest_silence() - timedelta(seconds=1))


def report_that_does_not_go():
    """Nothing stops sending, and nobody sends."""
    long_ago = timezone.now() - timedelta(minutes=16)
    Report.objects.create(key="access:AB12-CD34", kind="access", reference="AB12-CD34", next_at=long_ago)


def waiting_picture():
    late = timezone.now() - timedelta(seconds=301)
    Document.objects.create(kind="identity", holder="AB12-CD34", size=1, width=1, height=1, created_at=late)


def refused_mail(monkeypatch):
    """From what a worker found when it tried."""
    monkeypatch.setattr(EmailBackend, "open", Mock(side_effect=SMTPAuthenticationError(535, b"chen@example.com")))
    parts.examine(now=timezone.now() + parts.TRIED_EVERY)


def storage_that_takes_nothing(monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "save", Mock(side_effect=OSError(28, "no room for chen")))
    parts.examine(now=timezone.now() + parts.TRIED_EVERY)


def untried_mail():
    Heartbeat.objects.filter(name="own:mail").update(at=timezone.now() - timedelta(minutes=11))


def broker_away(monkeypatch):
    monkeypatch.setattr("kombu.Connection.ensure_connection", Mock(side_effect=BrokerGone("redis://:secret@")))


def full_disk(monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(total=10 * 1024**3, free=499 * 1024**2))


def late_storing():
    """Contents of files stayed in the database, and nobody noticed."""
    heartbeat.record_heartbeat("store_bodies", now=timezone.now() - timedelta(minutes=181))


def late_phones():
    heartbeat.record_heartbeat("ask_phones", now=timezone.now() - timedelta(minutes=11))


def late_tidying():
    heartbeat.record_heartbeat("tidy:codes", now=timezone.now() - timedelta(hours=25))
    heartbeat.record_heartbeat("tidy:counters", now=timezone.now() - timedelta(hours=23))


def late_files():
    long_ago = timezone.now() - timedelta(days=8)
    FileRound.objects.create(began_at=long_ago, ended_at=long_ago, place="rows")


def test_every_job_of_beat_is_watched_by_its_heartbeat_or_by_what_it_calls():
    jobs = {entry["task"].rpartition(".")[2] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    seen_otherwise = {"sweep_deadlines", "reconcile", "heartbeat", "send_reports", "pull_answers"}

    assert jobs - set(health.JOBS_REST) == seen_otherwise


CAUSES = {
    late_sweep: "deadlines",
    late_worker: "worker",
    silent_gateway: "gateways",
    forgotten_gateway: "gateways",
    late_message: "outbox",
    texts_that_are_all_refused: "outbox",
    late_files: "files",
    late_reconcile: "reconcile",
    late_tidying: "tidying",
    late_storing: "jobs",
    late_phones: "jobs",
    stopped_line: "line",
    late_pull: "line",
    report_that_does_not_go: "line",
    waiting_picture: "pictures",
    refused_mail: "mail",
    untried_mail: "mail",
    storage_that_takes_nothing: "storage",
    broker_away: "broker",
    full_disk: "disk",
}


@pytest.mark.parametrize("happens", CAUSES, ids=lambda happens: happens.__name__)
def test_late_silent_or_full_parts_turn_it_red_and_are_named(client, well, monkeypatch, happens):
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", Mock())
    happens(*(() if happens.__code__.co_argcount == 0 else (monkeypatch,)))

    answer = client.get("/healthz/deep")

    assert answer.status_code == 503
    assert {name for name, check in answer.json()["checks"].items() if not check["ok"]} == {CAUSES[happens]}
    assert b"chen" not in answer.content
    assert b"secret" not in answer.content


def test_a_storage_without_room_is_named_with_the_words_of_the_error_alone(client, well, monkeypatch):
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", Mock())
    storage_that_takes_nothing(monkeypatch)

    says = "quarantine does not answer, refuses us or has no room (No space left on device)"
    assert client.get("/healthz/deep").json()["checks"]["storage"] == {"ok": False, "why": says}


@pytest.mark.services
def test_a_redis_that_is_full_and_takes_no_job_turns_the_broker_red(client, well, monkeypatch):
    refuses = Mock(side_effect=OutOfMemoryError("command not allowed when used memory > 'maxmemory'"))
    monkeypatch.setattr("redis.Redis.set", refuses)

    assert client.get("/healthz/deep").json()["checks"]["broker"] == {"ok": False, "why": "OutOfMemoryError"}


@pytest.mark.services
def test_a_database_that_can_only_be_read_is_red_alone_and_pages_are_still_served(client, well):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

    checks = client.get("/healthz/deep").json()["checks"]

    red = {name: check for name, check in checks.items() if not check["ok"]}
    assert red == {"database": {"ok": False, "why": "read-only"}}
    assert client.get("/readyz").status_code == 200


def test_every_check_has_a_cause_that_turns_it_red():
    assert set(health.deep_checks(NOW)) - set(CAUSES.values()) == {"database"}  # which has its own test


def test_a_line_that_waits_for_a_closed_ministry_is_healthy(client, well):
    """It resumes by itself; an unreachable ministry is reported by the gateways' check."""
    later = timezone.now() + timedelta(hours=8)
    line(fetching_waits_until=later, fetched_at=timezone.now() - timedelta(hours=3))

    found = client.get("/healthz/deep").json()["checks"]["line"]

    assert (found["ok"], found["waiting"], found["pulled"] // 60) == (True, ["fetching"], 180)


def test_a_storage_that_hangs_is_said_to_give_no_answer(client, well, monkeypatch):
    """As a bucket behind a firewall does."""
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", Mock())
    monkeypatch.setattr(parts, "TRIAL_SECONDS", 0.1)
    monkeypatch.setattr(FileSystemStorage, "save", Mock(side_effect=lambda *_given: time.sleep(1)))

    parts.examine(now=timezone.now() + parts.TRIED_EVERY)

    assert client.get("/healthz/deep").json()["checks"]["storage"] == {"ok": False, "why": "no answer within 0.1 s"}


def test_recovery_is_noticed_within_a_minute(client, well, monkeypatch):
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", Mock())
    refused_mail(monkeypatch)
    monkeypatch.undo()
    monkeypatch.setattr("icpportal.operations.heartbeat.ask_gateways", Mock())

    parts.examine()

    assert client.get("/healthz/deep").json()["checks"]["mail"] == {"ok": True}


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/healthz/deep"])
def test_health_pages_are_never_cached_and_need_no_session(client, address):
    answer = client.get(address)

    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/healthz/deep"])
def test_a_probe_may_ask_by_address_and_with_head(client, well, caplog, address):
    answer = client.get(address, headers={"Host": "10.0.0.7:8000"})
    head = client.head(address, headers={"Host": "10.0.0.7:8000"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert (head.status_code, head.content) == (200, b"")
    assert caplog.records == []


def test_a_request_with_an_unknown_host_is_a_bad_request_and_no_error_of_ours(client, caplog):
    answer = client.get("/", headers={"Host": "10.0.0.7"})

    assert answer.status_code == 400
    assert [each.exc_info for each in caplog.records] == [None]


def test_machines_inside_may_ask_without_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/readyz").status_code == 200
    assert client.get("/").status_code == 301


def test_the_document_says_for_every_check_when_it_is_red_and_where_to_look():
    text = (settings.BASE_DIR / "docs/operations.md").read_text("utf-8")
    table = text.partition("| check | red when | look at |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", table, re.MULTILINE) == list(health.deep_checks(NOW))
