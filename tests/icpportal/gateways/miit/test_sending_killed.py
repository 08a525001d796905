"""Killed at any step, suspended, or run twice: in the end the ministry has each report once, with one outcome."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from icpportal.gateways.miit.line import lease, outcome_queue, sender_calls
from icpportal.gateways.miit.line import sequence as numbering
from icpportal.gateways.miit.models import Outcome, Report
from icpportal.gateways.miit.outgoing import report_queue, sender
from icpportal.gateways.miit.outgoing.sender import send_due
from icpportal.gateways.miit.types import AnswerKind
from tests.icpportal.gateways.miit.sending_world import (
    MINUTE,
    NOW,
    Killed,
    KilledOnTheWay,
    arrange,
    files,
    line,
    no_heartbeat,
    queue_reports,
    states,
)


@pytest.fixture
def ministry(transactional_db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


def before(function):
    def killed(*args, **named):
        raise Killed

    return killed


def after(function):
    def killed(*args, **named):
        function(*args, **named)
        raise Killed

    return killed


STEPS = {
    "while the report is built": (sender.file_builder, "build", before),
    "before it is numbered": (numbering, "number", before),
    "inside the transaction of the number": (numbering.UploadFile.objects, "create", after),
    "when it has its number": (numbering, "number", after),
    "before the sending is noted": (numbering, "note_sending", before),
    "when the sending is noted": (numbering, "note_sending", after),
    "inside the upload": (None, "", KilledOnTheWay),
    "when the ministry has it": (None, "", Killed),
    "before the answer is noted": (numbering, "accept", before),
    "inside the transaction of the answer": (outcome_queue, "record_accepted", after),
    "when the answer is noted": (numbering, "accept", after),
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_next_round_ends_with_one_file_and_one_outcome(ministry, monkeypatch, step):
    queue_reports(2)
    place, name, kind = STEPS[step]
    with monkeypatch.context() as short:
        short.setattr(lease.Lease, "give_back", lambda _lease: None)  # nobody cleans up after the killed process
        if place:
            short.setattr(place, name, kind(getattr(place, name)))
        else:
            ministry.uploads.append(kind)
        with pytest.raises(Killed):
            send_due(now=NOW)

    assert send_due(now=NOW + MINUTE).reason == sender.BUSY
    no_heartbeat()
    send_due(now=NOW + MINUTE)

    assert (files(), states(), line().last_sequence) == ([(1, True), (2, True)], ["accepted", "accepted"], 2)
    assert sorted(ministry.taken) == [1, 2]
    told = [(answer.kind, answer.report_key) for answer in outcome_queue.waiting()]
    assert told == [(AnswerKind.ACCEPTED, "TR-1.1"), (AnswerKind.ACCEPTED, "TR-2.1")]


def test_what_the_ministry_accepted_before_the_kill_is_not_resent(ministry):
    queue_reports()
    ministry.uploads.append(Killed)
    with pytest.raises(Killed):
        send_due(now=NOW)

    no_heartbeat()
    send_due(now=NOW + MINUTE)

    assert ministry.calls == [("upload", 1), ("previous", None)]


def test_an_overtaken_suspended_sender_changes_nothing_when_it_wakes(ministry):
    queue_reports(2)
    overtaker = []

    def sleep():
        ministry.before_upload = lambda: None
        no_heartbeat()
        overtaker.append(send_due(now=NOW + MINUTE))

    ministry.before_upload = sleep

    woken = send_due(now=NOW)

    assert overtaker[0].accepted == 2
    assert (woken.accepted, woken.reason) == (0, sender.TAKEN_OVER)
    assert (files(), Outcome.objects.count()) == ([(1, True), (2, True)], 2)
    assert (line().holder, line().sending_stopped_at) == ("", None)


def test_a_sender_overtaken_while_building_assigns_no_number(ministry, monkeypatch):
    queue_reports(2)
    build, overtaker = sender.file_builder.build, []

    def slow(row, sequence):
        packed = build(row, sequence)
        if not overtaker:
            overtaker.append("on its way")
            no_heartbeat()
            overtaker.append(send_due(now=NOW + MINUTE))
        return packed

    monkeypatch.setattr(sender.file_builder, "build", slow)

    assert send_due(now=NOW).reason == sender.TAKEN_OVER
    assert (files(), ministry.sent) == ([(1, True), (2, True)], [1, 2])


def together(count, work):
    start, results, problems = threading.Barrier(count), [], []

    def run():
        start.wait()
        try:
            results.append(work())
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    return results


def test_four_senders_at_once_send_each_report_once(ministry):
    queue_reports(12, at=timezone.now())
    slow = threading.Event()
    ministry.before_upload = lambda: slow.wait(0.02)

    def work():
        return sum(send_due().accepted for _ in range(6))

    first_ones = sum(together(4, work))

    assert first_ones > 0
    assert first_ones + send_due().accepted == 12
    assert ministry.sent == list(range(1, 13))
    assert files() == [(number, True) for number in range(1, 13)]
    assert Outcome.objects.count() == 12


def test_one_report_queued_by_four_at_once_is_one_row(ministry):
    from tests.icpportal.gateways.miit.sending_world import access

    rows = together(4, lambda: report_queue.queue(access()).pk)

    assert len(set(rows)) == 1
    assert Report.objects.count() == 1


def test_each_call_renews_the_lease_before_it_is_sent_and_before_its_answer_counts(ministry, monkeypatch):
    queue_reports()
    order = []
    renew, upload = lease.Lease.renew, ministry.upload
    monkeypatch.setattr(lease.Lease, "renew", lambda self, **noted: (order.append("renewed"), renew(self, **noted)))
    monkeypatch.setattr(ministry, "upload", lambda *args: (order.append("sent"), upload(*args))[1])
    monkeypatch.setattr(numbering, "note_sending", lambda *args, **named: order.append("noted"))

    send_due(now=NOW)

    assert order[-4:] == ["renewed", "noted", "sent", "renewed"]
    assert sender_calls.Ministry is ministry
