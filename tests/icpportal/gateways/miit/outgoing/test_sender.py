"""Reports are numbered in order and sent until the ministry has each once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.client.client import PreviousReply, UploadReply
from icpportal.gateways.miit.line import lease, outcome_queue
from icpportal.gateways.miit.line import sequence as numbering
from icpportal.gateways.miit.models import MinistryLine, Outcome, Report, UploadFile
from icpportal.gateways.miit.operations import actions
from icpportal.gateways.miit.outgoing import report_queue, sender, succession
from icpportal.gateways.miit.outgoing.sender import send_due
from icpportal.gateways.miit.types import AnswerKind
from tests.bad import aside, causes, spoil
from tests.icpportal.gateways.miit.sending_world import (
    ISP,
    LOST_AFTER,
    LOST_BEFORE,
    MINUTE,
    NOW,
    UNFIT_REMARK,
    access,
    arrange,
    cancellation,
    files,
    line,
    no_heartbeat,
    queue_reports,
    statement,
    states,
)

SECOND = timedelta(seconds=1)
ASK = ("previous", None)


@pytest.fixture
def ministry(db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


def waiting_answers():
    return [(answer.kind, answer.report_key) for answer in outcome_queue.waiting()]


def upload(sequence):
    return ("upload", sequence)


def test_three_reports_get_three_numbers_in_their_order(ministry):
    rows = queue_reports(3)

    sent = send_due(now=NOW)

    assert (sent.accepted, sent.waiting, sent.reason) == (3, 0, "")
    assert ministry.sent == [1, 2, 3]
    assert [file.report_id for file in UploadFile.objects.order_by("sequence")] == [row.pk for row in rows]
    assert waiting_answers() == [(AnswerKind.ACCEPTED, f"TR-{number}.1") for number in (1, 2, 3)]
    assert (line().last_sequence, line().sent_at, states()) == (3, NOW, ["accepted"] * 3)


def test_with_nothing_to_send_nothing_is_called_or_written(ministry, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert send_due(now=NOW) == sender.RoundResult()

    assert ministry.calls == []


def test_the_bytes_are_stored_sealed_with_the_number(ministry):
    queue_reports()
    send_due(now=NOW)

    file = UploadFile.objects.get()
    assert file.name == "beianinfo1.xml"
    assert not bytes(file.body).startswith(b"PK")
    assert numbering.read_stored(file) == ministry.taken[1]


def test_the_limit_ends_a_round(ministry):
    queue_reports(3)

    assert send_due(now=NOW, limit=2).accepted == 2
    assert send_due(now=NOW, limit=2).accepted == 1


def test_a_round_ends_when_its_time_is_up(ministry, monkeypatch):
    monkeypatch.setattr(sender, "round_seconds", lambda: 0)
    queue_reports(3)

    sent = send_due(now=NOW)

    assert (sent.accepted, sent.reason, sent.waiting) == (0, sender.NO_TIME, 3)


def test_a_round_leaves_time_for_the_longest_call_before_the_workers_limit(settings):
    settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.MIIT_CONNECT_SECONDS = 270, 10

    settings.MIIT_FILES_SECONDS = 180
    assert sender.round_seconds() == 60
    settings.MIIT_FILES_SECONDS = 30
    assert sender.round_seconds() == 120
    settings.MIIT_FILES_SECONDS = 600
    assert sender.round_seconds() == 5


def test_a_superseded_report_is_not_sent(ministry):
    queue_reports(2)
    succession.supersede("TR-1")

    send_due(now=NOW)

    assert (ministry.sent, states()) == ([1], ["superseded", "accepted"])


def test_a_report_superseded_while_it_was_built_takes_no_number(ministry, monkeypatch):
    queue_reports(2)
    build = sender.file_builder.build

    def overtaken(row, sequence):
        if row.reference == "TR-1":
            succession.supersede(row.reference)
        return build(row, sequence)

    monkeypatch.setattr(sender.file_builder, "build", overtaken)

    assert send_due(now=NOW).accepted == 1
    assert (files(), states()) == ([(1, True)], ["superseded", "accepted"])


# --- what cannot go ------------------------------------------------------------------------------


def unfit(ministry):
    report_queue.queue(cancellation(remark=UNFIT_REMARK))


def queue_without_file(ministry):
    report_queue.queue(access(reference="TR-9", attachments=[statement("gone")]))


@pytest.mark.parametrize("spoiled", [unfit, queue_without_file])
def test_a_report_that_cannot_be_sent_is_parked_without_a_number_and_the_others_are_sent(ministry, spoiled, caplog):
    spoiled(ministry)
    queue_reports(2)

    sent = send_due(now=NOW)

    assert (sent.accepted, sent.parked) == (2, 1)
    parked = Report.objects.get(state="parked")
    assert (bool(parked.field), bool(parked.reason), parked.files.count()) == (True, True, 0)
    assert files() == [(1, True), (2, True)]
    assert [kind for kind, key in waiting_answers() if key == parked.key] == [AnswerKind.REPORT_FAILED]
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == ["report parked"]


def test_while_the_storage_is_down_the_others_are_sent_first_and_it_is_retried(ministry, monkeypatch):
    report_queue.queue(access(reference="TR-9", attachments=[statement("down")]))
    queue_reports(2)

    sent = send_due(now=NOW)

    assert (sent.accepted, sent.put_off, sent.waiting) == (2, 1, 1)
    row = Report.objects.get(reference="TR-9")
    assert (row.state, row.next_at) == ("queued", NOW + 2 * MINUTE)
    assert waiting_answers() == [(AnswerKind.ACCEPTED, "TR-1.1"), (AnswerKind.ACCEPTED, "TR-2.1")]
    monkeypatch.setattr("tests.icpportal.gateways.miit.sending_world.picture", picture_of_up())
    assert send_due(now=NOW + 2 * MINUTE).accepted == 1
    assert Report.objects.get(reference="TR-9").reason == ""


def picture_of_up():
    from tests.icpportal.gateways.miit import sending_world

    shown = sending_world.picture("up")
    return lambda _document: shown


def test_one_report_that_breaks_the_writer_does_not_stop_the_rest(ministry, monkeypatch, caplog):
    queue_reports(2)
    build = sender.file_builder.build

    def broken(row, sequence):
        if row.reference == "TR-1":
            raise KeyError("Zhang San")
        return build(row, sequence)

    monkeypatch.setattr(sender.file_builder, "build", broken)

    sent = send_due(now=NOW)

    assert (sent.accepted, sent.put_off, states()) == (1, 1, ["queued", "accepted"])
    assert "Zhang San" not in caplog.text


@pytest.mark.parametrize("way", ["garbage", "lost key", "cut short"])
def test_an_unreadable_report_is_set_aside_and_the_next_is_sent(ministry, way):
    first, _second = queue_reports(2)
    before = spoil(first, "payload", way)

    sent = send_due()
    seen = (states(), aside(), len(causes()))
    spoil(first, "payload", before)
    early = send_due()
    call_command("set_aside", "TR-1", "--again", stdout=StringIO())
    late = send_due()

    assert (sent.accepted, sent.put_off, early.accepted, late.accepted) == (1, 1, 0, 1)
    assert seen == (["queued", "accepted"], [("reports.built", "TR-1")], 1)
    assert (states(), aside(), causes()) == (["accepted"] * 2, [], [])


# --- first contact and lost answers --------------------------------------------------------------


def test_a_fresh_database_takes_the_ministrys_last_number(db, monkeypatch, settings):
    ministry = arrange(monkeypatch, settings, last=None)
    ministry.last, ministry.taken = 41, dict.fromkeys(range(1, 42))
    ministry.questions.append(PreviousReply(0, "", 41, "of somebody else", "x"))
    queue_reports()

    assert send_due(now=NOW).accepted == 1
    assert (ministry.calls, line().last_sequence) == ([ASK, upload(42)], 42)


@pytest.mark.parametrize("code", [0, 2])
def test_with_a_ministry_that_never_had_a_file_the_first_number_is_1(db, monkeypatch, settings, code):
    ministry = arrange(monkeypatch, settings, last=None)
    ministry.questions.append(PreviousReply(code, "", 0, "", ""))
    queue_reports()

    send_due(now=NOW)

    assert ministry.calls == [ASK, upload(1)]


def test_while_the_first_query_is_unanswered_nothing_is_numbered(db, monkeypatch, settings):
    ministry = arrange(monkeypatch, settings, last=None)
    ministry.questions.append(LOST_BEFORE)
    queue_reports()

    assert send_due(now=NOW).reason == "no answer from the ministry"
    assert (files(), line().last_sequence) == ([], None)


def test_a_file_whose_answer_was_lost_is_queried_and_not_sent_twice(ministry):
    queue_reports(2)
    ministry.uploads.append(LOST_AFTER)

    assert send_due(now=NOW).accepted == 2
    assert ministry.calls == [upload(1), ASK, upload(2)]
    assert len(waiting_answers()) == 2


def test_a_file_that_was_lost_is_sent_again_with_its_number(ministry):
    queue_reports(2)
    ministry.uploads.append(LOST_BEFORE)

    assert send_due(now=NOW).accepted == 2
    assert ministry.calls == [upload(1), ASK, upload(1), upload(2)]


def test_each_file_may_be_lost_once_without_a_pause(ministry):
    queue_reports(2)
    ministry.uploads.extend([LOST_BEFORE, None, LOST_AFTER])

    assert send_due(now=NOW).accepted == 2
    assert ministry.calls == [upload(1), ASK, upload(1), upload(2), ASK]


def test_a_file_lost_again_and_again_is_retried_with_pauses(ministry):
    queue_reports()
    ministry.uploads.extend([LOST_BEFORE] * 2)

    assert send_due(now=NOW).accepted == 0
    assert ministry.calls == [upload(1), ASK, upload(1)]
    assert line().sending_waits_until == NOW + 5 * SECOND
    assert send_due(now=NOW + 5 * SECOND).accepted == 1
    assert ministry.calls[3:] == [ASK, upload(1)]


def test_while_the_ministry_is_down_the_pauses_grow_to_five_minutes(ministry):
    queue_reports()
    at, pauses = NOW, []
    for _ in range(9):
        ministry.uploads.extend([LOST_BEFORE] * (not ministry.sent))
        ministry.questions.append(LOST_BEFORE)
        assert send_due(now=at).reason == "no answer from the ministry"
        pauses.append((line().sending_waits_until - at).total_seconds())
        at = line().sending_waits_until

    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert ministry.sent == [1]
    assert send_due(now=at).accepted == 1
    assert Outcome.objects.count() == 1


def test_the_time_of_sending_is_that_of_the_attempt_that_arrived(ministry):
    queue_reports()
    ministry.uploads.append(LOST_AFTER)
    ministry.questions.append(LOST_BEFORE)
    send_due(now=NOW)

    send_due(now=NOW + 5 * MINUTE)

    file = UploadFile.objects.get()
    assert (file.sent_at, file.accepted_at) == (NOW, NOW + 5 * MINUTE)
    assert outcome_queue.waiting()[0].sent_at == NOW


@pytest.mark.parametrize("first", [UploadReply(15), LOST_BEFORE])
def test_an_attempt_that_did_not_arrive_starts_no_clock(ministry, first):
    queue_reports()
    ministry.uploads.append(first)
    ministry.questions.append(LOST_BEFORE)
    send_due(now=NOW)
    ministry.questions.clear()

    send_due(now=NOW + 60 * MINUTE)

    assert outcome_queue.waiting()[0].sent_at == NOW + 60 * MINUTE


@pytest.mark.parametrize(("number", "digest"), [(1, "another"), (7, "another"), (7, ""), (0, "")])
def test_an_unexpected_last_file_of_the_ministry_stops_everything_with_advice(ministry, caplog, number, digest):
    MinistryLine.objects.update(last_sequence=4)
    queue_reports()
    ministry.uploads.append(LOST_BEFORE)
    ministry.questions.append(PreviousReply(0, "", number, digest, "x"))

    for minutes in range(3):
        assert "miit resync" in send_due(now=NOW + minutes * MINUTE).reason

    assert (ministry.calls, files()) == ([upload(5), ASK], [(5, False)])
    assert "miit resync" in line().sending_stopped_because
    alarms = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert alarms == ["alarm opened"]


def test_the_same_number_with_another_hash_is_not_ours(ministry):
    queue_reports()
    ministry.uploads.append(LOST_BEFORE)
    ministry.questions.append(PreviousReply(0, "", 1, "of another file", "beianinfo1.xml"))

    assert "miit resync" in send_due(now=NOW).reason
    assert waiting_answers() == []


# --- code 14 -------------------------------------------------------------------------------------


def test_the_ministrys_missing_files_are_sent_again_in_order_and_then_ours(ministry):
    queue_reports(4)
    send_due(now=NOW, limit=3)
    first, second = ministry.taken.pop(1), ministry.taken.pop(2)

    sent = send_due(now=NOW)

    assert (sent.accepted, sent.resent) == (1, 2)
    assert ministry.sent == [1, 2, 3, 4, 1, 2, 4]
    assert (ministry.taken[1], ministry.taken[2]) == (first, second)
    assert len(waiting_answers()) == 4


@pytest.mark.parametrize("minutes", [0, 11], ids=["by code 14", "asked before the next file"])
def test_a_number_that_the_ministry_set_back_sends_no_answered_report_again(ministry, minutes):
    queue_reports(4)
    send_due(now=NOW, limit=3)
    Report.objects.filter(files__sequence__lte=2).update(state="answered")
    ministry.last = 0
    del ministry.calls[:]

    assert "has set its number back" in send_due(now=NOW + minutes * MINUTE).reason
    assert [number for name, number in ministry.calls if name == "upload"] == ([] if minutes else [4])
    assert (line().sending_stopped_at, line().last_sequence) == (NOW + minutes * MINUTE, 3)

    with translation.override("en"), pytest.raises(Refused, match="1 to 3.*answered.*set its number to 3"):
        actions.resync(now=NOW)
    actions.resync(now=NOW, send_answered=True)
    assert ministry.sent[-3:] == [1, 2, 3]
    assert send_due(now=NOW + minutes * MINUTE).accepted == 1


def test_a_missing_file_whose_answer_is_lost_is_resolved_later(ministry):
    queue_reports(3)
    send_due(now=NOW, limit=2)
    del ministry.taken[1]
    ministry.uploads.extend([None, LOST_BEFORE])

    assert send_due(now=NOW).reason == "no answer from the ministry"
    assert send_due(now=NOW + MINUTE).accepted == 1
    assert ministry.sent == [1, 2, 3, 1, 3, 1, 3]
    assert ASK not in ministry.calls  # code 14 already said that ours is missing


def test_our_own_number_among_the_missing_ones_is_no_gap(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)
    del ministry.taken[1]
    ministry.uploads.append(UploadReply(14, "", (1, 2)))

    assert send_due(now=NOW).accepted == 1
    assert ministry.calls == [upload(1), upload(2), upload(1), upload(2)]


def test_a_missing_file_that_is_refused_waits_according_to_the_code(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)
    del ministry.taken[1]
    ministry.uploads.extend([None, UploadReply(15)])

    assert send_due(now=NOW).reason.startswith("15: ")
    assert line().sending_waits_until == NOW + 10 * MINUTE
    assert send_due(now=NOW + 10 * MINUTE).accepted == 1


def test_a_file_that_the_ministry_always_misses_is_not_sent_endlessly(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)
    ministry.uploads.extend([UploadReply(14, "", (1,)), UploadReply(0)] * 50)

    sent = send_due(now=NOW)

    assert (sent.accepted, ministry.sent) == (0, [1, 2, 1, 2])
    assert line().sending_waits_until == NOW + 30 * SECOND


def test_code_14_with_our_own_number_means_that_it_may_have_arrived_already(ministry):
    """They accepted it, the answer was lost, and it was still being processed when we asked."""
    queue_reports()
    ministry.uploads.append(LOST_AFTER)
    ministry.questions.append(PreviousReply(0))

    assert send_due(now=NOW).accepted == 1
    assert ministry.calls == [upload(1), ASK, upload(1), ASK]
    assert len(waiting_answers()) == 1


@pytest.mark.parametrize("missing", [(), (3,), (5,), (5, 6), (2, 3)])
def test_a_gap_that_we_cannot_fill_is_resolved_by_the_last_number(ministry, missing):
    """Nothing listed, never ours, our own, ahead of ours."""
    MinistryLine.objects.update(last_sequence=4)
    queue_reports()
    ministry.uploads.append(UploadReply(14, "", missing))
    ministry.questions.append(PreviousReply(0, "", 2, "x", "x"))

    assert "miit resync" in send_due(now=NOW).reason
    assert (ministry.calls, line().sending_stopped_at) == ([upload(5), ASK], NOW)


def test_a_gap_whose_bytes_are_forgotten_is_resolved_by_the_last_number(ministry):
    queue_reports(3)
    send_due(now=NOW, limit=2)
    UploadFile.objects.filter(sequence=1).update(key="", body=None)
    ministry.uploads.append(UploadReply(14, "", (1,)))
    ministry.questions.append(PreviousReply(0, "", 0, "", ""))

    assert "miit resync" in send_due(now=NOW).reason
    assert ministry.sent == [1, 2, 3]


def test_code_14_from_a_ministry_that_waits_for_just_this_number_is_retried_later(ministry, caplog):
    queue_reports()
    ministry.uploads.append(UploadReply(14, "", ()))

    assert send_due(now=NOW).reason.startswith("14: ")
    assert ministry.calls == [upload(1), ASK]
    assert line().sending_waits_until == NOW + 30 * SECOND
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == ["alarm opened"]
    assert send_due(now=NOW + 30 * SECOND).accepted == 1


# --- what the database holds ---------------------------------------------------------------------


def test_at_most_one_file_is_pending(ministry):
    queue_reports(2)
    ministry.uploads.append(UploadReply(15))
    send_due(now=NOW)
    other = Report.objects.get(reference="TR-2")

    with pytest.raises(IntegrityError):
        UploadFile.objects.create(isp_id=ISP, sequence=2, report=other, name="x", digest="x")


def test_a_number_is_only_assigned_after_the_last_one(ministry):
    row = queue_reports()[0]
    mine = lease.take(ISP)
    packed = sender.file_builder.build(row, 2)

    with pytest.raises(lease.LeaseLost):
        numbering.number(mine, row, packed, 2, now=NOW)
    assert (files(), states()) == ([], ["queued"])


def test_without_the_lease_no_number_is_assigned(ministry):
    row = queue_reports()[0]
    overtaken = lease.take(ISP)
    no_heartbeat()
    lease.take(ISP)

    with pytest.raises(lease.LeaseLost):
        numbering.number(overtaken, row, sender.file_builder.build(row, 1), 1, now=NOW + 5 * MINUTE)
    assert (files(), states()) == ([], ["queued"])


def test_an_acceptance_recorded_late_changes_nothing(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)
    first = UploadFile.objects.get()
    send_due(now=NOW)

    assert numbering.accept(first, now=NOW + MINUTE) is False
    assert (line().last_sequence, UploadFile.objects.get(sequence=1).accepted_at) == (2, NOW)


def test_a_file_that_is_on_its_way_already_loses_nothing_to_a_second(ministry):
    queue_reports(2)
    ministry.uploads.append(UploadReply(15))
    send_due(now=NOW)
    MinistryLine.objects.update(last_sequence=1)
    row = Report.objects.get(reference="TR-2")

    with pytest.raises(lease.LeaseLost):
        numbering.number(lease.take(ISP), row, sender.file_builder.build(row, 2), 2, now=NOW)
    assert states() == ["numbered", "queued"]


def test_unreadable_bytes_stop_the_line_with_advice(ministry):
    queue_reports()
    ministry.uploads.append(UploadReply(15))
    send_due(now=NOW)
    UploadFile.objects.update(key="")

    assert "miit rebuild" in send_due(now=NOW + 10 * MINUTE).reason
    assert line().sending_stopped_at == NOW + 10 * MINUTE


def test_a_retried_report_gets_a_new_number_with_the_same_own_id_and_reports_nothing_new(ministry):
    row = queue_reports()[0]
    send_due(now=NOW)
    row.refresh_from_db()
    report_queue.retry(row, "5999", now=NOW)

    assert send_due(now=NOW + 10 * MINUTE).accepted == 1

    own_id = f"<IspJrid>{row.own_id}</IspJrid>".encode()
    assert [own_id in unzip(ministry.taken[number]) for number in (1, 2)] == [True, True]
    assert waiting_answers() == [(AnswerKind.ACCEPTED, "TR-1.1")]


def unzip(packed):
    from icpportal.gateways.miit.client.crypto import WireFile, unwrap, wrap

    return unwrap(WireFile(packed.name, wrap(packed.body, cipher=None), packed.digest), None)


def test_a_report_takes_as_many_queries_among_three_as_alone(ministry):
    queue_reports()
    one = count_queries(1)
    for number in (2, 3, 4):
        report_queue.queue(access(reference=f"TR-{number}"))
    Report.objects.filter(state="queued").update(next_at=NOW)
    three = count_queries(3)
    for number in (5, 6):
        report_queue.queue(access(reference=f"TR-{number}"))
    Report.objects.filter(state="queued").update(next_at=NOW)
    two = count_queries(2)

    assert three - two == two - one <= 30


def count_queries(count):
    with CaptureQueriesContext(connection) as queries:
        assert send_due(now=NOW).accepted == count
    return len(queries)
