"""A database older than the ministry's data: noticed before anything is sent, and put in order."""

import pytest

from icpportal.gateways.miit.client.client import PreviousReply
from icpportal.gateways.miit.line import line_state, sequence
from icpportal.gateways.miit.line.lease import LeaseLost
from icpportal.gateways.miit.line.sender_calls import Caller
from icpportal.gateways.miit.models import MinistryLine, Report, UploadFile
from icpportal.gateways.miit.operations import actions as operations
from icpportal.gateways.miit.operations.status import interface_status
from icpportal.gateways.miit.outgoing import report_queue, sender
from icpportal.gateways.miit.outgoing.sender import send_due
from tests.icpportal.gateways.miit.sending_world import MINUTE, NOW, arrange, files, line, queue_reports, states

LATER = NOW + sender.HEARD


@pytest.fixture
def ministry(db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


def restore_backup(count):
    """The reports before the ministry accepted the first `count` of them; all are queued again."""
    UploadFile.objects.filter(sequence__lte=count).delete()
    Report.objects.update(state="queued")
    MinistryLine.objects.update(last_sequence=0, number_heard_at=NOW, sent_at=None)


def test_a_number_ahead_of_ours_stops_sending_before_anything_goes_and_says_what_to_do(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)
    restore_backup(1)
    ministry.calls.clear()

    reason = send_due(now=LATER).reason

    assert reason.startswith("14: the ministry has accepted files that are not known here")
    assert (ministry.calls, states()) == ([("previous", None)], ["queued", "queued"])
    assert (line().sending_stopped_at, line().fetching_stopped_at) == (LATER, None)
    assert "miit resync --yes --after-restore" in interface_status(now=LATER).sending_stopped.to_do


def test_it_stops_too_when_a_file_had_its_number_in_the_backup(ministry, monkeypatch):
    """It is not sent with a number that another file may have."""
    queue_reports(3)
    number_one(monkeypatch)
    ministry.last, ministry.taken = 2, {1: None, 2: None}
    monkeypatch.setattr(ministry, "previous_upload", lambda **_: PreviousReply(0, "", 2, "another", ""))

    assert send_due(now=LATER).reason.startswith("14: ")
    assert ministry.sent == []


def number_one(monkeypatch):
    def killed(*_given):
        raise LeaseLost

    with monkeypatch.context() as short:
        short.setattr(Caller, "upload", killed)
        send_due(now=NOW)
    assert files() == [(1, False)]


def test_the_last_number_is_requested_after_ten_minutes_and_not_before(ministry):
    """One query per burst of reports, and none for a line with nothing to send."""
    send_due(now=LATER)
    queue_reports(3, at=NOW)
    send_due(now=NOW + 9 * MINUTE, limit=1)
    send_due(now=NOW + 18 * MINUTE, limit=1)
    send_due(now=NOW + 28 * MINUTE, limit=1)

    assert [call for call, _ in ministry.calls] == ["upload", "upload", "previous", "upload"]


def test_after_a_clock_was_set_back_it_is_requested(ministry):
    MinistryLine.objects.update(number_heard_at=NOW + 60 * MINUTE)
    queue_reports()
    send_due(now=NOW)

    assert ministry.calls == [("previous", None), ("upload", 1)]


@pytest.mark.parametrize(("went", "reason"), [(1, ""), (2, "14: the ministry's last file is not ours")])
def test_a_backup_of_minutes_ago_is_noticed_by_the_ministrys_14(ministry, went, reason):
    """The one file sent since is recognised by its hash."""
    queue_reports(2)
    send_due(now=NOW, limit=went)
    restore_backup(went)

    assert send_due(now=NOW + MINUTE).reason.startswith(reason)
    assert sorted(ministry.taken) == [1, 2]


def test_the_one_report_sent_since_is_recognised_by_its_hash_and_nothing_is_parked(ministry):
    queue_reports(3)
    send_due(now=NOW, limit=1)
    restore_backup(1)

    plan = operations.resync(now=LATER, after_restore=True)

    assert (plan.unknown, plan.parked, states()) == ((1,), (), ["accepted", "queued", "queued"])
    assert sequence.read_stored(UploadFile.objects.get()).digest == ministry.taken[1].digest
    assert send_due(now=LATER).accepted == 2
    assert ministry.sent == [1, 2, 3]


def test_of_several_the_last_is_recognised_and_the_others_are_parked_until_their_answer_comes(ministry):
    queue_reports(4)
    send_due(now=NOW, limit=2)
    restore_backup(2)
    said = []

    plan = operations.resync(now=LATER, after_restore=True, tell=said.append)

    assert (plan.unknown, plan.parked) == ((1, 2), ("TR-1.1", "TR-3.1", "TR-4.1"))
    assert states() == ["parked", "accepted", "parked", "parked"]
    assert Report.objects.get(reference="TR-1").reason == (
        "may be with the ministry under a number from 1 to 2, given after the restored backup"
    )
    assert said[2:] == [
        "comparing their last file with TR-1.1 (1 of 4) …",
        "comparing their last file with TR-2.1 (2 of 4) …",
        "it is TR-2.1: accepted",
        "parked, because they may be there: TR-1.1, TR-3.1, TR-4.1",
    ]
    assert (send_due(now=LATER).accepted, line().last_sequence) == (0, 2)
    operations.unpark("TR-3.1", now=LATER)
    assert (send_due(now=LATER).accepted, ministry.sent[-1]) == (1, 3)


def test_a_file_that_had_its_number_was_sent_next_and_counts_as_accepted(ministry, monkeypatch):
    queue_reports(3)
    number_one(monkeypatch)
    monkeypatch.setattr(ministry, "previous_upload", lambda **_: PreviousReply(0, "", 2, "another", ""))

    plan = operations.resync(now=LATER, after_restore=True)

    assert (plan.becomes, plan.unknown, files()) == ("must have been accepted", (2,), [(1, True)])
    assert (states(), line().last_sequence) == (["accepted", "parked", "parked"], 2)


def test_after_a_restore_that_lost_nothing_nothing_is_parked(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)

    plan = operations.resync(now=LATER, after_restore=True)

    assert (plan.unknown, plan.parked, plan.changes, states()) == ((), (), False, ["accepted", "queued"])
    assert send_due(now=LATER).accepted == 1


def test_without_the_word_restore_nothing_is_parked(ministry):
    """Another system reported with this ispId, and is now switched off."""
    queue_reports(1)
    ministry.last, ministry.taken = 7, dict.fromkeys(range(1, 8))
    monkey = PreviousReply(0, "", 7, "another", "")
    ministry.questions.extend([monkey, monkey])
    assert send_due(now=LATER).reason.startswith("14: ")

    assert operations.resync(now=LATER).unknown == tuple(range(1, 8))

    assert (send_due(now=LATER).accepted, ministry.sent) == (1, [8])


def test_a_stopped_line_is_not_queried_repeatedly(ministry):
    queue_reports(1)
    line_state.stop(line().pk, "14: x", (sender.Way.SENDING,), now=NOW)

    for minutes in range(3):
        send_due(now=LATER + minutes * MINUTE)

    assert (ministry.calls, report_queue.next_due(LATER) is not None) == ([], True)
