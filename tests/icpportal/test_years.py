"""Year three is as fast as day one: ended orders add no queries and no whole-table reads to any job of beat."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as portal
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string

from icpportal.gateways import health, storage
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.incoming import inbox
from icpportal.models import Heartbeat
from icpportal.time_format import BEIJING
from tests.icpportal.gateways.miit.sending_world import arrange
from tests.transfers import states
from tests.years import fill, hold
from transfers.models import DeskDay, Order
from transfers.review.figures.daily_count import DESK
from verification.documents import rounds
from verification.models import FileRound

pytestmark = pytest.mark.django_db

SMALL, LARGE = 20, 2_000
IS_ABOUT_WHAT_IS_OVER = {"icpportal.tasks.retain"}  # and deletes it: tests/transfers/retention
JOBS = sorted({str(entry["task"]) for entry in portal.CELERY_BEAT_SCHEDULE.values()} - IS_ABOUT_WHAT_IS_OVER)
TABLES = (
    "transfers_order", "transfers_orderevent", "transfers_orderdocument", "transfers_duty", "verification_document",
    "verification_servicecode", "outbox_message", "miit_report", "miit_uploadfile", "miit_inboxfile", "miit_outcome",
    "filings_subject", "filings_website", "filings_access", "transfers_phonecheck", "transfers_typecheck",
    "transfers_reviewround", "transfers_parkedanswer", "alarms_alarm", "verification_backdrop", "verification_consent",
)  # fmt: skip
READ_WHOLE = re.compile(rf"Seq Scan on ({'|'.join(TABLES)})\b")
RESTS = {"icpportal.tasks.fill_natures"}  # with nothing left it makes no query: tests/transfers/review/search
ASKS = ("SELECT", "UPDATE", "DELETE")


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A ministry without news, no outside systems, all files present, batches of ten."""
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.gateway.MinistryAuthority"
    arrange(monkeypatch, settings)
    monkeypatch.setattr(inbox, "fetch", lambda **_: 0)
    monkeypatch.setattr(health, "examine", lambda **_: [])
    monkeypatch.setattr(storage, "days", lambda _alias: [])
    monkeypatch.setattr(rounds, "listing", lambda _alias, _day: set())
    monkeypatch.setattr(rounds, "lost_documents", lambda _references: [])
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 10)
    monkeypatch.setattr(rounds, "PORTION", 10)


def asked_by(job: str) -> list[str]:
    """The statements of one run, started at the beginning of a round and a minute."""
    FileRound.objects.all().delete()
    Heartbeat.objects.all().delete()
    run: Callable[[], None] = import_string(job)
    with CaptureQueriesContext(connection) as asked, suppress(Retryable, Refused):  # no outside system in a test
        run()
    return [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]  # those are the test's own


def count_every_day() -> None:
    """As after the first hours of a portal: each past day is counted, and none is left."""
    now = timezone.now()
    days = (now.astimezone(BEIJING).date() - timedelta(days=ago) for ago in range(1, DESK.window.days + 1))
    DeskDay.objects.bulk_create(DeskDay(day=day, counted_at=now) for day in days)


def test_no_job_makes_more_queries_because_the_archive_grew() -> None:
    fill(SMALL)
    count_every_day()
    for job in JOBS:
        asked_by(job)
    small = {job: len(asked_by(job)) for job in JOBS}
    fill(LARGE - SMALL, begin=SMALL)

    large = {job: len(asked_by(job)) for job in JOBS}

    assert Order.objects.count() == LARGE
    assert large == small
    assert {job for job, number in small.items() if not number} <= RESTS


def test_no_job_makes_more_queries_because_more_is_in_hand_with_nothing_due() -> None:
    """Rows in hand, all with future dates: the clock stands still, or a slow machine makes some due."""
    with time_machine.travel(timezone.now(), tick=False):
        hold(SMALL)
        for job in JOBS:
            asked_by(job)
        small = {job: len(asked_by(job)) for job in JOBS}
        hold(LARGE - SMALL, begin=SMALL)

        large = {job: len(asked_by(job)) for job in JOBS}

    assert Order.objects.exclude(state__in=states.ENDED).values("state").annotate(n=Count("pk")).count() == 11
    assert Order.objects.filter(state=states.LAPSED).count() == LARGE
    assert large == small


@pytest.mark.services
def test_no_job_reads_whole_tables() -> None:
    fill(10_000)
    hold(100)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    whole = {
        f"{job.rpartition('.')[2]}: {sql[:300]}": plan
        for job in sorted(set(JOBS) - RESTS)
        for sql in asked_by(job)
        if sql.startswith(ASKS) and READ_WHOLE.search(plan := explain(sql))
    }

    assert whole == {}
    assert READ_WHOLE.search(explain("SELECT 1 FROM transfers_order WHERE rule_profile = 'x'"))  # it can


def explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())
