"""`/metrics` reports the state to Prometheus: behind a token, without personal data, from any process."""

import contextlib
import os
import re
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from icpportal import tasks
from icpportal.alarms.actions import open_alarm
from icpportal.gateways.answers import count_call
from icpportal.gateways.errors import NotYet, Refused, Retryable, Unknown
from icpportal.gateways.miit.models import MinistryLine
from icpportal.metrics import counters, processes
from icpportal.operations import heartbeat
from icpportal.operations.monitoring import readings
from icpportal.outbox.actions import queue
from icpportal.outbox.models import Message, State
from tests import fresh
from tests.transfers import states
from tests.transfers.builders import make_order, make_user
from transfers.models import Order
from verification.models.documents import Document

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-ours"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def with_token(settings, tmp_path):
    settings.METRICS_TOKEN, settings.METRICS_DIR = TOKEN, tmp_path / "metrics" / "here"


def text(client):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "Host": "10.0.0.7"})
    assert answer.status_code == 200
    return answer.content.decode()


def samples(client):
    """Every sample by its name and its labels except the process."""
    families = text_string_to_metric_families(text(client))
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_without_a_token_in_the_settings_there_is_no_such_page(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("said", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer 密"])
def test_without_the_token_nothing_can_be_read(client, said):
    answer = client.get("/metrics", headers={"Authorization": said} if said else {})

    assert (answer.status_code, answer.content) == (401, b"")


def test_it_reports_the_work_in_hand(client):
    now = timezone.now()
    for name, channel in (("a", "email"), ("b", "email"), ("c", "sms")):
        queue(channel=channel, key=name, payload={"to": "chen@example.com"})
    Message.objects.filter(key="a").update(next_at=now - 10 * MINUTE)
    Message.objects.filter(key="c").update(state=State.FAILED, next_at=None, failed_at=now)
    line = {"fetched_at": now - MINUTE, "sent_at": now - 5 * MINUTE, "sending_stopped_at": now}
    MinistryLine.objects.create(isp_id=100001, **line)
    order = make_order(make_user(), state=states.SUBMITTED)
    Order.objects.filter(pk=order.pk).update(entered_at=now - 60 * MINUTE)
    late = make_order(make_user())
    Order.objects.filter(pk=late.pk).update(due_at=now - 2 * MINUTE)
    Document.objects.create(kind="identity", holder="x", size=1, width=1, height=1, created_at=now - 3 * MINUTE)
    open_alarm("inventory.place:cn-north")
    heartbeat.record_heartbeat("sweep_deadlines", now=now - MINUTE)

    said = samples(client)

    exact = {
        ("portal_outbox_due", "email"): 2,
        ("portal_outbox_due", "sms"): 0,
        ("portal_outbox_failed",): 1,
        ("portal_messages_failed_today", "sms"): 1,
        ("portal_line_at_rest", "stopped", "sending"): 1,
        ("portal_line_at_rest", "stopped", "fetching"): 0,
        ("portal_deadlines_due", "now"): 1,
        ("portal_review_orders", states.SUBMITTED): 1,
        ("portal_pictures_waiting",): 1,
        ("portal_alarms_open", "inventory.place:*"): 1,
        ("portal_texts_sent", "day"): 0,
    }
    assert {name: said.get(name) for name in exact} == exact
    ages = {
        ("portal_outbox_oldest_seconds", "email"): 600,
        ("portal_line_seconds_since", "pull"): 60,
        ("portal_line_seconds_since", "send"): 300,
        ("portal_sweep_lag_seconds",): 60,
        ("portal_deadline_oldest_seconds",): 120,
        ("portal_review_oldest_seconds", states.SUBMITTED): 3600,
        ("portal_picture_oldest_seconds",): 180,
        ("portal_job_age_seconds", "sweep_deadlines"): 60,
    }
    assert {name: said.get(name) for name in ages} == {name: pytest.approx(age, abs=30) for name, age in ages.items()}
    assert not [name for name in said if name[0] == "portal_reading_failed"]
    assert "chen" not in text(client)
    assert order.reference not in text(client)


def test_an_unreadable_metric_is_named_and_affects_no_other(client, monkeypatch):
    monkeypatch.setattr("icpportal.outbox.queries.due", Mock(side_effect=DatabaseError("no")))

    said = samples(client)

    assert said[("portal_reading_failed", "portal_outbox_due")] == 1
    assert ("portal_disk_free_bytes",) in said


@pytest.mark.usefixtures("steady_cache")
def test_it_takes_as_many_queries_however_many_rows_there_are(client):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as done:
            text(client)
        return len(done)

    text(client)
    before = queries()
    for number in range(30):
        queue(channel="email", key=f"m{number}", payload={"to": "chen@example.com"})
        make_order(make_user(), state=states.SUBMITTED)

    assert queries() == before <= 45


def test_unbounded_tables_are_counted_up_to_a_limit(client, monkeypatch):
    monkeypatch.setattr(readings, "MOST", 3)
    for number in range(5):
        queue(channel="email", key=f"m{number}", payload={})

    assert samples(client)[("portal_outbox_due", "email")] == 3


# --- what processes count ------------------------------------------------------------------------


def counter(metric, *labels):
    return metric.labels(*labels)._value.get()


def test_an_answer_is_counted_by_its_route_and_never_by_its_address(client):
    before = counter(counters.REQUESTS, "help/", "GET", "200")

    client.get("/help/?q=secret")
    client.generic("CHEN", "/help/")

    assert counter(counters.REQUESTS, "help/", "GET", "200") == before + 1
    methods = {sample.labels["method"] for family in counters.REQUESTS.collect() for sample in family.samples}
    assert "other" in methods
    assert "CHEN" not in methods


def test_a_task_is_counted_by_its_outcome(monkeypatch):
    monkeypatch.setattr("icpportal.tasks.deadlines.sweep", Mock(side_effect=[None, RuntimeError("no")]))
    before = [counter(counters.TASKS, "sweep_deadlines", outcome) for outcome in ("success", "failure")]

    tasks.sweep_deadlines.apply()
    tasks.sweep_deadlines.apply()

    after = [counter(counters.TASKS, "sweep_deadlines", outcome) for outcome in ("success", "failure")]
    assert [then - now for then, now in zip(after, before, strict=True)] == [1, 1]


@pytest.mark.parametrize(
    ("problem", "outcome"),
    [
        (None, "ok"),
        (Retryable("x"), "no_answer"),
        (Unknown("x"), "unknown"),
        (NotYet("x"), "not_asked"),
        (Refused("x"), "refused"),
        (ValueError("x"), "broken"),
    ],
)
def test_an_outside_system_is_counted_by_its_answer(problem, outcome):
    before = counter(counters.ANSWERS, "a system", outcome)

    with contextlib.suppress(Exception), count_call("a system"):
        if problem:
            raise problem

    assert counter(counters.ANSWERS, "a system", outcome) == before + 1


def test_every_gateway_called_is_counted_by_its_name(monkeypatch, settings):
    from icpportal.gateways.dns.base import resolver

    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    before = counter(counters.ANSWERS, "dns", "ok")

    resolver().addresses("example.com")

    assert counter(counters.ANSWERS, "dns", "ok") == before + 1


COUNT = """
from icpportal import settings
from icpportal.metrics.counters import count_request
import os
for _ in range(3):
    count_request("help/", "GET", 200, 0.2)
if os.fork() == 0:
    count_request("help/", "GET", 200, 0.2)
    os._exit(0)
os.wait()
"""


def test_web_and_workers_are_counted_separately_and_reported_at_one_address(client, settings, tmp_path):
    """Two processes, each with a child, like gunicorn and the workers."""
    given = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    for _process in range(2):
        fresh.run(
            "-c", COUNT, folder=settings.BASE_DIR, environment={**given, "VAR_DIR": str(tmp_path), "METRICS_TOKEN": "x"}
        ).check_returncode()

    requests = [line for line in text(client).splitlines() if line.startswith("portal_requests_total")]

    assert sorted(float(line.rpartition(" ")[2]) for line in requests) == [1, 1, 3, 3]
    assert len({re.search('process="(.*?)"', line)[1] for line in requests}) == 4


def test_counters_of_processes_that_ended_a_day_ago_are_deleted_and_no_others(settings):
    folder = settings.METRICS_DIR
    folder.mkdir(parents=True)
    for name, hours in (("counter_1.db", 25), ("counter_2.db", 23)):
        (folder / name).write_bytes(b"")
        then = timezone.now().timestamp() - hours * 3600
        os.utime(folder / name, (then, then))

    assert (processes.forget_old(dry_run=True), processes.forget_old()) == (1, 1)

    assert [file.name for file in folder.iterdir()] == ["counter_2.db"]


def test_the_document_names_every_metric(settings):
    document = (settings.BASE_DIR / "docs/operations.md").read_text("utf-8")
    table = document.partition("| read when asked | what it says |")[2].partition("\n\n")[0]

    assert table.splitlines()[2:] == [line_of(row) for row in readings.READINGS]


def line_of(row):
    labels = "".join(f", by `{label}`" for label in row.labels)
    return f"| `{row.name}` | {row.says.rstrip('.')}{labels} |"
