"""A key missing in `PII_KEYS`: every job ends, the list pages open, one alarm reports it."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.outgoing import report_queue, sender
from icpportal.gateways.miit.types import AnswerKind
from icpportal.operations import cleanup, reconcile
from icpportal.outbox import delivery
from icpportal.outbox.models import Message
from tests.bad import aside, causes
from tests.icpportal.gateways.miit.sending_world import access, arrange
from tests.transfers import states
from tests.transfers.builders import fire, make_order, make_user, sign_in
from tests.transfers.cancels import make_website
from transfers.authority import results as authority
from transfers.deadlines import sweep as deadlines
from verification.documents import sweep as sweeping

pytestmark = pytest.mark.django_db
NOW = timezone.now()
JOBS: dict[str, Callable[[], Any]] = {
    "deliver_outbox": delivery.deliver,
    "send_reports": sender.send_due,
    "downloads": inbox.process,
    "pull_answers": lambda: authority._take_all(authority.authority(), authority.take_answer, NOW),
    "sweep_deadlines": deadlines.sweep,
    "sweep_documents": sweeping.sweep_documents,
    "tidy": cleanup.cleanup,
    "reconcile": reconcile.reconcile,
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """Something for every job, all sealed with a key that is then dropped; returns its owner."""
    arrange(monkeypatch, settings)
    monkeypatch.setattr(inbox, "fetch", lambda **_: 0)
    settings.AUTHORITY_TELLS_PHONES = False
    owner = make_user()
    make_website(owner)
    make_order(owner, due_at=NOW - timedelta(hours=1))
    make_order(owner, state=states.PHONE_DUE, province="12", due_at=NOW - timedelta(hours=1))
    waits = make_order(owner, state=states.AUTHORITY_REVIEW)
    fire(make_order(owner, state=states.SUBMITTED), "refuse", "lead", facts={"reason": {"zh": "x", "en": "x"}})
    report_queue.queue(access(reference="TR-1"))
    outcome_queue.record(AnswerKind.GRANTED, once="a", report=report_queue.queue(access(reference=waits.reference)))
    settings.PII_KEYS = "new:" + settings.PII_KEYS.partition(":")[2]
    return owner


def test_every_job_ends_and_one_alarm_is_open_whatever_the_jobs_meet(world: Any) -> None:
    for job in JOBS.values():
        job()

    assert [cause for cause in causes() if not cause.startswith("orders.")] == ["privacy.key_missing"]
    jobs = {job for job, _reference in aside()}
    assert jobs >= {"answers.read", "deadlines.due", "outbox.messages", "reports.built"}


def test_with_the_key_back_one_command_resumes_everything(world: Any, settings: Any) -> None:
    for job in JOBS.values():
        job()
    settings.PII_KEYS += ",demo:" + settings.PII_KEYS.partition(":")[2]

    call_command("set_aside", "--again", stdout=StringIO())
    for job in JOBS.values():
        job()

    assert (aside(), "privacy.key_missing" in causes()) == ([], False)
    assert not Message.objects.filter(state="waiting").exclude(channel="authority").filter(attempts__gt=1).exists()


@pytest.mark.parametrize("name", ["dashboard", "notifications", "service-codes", "verify-type", "import"])
def test_pages_open(client: Client, world: Any, name: str) -> None:
    assert sign_in(client, world).get(reverse(name)).status_code == 200
