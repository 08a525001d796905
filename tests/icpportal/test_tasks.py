"""The tasks of the workers, and how often beat sends them."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
import yaml
from django.conf import settings as portal_settings
from django.utils import timezone

from demo.management.commands.demo import parts
from icpportal import tasks
from icpportal.celery import app
from icpportal.models import Heartbeat
from icpportal.operations import heartbeat

ONE_LINE = {
    tasks.deliver_codes: ("delivery.drain", (), {"codes": True}),
    tasks.deliver_outbox: ("delivery.drain", (), {"codes": False}),
    tasks.ask_receipts: ("supplier_reports.ask", ()),
    tasks.send_reports: ("ministry.authority", ()),
    tasks.pull_answers: ("authority.pull", (), {"if_due": True}),
    tasks.ask_phones: ("phone_windows.ask", ()),
    tasks.examine_document: ("examination.examine", ("an-id",)),
    tasks.clear_documents: ("deletion.clear_of", ("a-holder",)),
    tasks.sweep_documents: ("sweeping.sweep_documents", ()),
    tasks.sweep_deadlines: ("deadlines.sweep", ()),
    tasks.finish_decisions: ("decisions.finish_due", ()),
    tasks.finish_lone_requests: ("approvals.finish_due", ()),
    tasks.store_bodies: ("bodies.store", ()),
    tasks.run_import: ("runner.run", ("an-id",)),
    tasks.sweep_imports: ("runner.sweep", ()),
    tasks.reconcile: ("reconciliation.reconcile", ()),
    tasks.sweep_rights: ("rights.sweep", ()),
    tasks.build_export: ("exports.run", ("an-id",)),
    tasks.check_footers: ("footers.check_asked", ()),
    tasks.count_durations: ("counting.count_days", ()),
    tasks.count_desk: ("desk.count_days", ()),
    tasks.fill_natures: ("backfill.fill_natures", ()),
    tasks.keep_audit: ("checkpoints.keep", ()),
    tasks.retain: ("retention.retain", ()),
    tasks.tidy: ("cleanup.cleanup", ()),
    tasks.watch: ("watching.watch", ()),
    tasks.heartbeat: ("parts.examine", ()),
}
GO_ON = {
    tasks.examine_document,
    tasks.clear_documents,
    tasks.sweep_documents,
    tasks.store_bodies,
    tasks.reconcile,
    tasks.keep_audit,
    tasks.count_durations,
    tasks.count_desk,
    tasks.fill_natures,
    tasks.heartbeat,
    tasks.watch,
}


@pytest.mark.parametrize("task", ONE_LINE, ids=lambda task: task.__name__)
def test_each_task_does_the_one_thing_it_is_named_after(task, monkeypatch):
    where, arguments, *how = ONE_LINE[task]
    done = Mock()
    monkeypatch.setattr(f"icpportal.tasks.{where}", done)
    monkeypatch.setattr("icpportal.tasks.restored.is_held", lambda: False)
    monkeypatch.setattr("icpportal.tasks.clock_jumps.refuse_doubtful", lambda: None)

    assert task(*arguments) is None

    done.assert_called_once_with(*arguments, **(how[0] if how else {}))


@pytest.mark.parametrize("task", ONE_LINE, ids=lambda task: task.__name__)
def test_in_a_restored_portal_only_tasks_that_send_nothing_and_move_no_deadline_run(task, monkeypatch):
    where, arguments, *_how = ONE_LINE[task]
    done = Mock()
    monkeypatch.setattr(f"icpportal.tasks.{where}", done)
    monkeypatch.setattr("icpportal.tasks.restored.is_held", lambda: True)
    monkeypatch.setattr("icpportal.tasks.clock_jumps.refuse_doubtful", lambda: None)

    task(*arguments)

    assert done.called is (task in GO_ON)


def test_a_task_that_goes_on_in_a_restored_portal_does_not_ask_whether_it_is_one(monkeypatch):
    monkeypatch.setattr("icpportal.tasks.examination.examine", done := Mock())
    monkeypatch.setattr("icpportal.tasks.restored.is_held", asked := Mock(return_value=True))

    tasks.examine_document("an-id")

    assert (done.called, asked.called) == (True, False)


def test_every_task_of_the_portal_is_one_of_these():
    ours = {name for name in app.tasks if name.startswith("icpportal.")}

    assert ours == {task.name for task in ONE_LINE}
    assert ours == {f"icpportal.tasks.{task.__name__}" for task in ONE_LINE}


def test_beat_sends_every_sweep_and_drops_what_no_worker_took():
    plan = {
        entry["task"]: (entry["schedule"], entry["options"]["expires"]) for entry in app.conf.beat_schedule.values()
    }

    assert plan == {
        "icpportal.tasks.deliver_codes": (5, 5),
        "icpportal.tasks.deliver_outbox": (5, 5),
        "icpportal.tasks.ask_receipts": (60, 60),
        "icpportal.tasks.send_reports": (3, 3),
        "icpportal.tasks.pull_answers": (3, 3),
        "icpportal.tasks.ask_phones": (3, 3),
        "icpportal.tasks.sweep_documents": (20, 20),
        "icpportal.tasks.sweep_deadlines": (60, 60),
        "icpportal.tasks.finish_decisions": (10, 10),
        "icpportal.tasks.finish_lone_requests": (60, 60),
        "icpportal.tasks.sweep_imports": (60, 60),
        "icpportal.tasks.store_bodies": (60, 60),
        "icpportal.tasks.heartbeat": (60, 60),
        "icpportal.tasks.watch": (60, 60),
        "icpportal.tasks.reconcile": (600, 600),
        "icpportal.tasks.sweep_rights": (60, 60),
        "icpportal.tasks.check_footers": (20, 20),
        "icpportal.tasks.count_durations": (3600, 3600),
        "icpportal.tasks.count_desk": (3600, 3600),
        "icpportal.tasks.fill_natures": (60, 60),
        "icpportal.tasks.keep_audit": (60, 60),
        "icpportal.tasks.retain": (3600, 3600),
        "icpportal.tasks.tidy": (3600, 3600),
    }
    assert set(plan) <= set(app.tasks)


def test_workers_have_the_measured_settings():
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
def test_on_redis_an_unfinished_task_is_redelivered_soon_after_the_longest_task_time():
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

    assert app.conf.broker_transport == "icpportal.operations.file_broker:Transport"
    assert all(str(folder).startswith(f"{portal_settings.VAR_DIR}/broker/") for folder in folders.values())


@pytest.mark.django_db
def test_a_successful_task_leaves_a_heartbeat_and_a_failed_one_does_not(monkeypatch):
    monkeypatch.setattr("icpportal.tasks.deadlines.sweep", Mock())
    monkeypatch.setattr("icpportal.tasks.authority.pull", Mock(side_effect=RuntimeError("no")))

    tasks.sweep_deadlines.apply()
    tasks.pull_answers.apply()

    assert {row.name for row in Heartbeat.objects.all()} == {"sweep_deadlines", "queue:rest", "queue:ministry"}


@pytest.mark.django_db
def test_a_heartbeat_is_written_at_most_once_in_five_seconds(django_assert_num_queries):
    now = timezone.now()
    heartbeat.record_heartbeat("sweep_deadlines", now=now)

    with django_assert_num_queries(0):
        heartbeat.record_heartbeat("sweep_deadlines", now=now + timedelta(seconds=4))
    heartbeat.recorded.clear()  # in another process
    with django_assert_num_queries(1):
        heartbeat.record_heartbeat("sweep_deadlines", now=now + timedelta(seconds=4))
    heartbeat.recorded.clear()
    heartbeat.record_heartbeat("sweep_documents", now=now + timedelta(seconds=4))
    assert heartbeat.age("sweep_deadlines", now) == timedelta(0)

    Heartbeat.objects.filter(name="sweep_deadlines").update(well=False, trouble="refused")
    with django_assert_num_queries(2):
        heartbeat.record_heartbeat("sweep_deadlines", now=now + timedelta(seconds=6))
    assert heartbeat.age("sweep_deadlines", now + timedelta(seconds=6)) == timedelta(0)
    assert list(Heartbeat.objects.filter(well=True, trouble="").values_list("name", flat=True).order_by("name")) == [
        "sweep_deadlines",
        "sweep_documents",
    ]


@pytest.mark.django_db
def test_a_clock_that_was_set_back_does_not_silence_a_heartbeat():
    now = timezone.now()
    heartbeat.record_heartbeat("sweep_deadlines", now=now)

    heartbeat.record_heartbeat("sweep_deadlines", now=now - timedelta(seconds=4))

    assert heartbeat.age("sweep_deadlines", now) == timedelta(seconds=4)


@pytest.mark.django_db
def test_a_job_and_its_queue_are_queried_together(django_assert_num_queries):
    now = timezone.now()
    heartbeat.record_job("sweep_deadlines", "rest", is_well=True, now=now)

    heartbeat.recorded.clear()  # in another process
    with django_assert_num_queries(1):
        heartbeat.record_job("sweep_deadlines", "rest", is_well=True, now=now + timedelta(seconds=4))
    heartbeat.record_job("sweep_deadlines", "rest", is_well=False, now=now + timedelta(seconds=6))

    later = now + timedelta(seconds=6)
    assert heartbeat.age("sweep_deadlines", later) == timedelta(seconds=6)
    assert heartbeat.queue_ages(later)["rest"] == timedelta(0)


@pytest.mark.django_db
def test_the_age_of_a_queue_is_that_of_its_last_finished_job():
    now = timezone.now()
    heartbeat.record_heartbeat("queue:codes", now=now - timedelta(seconds=20))
    heartbeat.record_heartbeat("sweep_deadlines", now=now)

    nobody = dict.fromkeys(portal_settings.QUEUES)
    assert heartbeat.queue_ages(now) == nobody | {"codes": timedelta(seconds=20)}


# --- queues ------------------------------------------------------------------------------------


def test_each_task_has_one_queue_and_every_sender_uses_it():
    queued = [f"icpportal.tasks.{task}" for tasks in portal_settings.QUEUES.values() for task in tasks]
    assert sorted(queued) == sorted(f"icpportal.tasks.{task.__name__}" for task in ONE_LINE)

    for name, names in portal_settings.QUEUES.items():
        for task in names:
            assert app.amqp.router.route({}, f"icpportal.tasks.{task}")["queue"].name == name


def test_codes_pictures_and_the_ministry_wait_for_nothing_else():
    queues = {task: name for name, tasks in portal_settings.QUEUES.items() for task in tasks}
    apart = ("deliver_codes", "examine_document", "pull_answers", "sweep_deadlines")

    assert len({queues[task] for task in apart}) == len(apart)
    assert queues["send_reports"] == queues["pull_answers"] == queues["ask_phones"]


def queues_of(command):
    return set(command[command.index("--queues") + 1].split(","))


def test_the_workers_of_the_demo_and_of_the_compose_file_serve_every_queue():
    every = set(portal_settings.QUEUES)
    services = yaml.safe_load((portal_settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    workers = {name: queues_of(each["command"]) for name, each in services.items() if name.startswith("worker")}
    (demo,) = [part for part in parts(8000, 8001) if part.name == "worker"]

    assert queues_of(demo.command) == every
    assert set.union(*workers.values()) == every
    assert sum(map(len, workers.values())) == len(every)
    for name in workers:
        assert services[name]["environment"] == services["web"]["environment"]


def test_pages_and_codes_get_processor_time_before_pictures_and_reports():
    services = yaml.safe_load((portal_settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    shares = {name: each.get("cpu_shares", 1024) for name, each in services.items() if "build" in each}
    (demo,) = [part for part in parts(8000, 8001) if part.name == "worker"]

    assert {name for name, share in shares.items() if share < shares["web"]} == {
        "worker",
        "worker-ministry",
        "worker-pictures",
    }
    assert [part.name for part in parts(8000, 8001) if part.niceness] == [demo.name]


def test_no_worker_publishes_what_nobody_reads():
    """Each would wake up every two seconds to say that it is there."""
    services = yaml.safe_load((portal_settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    commands = [each["command"] for name, each in services.items() if name.startswith("worker")]

    assert commands
    for command in commands:
        assert command[-3:] == ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def test_each_job_that_calls_the_ministry_has_its_own_child_process():
    """A hanging one delays no other; a second one of the same kind finds the lease taken and ends."""
    services = yaml.safe_load((portal_settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    command = services["worker-ministry"]["command"]

    children = int(command[command.index("--concurrency") + 1])

    assert children >= len(portal_settings.QUEUES["ministry"])


def test_a_worker_started_without_queues_serves_every_one():
    """An operator's own older start script still works."""
    assert set(app.amqp.queues.consume_from) == set(portal_settings.QUEUES)
