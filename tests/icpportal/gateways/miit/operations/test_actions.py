"""Manual actions of operations, and the messages when they are impossible."""

import pytest
from django.utils.translation import override

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.client.client import PreviousReply, UploadReply
from icpportal.gateways.miit.line import lease, outcome_queue
from icpportal.gateways.miit.models import MinistryLine, Report, UploadFile
from icpportal.gateways.miit.operations import actions as operations
from icpportal.gateways.miit.outgoing import report_queue, succession
from icpportal.gateways.miit.outgoing.sender import send_due
from icpportal.gateways.miit.types import AnswerKind
from tests.icpportal.gateways.miit.sending_world import (
    ISP,
    LOST_BEFORE,
    MINUTE,
    NOW,
    arrange,
    files,
    line,
    queue_reports,
    states,
)


@pytest.fixture
def ministry(db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


@pytest.fixture
def stuck(ministry):
    """Number 1 was accepted, number 2 was sent and refused for now."""
    queue_reports(2)
    ministry.uploads.extend([None, UploadReply(15)])
    send_due(now=NOW)
    assert files() == [(1, True), (2, False)]
    return ministry


def test_a_queued_report_is_parked_with_a_reason_and_released(ministry):
    row = queue_reports()[0]

    operations.park(row.key, "ask the customer", now=NOW)

    assert (states(), send_due(now=NOW).accepted) == (["parked"], 0)
    assert [(a.kind, a.words) for a in outcome_queue.waiting()] == [(AnswerKind.REPORT_FAILED, "ask the customer")]
    operations.unpark(row.key, now=NOW)
    assert send_due(now=NOW).accepted == 1


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: operations.park("TR-2.1", "why"), "sent until it is accepted"),
        (lambda: operations.park("TR-7.1", "why"), "no report TR-7.1"),
        (lambda: operations.unpark("TR-1.1"), "not parked"),
        (lambda: operations.resend(9), "no file with the number 9"),
        (lambda: operations.rebuild(9), "no file with the number 9"),
        (lambda: operations.rebuild(1), "was accepted"),
    ],
)
def test_an_impossible_action_says_why(stuck, settings, act, words):
    from django.utils import translation

    before = (files(), states())

    with translation.override("en"), pytest.raises(Refused, match=words):
        act()
    assert (files(), states()) == before


def test_resuming_the_line_clears_the_stop_and_both_waits(ministry):
    MinistryLine.objects.update(
        sending_stopped_at=NOW, sending_stopped_because="5: x", sending_waits_until=NOW, sending_waits_because="x",
        sending_tries=4, fetching_stopped_at=NOW, fetching_waits_until=NOW, fetching_waits_because="x",
    )  # fmt: skip

    operations.resume()

    assert (line().sending_stopped_at, line().sending_stopped_because, line().sending_waits_until) == (None, "", None)
    assert (line().fetching_stopped_at, line().fetching_waits_until, line().sending_tries) == (None, None, 0)


def test_an_accepted_file_is_sent_again_unchanged(stuck):
    first = stuck.taken.pop(1)

    operations.resend(1, now=NOW + MINUTE)

    assert stuck.taken[1] == first
    assert UploadFile.objects.get(sequence=1).sent_at == NOW
    assert (files(), line().last_sequence) == ([(1, True), (2, False)], 1)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ((2,), "The ministry has file 1 and does not take it a second time: nothing has to be done."),
        ((1, 2), "14: the ministry expects another number"),
        ((), "14: the ministry expects another number"),
    ],
)
def test_an_accepted_file_they_do_not_want_again_is_refused_with_their_code(stuck, missing, words):
    stuck.uploads.append(UploadReply(14, missing=missing))

    with override("en"), pytest.raises(Refused) as refusal:
        operations.resend(1, now=NOW)

    assert (refusal.value.code, str(refusal.value)) == ("14", words)


def test_a_forgotten_file_cannot_be_sent_again(stuck):
    UploadFile.objects.filter(sequence=1).update(key="", body=None)

    with pytest.raises(Refused):
        operations.resend(1, now=NOW)
    assert stuck.sent == [1, 2]


def test_operations_can_send_the_pending_file_at_once(stuck):
    operations.resend(2, now=NOW)

    assert send_due(now=NOW).accepted == 1


def test_a_file_is_built_again_with_its_number_and_own_id(stuck):
    own_id = Report.objects.get(reference="TR-2").own_id
    UploadFile.objects.filter(sequence=2).update(key="", body=None)

    operations.rebuild(2, now=NOW)
    operations.resume()

    assert send_due(now=NOW).accepted == 1
    assert (files(), sorted(stuck.taken)) == ([(1, True), (2, True)], [1, 2])
    assert Report.objects.get(reference="TR-2").own_id == own_id


