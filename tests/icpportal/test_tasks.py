"""What workers do, and how often they are asked to."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.conf import settings as portal_settings
from django.utils import timezone

from icpportal import pulse, tasks
from icpportal.celery import app
from icpportal.models import Pulse

ONE_LINE = {
    tasks.deliver_outbox: ("delivery.drain", ()),
    tasks.send_reports: ("seam.authority", ()),
    tasks.pull_answers: ("authority.pull", ()),
    tasks.ask_phones: ("phone_windows.ask", ()),
    tasks.examine_document: ("examination.examine", ("an-id",)),
    tasks.sweep_documents: ("sweeping.sweep_documents", ()),
    tasks.sweep_deadlines: ("deadlines.sweep", ()),
    tasks.run_import: ("running.run", ("an-id",)),
    tasks.sweep_imports: ("running.sweep", ()),
    tasks.reconcile: ("reconciliation.reconcile", ()),
    tasks.tidy: ("tidying.tidy", ()),
    tasks.heartbeat: ("pulse.ask_gateways", ()),
}


@pytest.mark.parametrize("task", ONE_LINE, ids=lambda task: task.__name__)
def test_each_task_does_the_one_thing_it_is_named_for(task, monkeypatch):
    where, arguments = ONE_LINE[task]
    done = Mock()
    monkeypatch.setattr(f"icpportal.tasks.{where}", done)

    assert task(*arguments) is None

    done.assert_called_once_with(*arguments)


def test_every_task_of_the_portal_is_one_of_these():
    ours = {name for name in app.tasks if name.startswith("icpportal.")}

    assert ours == {task.name for task in ONE_LINE}
    assert ours == {f"icpportal.tasks.{task.__name__}" for task in ONE_LINE}


def test_beat_asks_for_every_sweep_and_drops_what_no_worker_took():
    plan = {
        entry["task"]: (entry["schedule"], entry["options"]["expires"]) for entry in app.conf.beat_schedule.values()
    }

    assert plan == {
        "icpportal.tasks.deliver_outbox": (5, 5),
        "icpportal.tasks.send_reports": (3, 3),
        "icpportal.tasks.pull_answers": (3, 3),
        "icpportal.tasks.ask_phones": (3, 3),
        "icpportal.tasks.sweep_documents": (20, 20),
        "icpportal.tasks.sweep_deadlines": (60, 60),
        "icpportal.tasks.sweep_imports": (60, 60),
        "icpportal.tasks.heartbeat": (60, 60),
        "icpportal.tasks.reconcile": (600, 600),
        "icpportal.tasks.tidy": (3600, 3600),
    }
    assert set(plan) <= set(app.tasks)


def test_workers_are_set_as_they_were_measured():
    told = {
        name: getattr(app.conf, name)
        for name in (
            "task_acks_late",
            "task_reject_on_worker_lost",
            "worker_prefetch_multiplier",
            "task_ignore_result",
            "accept_content",
            "task_always_eager",
        )
    }

    assert told == {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_ignore_result": True,
        "accept_content": ["json"],
        "task_always_eager": False,
    }


@pytest.mark.services
def test_on_redis_an_unfinished_task_comes_back_soon_after_the_longest_a_task_may_take():
    options = app.conf.broker_transport_options

    assert options == {
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 4,
        "socket_timeout": 10,
    }
    assert options["visibility_timeout"] >= 2 * app.conf.task_time_limit


@pytest.mark.sqlite
def test_without_redis_the_broker_is_a_folder_of_ours():
    folders = {name: value for name, value in app.conf.broker_transport_options.items() if "folder" in name}

    assert app.conf.broker_transport == "icpportal.broker:Transport"
    assert all(str(folder).startswith(f"{portal_settings.VAR_DIR}/broker/") for folder in folders.values())


@pytest.mark.django_db
def test_a_task_that_ended_well_leaves_a_pulse_and_one_that_did_not_leaves_none(monkeypatch):
    monkeypatch.setattr("icpportal.tasks.deadlines.sweep", Mock())
    monkeypatch.setattr("icpportal.tasks.authority.pull", Mock(side_effect=RuntimeError("no")))

    tasks.sweep_deadlines.apply()
    tasks.pull_answers.apply()

    assert [row.name for row in Pulse.objects.all()] == ["sweep_deadlines"]


@pytest.mark.django_db
def test_a_pulse_is_written_at_most_once_in_five_seconds(django_assert_num_queries):
    now = timezone.now()
    pulse.beat("sweep_deadlines", now=now)

    with django_assert_num_queries(1):
        pulse.beat("sweep_deadlines", now=now + timedelta(seconds=4))
    pulse.beat("sweep_documents", now=now + timedelta(seconds=4))
    assert pulse.age("sweep_deadlines", now) == timedelta(0)

    pulse.beat("sweep_deadlines", now=now + timedelta(seconds=6))
    assert pulse.age("sweep_deadlines", now + timedelta(seconds=6)) == timedelta(0)


@pytest.mark.django_db
def test_the_workers_age_is_that_of_the_job_done_last_gateways_left_out():
    now = timezone.now()
    assert pulse.worker_age(now) is None

    Pulse.objects.create(name="gateway:sms", at=now)
    pulse.beat("sweep_deadlines", now=now - timedelta(seconds=50))
    pulse.beat("deliver_outbox", now=now - timedelta(seconds=20))

    assert pulse.worker_age(now) == timedelta(seconds=20)