def test_a_file_that_they_already_have_is_not_built_again(stuck):
    stuck.last, stuck.taken[2] = 2, stuck.taken[1]
    digest = UploadFile.objects.get(sequence=2).digest

    with pytest.raises(Refused):
        operations.rebuild(2, now=NOW)
    assert UploadFile.objects.get(sequence=2).digest == digest


def test_while_a_sender_is_running_operations_wait(stuck):
    lease.take(ISP)

    for act in (operations.resync, lambda **at: operations.rebuild(2, **at), lambda **at: operations.resend(1, **at)):
        with pytest.raises(Refused):
            act(now=NOW)
    assert stuck.sent == [1, 2]


def test_an_unresponsive_ministry_is_no_refusal_and_the_lease_is_released(stuck):
    stuck.questions.append(LOST_BEFORE)

    with pytest.raises(Retryable):
        operations.resync(now=NOW)
    assert lease.take(ISP)


def test_a_ministry_that_refuses_the_query_shows_its_code(stuck):
    stuck.questions.append(PreviousReply(5, "密码错误"))

    with pytest.raises(Refused) as refusal:
        operations.resync(now=NOW)
    assert refusal.value.code == "5"


# --- resync --------------------------------------------------------------------------------------


def stop(ministry):
    MinistryLine.objects.update(sending_stopped_at=NOW, sending_stopped_because="14: x")


def test_resync_accepts_our_file_when_they_have_it(stuck):
    packed = UploadFile.objects.get(sequence=2)
    stuck.questions.append(PreviousReply(0, "", 2, packed.digest, packed.name))
    stop(stuck)

    assert operations.resync(now=NOW).afterwards == 2
    assert (files(), line().last_sequence, line().sending_stopped_at) == ([(1, True), (2, True)], 2, None)
    assert [answer.report_key for answer in outcome_queue.waiting()] == ["TR-1.1", "TR-2.1"]


def test_resync_sends_our_file_when_they_wait_for_it(stuck):
    MinistryLine.objects.update(last_sequence=9)
    stop(stuck)

    assert operations.resync(now=NOW).afterwards == 1
    assert send_due(now=NOW).accepted == 1
    assert sorted(stuck.taken) == [1, 2]


@pytest.mark.parametrize("theirs", [2, 5])
def test_resync_gives_our_report_another_number_when_its_number_belongs_to_another_file(stuck, theirs):
    own_id = Report.objects.get(reference="TR-2").own_id
    stuck.last = theirs
    stuck.taken.update(dict.fromkeys(range(2, theirs + 1), stuck.taken[1]))
    stop(stuck)

    assert operations.resync(now=NOW).afterwards == theirs
    assert send_due(now=NOW).accepted == 1
    assert files() == [(1, True), (theirs + 1, True)]
    assert Report.objects.get(reference="TR-2").own_id == own_id


def test_resync_sends_again_what_they_lost(stuck):
    first = stuck.taken.pop(1)
    stuck.last = 0
    stop(stuck)

    assert operations.resync(now=NOW).afterwards == 1
    assert stuck.taken[1] == first
    assert send_due(now=NOW).accepted == 1
    assert files() == [(1, True), (2, True)]


def test_resync_says_so_when_we_no_longer_have_what_they_lost(stuck):
    stuck.last, stuck.taken = 0, {}
    UploadFile.objects.filter(sequence=1).update(key="", body=None)
    stop(stuck)

    with pytest.raises(Refused):
        operations.resync(now=NOW)
    assert line().sending_stopped_at == NOW


def test_resync_with_nothing_pending_takes_their_number(ministry):
    ministry.last = 7
    ministry.questions.append(PreviousReply(0, "", 7, "x", "x"))

    assert operations.resync(now=NOW).afterwards == 7
    assert line().last_sequence == 7


def test_resync_on_a_fresh_database_is_the_first_contact(db, monkeypatch, settings):
    ministry = arrange(monkeypatch, settings, last=None)
    ministry.questions.append(PreviousReply(0, "", 7, "x", "x"))

    assert operations.resync(now=NOW).afterwards == 7
    assert line().last_sequence == 7


def test_a_parked_report_of_an_order_that_moved_on_is_not_released(ministry):
    row = queue_reports()[0]
    report_queue.park(row, "why", now=NOW)
    succession.supersede(row.reference)

    with pytest.raises(Refused):
        operations.unpark(row.key, now=NOW + MINUTE)
