"""Each return code of the ministry's methods has its row, and the sender does what the row says."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils.translation import gettext, override

from icpportal.gateways.miit.client.client import UploadReply
from icpportal.gateways.miit.codes.return_codes import (
    BOTH,
    REACTIONS,
    UNKNOWN,
    Act,
    Addressee,
    hours,
    opening,
    reaction,
)
from icpportal.gateways.miit.line import line_state
from icpportal.gateways.miit.outgoing.sender import HEARD, send_due
from tests.icpportal.gateways.miit.sending_world import MINUTE, NOW, arrange, files, line, queue_reports, states

SECOND = timedelta(seconds=1)
STOPPED = "stopped"
# code → (who is notified, the first two waits or that all stops, whether the ministry is asked before a retry)
EXPECTED = {
    4: (Addressee.OPERATIONS, STOPPED, False),
    5: (Addressee.OPERATIONS, STOPPED, False),
    6: (Addressee.OPERATIONS, (MINUTE, 2 * MINUTE), False),
    7: (Addressee.OPERATIONS, (MINUTE, 2 * MINUTE), False),
    8: (Addressee.OPERATIONS, (MINUTE, 2 * MINUTE), False),
    9: (Addressee.OPERATIONS, STOPPED, False),
    10: (Addressee.OPERATIONS, STOPPED, False),
    11: (Addressee.OPERATIONS, STOPPED, False),
    12: (Addressee.OPERATIONS, STOPPED, False),
    13: (Addressee.OPERATIONS, STOPPED, False),
    15: (Addressee.NOBODY, (10 * MINUTE, 15 * MINUTE), False),
    16: (Addressee.OPERATIONS, STOPPED, False),
    17: (Addressee.OPERATIONS, STOPPED, False),
    18: (Addressee.OPERATIONS, STOPPED, False),
    19: (Addressee.OPERATIONS, (MINUTE, 2 * MINUTE), False),
    20: (Addressee.NOBODY, (60 * MINUTE, 60 * MINUTE), False),
    21: (Addressee.OPERATIONS, STOPPED, False),
    901: (Addressee.NOBODY, (MINUTE, 2 * MINUTE), False),
    902: (Addressee.NOBODY, (MINUTE, 2 * MINUTE), False),
    999: (Addressee.OPERATIONS, (30 * SECOND, MINUTE), True),
    777: (Addressee.OPERATIONS, (30 * SECOND, MINUTE), True),  # an unknown code
    # answers of other methods are no answer to an upload: treated as lost
    1: (Addressee.NOBODY, (5 * SECOND, 10 * SECOND), True),
    2: (Addressee.NOBODY, (5 * SECOND, 10 * SECOND), True),
    3: (Addressee.NOBODY, (5 * SECOND, 10 * SECOND), True),
    22: (Addressee.CUSTOMER, (5 * SECOND, 10 * SECOND), True),
}
STOPS = [code for code, row in EXPECTED.items() if row[1] == STOPPED]
WAITS = [code for code, row in EXPECTED.items() if row[1] != STOPPED]


@pytest.fixture
def ministry(db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


def alarms(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_the_table_has_every_code_of_the_interface():
    assert set(REACTIONS) == {*range(23), 901, 902, 999}
    assert set(EXPECTED) | {0, 14} == set(REACTIONS) | {777}
    assert reaction(777) is UNKNOWN


def test_each_row_says_whom_it_notifies():
    assert {code: reaction(code).told for code in EXPECTED} == {code: row[0] for code, row in EXPECTED.items()}


def test_every_row_that_waits_says_how_long_and_no_other():
    for row in (*REACTIONS.values(), UNKNOWN):
        assert bool(row.pauses) == (row.act in (Act.WAIT, Act.FILL)), row


def test_success_takes_the_next_number(ministry):
    queue_reports()

    assert send_due(now=NOW).accepted == 1
    assert (files(), line().last_sequence) == ([(1, True)], 1)


@pytest.mark.parametrize("code", WAITS)
def test_a_code_that_waits_keeps_the_number_and_waits_longer_each_time(ministry, code):
    told, pauses, asked = EXPECTED[code]
    queue_reports(2)
    at = NOW
    for pause in pauses:
        ministry.uploads.append(UploadReply(code, "so"))
        sent = send_due(now=at)
        assert (sent.accepted, sent.reason != "", line().sending_waits_until) == (0, True, at + pause)
        assert send_due(now=at + pause - SECOND).accepted == 0
        at += pause

    assert (files(), line().last_sequence, line().sending_stopped_at) == ([(1, False)], 0, None)
    asked = asked or int(pauses[0] >= HEARD)  # after this long their last number is requested before anything is sent
    assert ministry.calls == [("upload", 1), *[("previous", None)] * asked, ("upload", 1)]
    assert send_due(now=at).accepted == 2
    assert (files(), line().sending_waits_until, line().sending_tries) == ([(1, True), (2, True)], None, 0)


@pytest.mark.parametrize("code", [code for code in WAITS if EXPECTED[code][0] == Addressee.OPERATIONS])
def test_operations_get_one_alarm_and_not_one_per_round(ministry, caplog, code):
    queue_reports()
    for minutes in (0, 20, 40):
        ministry.uploads.append(UploadReply(code))
        send_due(now=NOW + minutes * MINUTE)

    assert alarms(caplog) == ["alarm opened"]


@pytest.mark.parametrize("code", [code for code in WAITS if EXPECTED[code][0] == Addressee.NOBODY])
def test_an_ordinary_wait_raises_no_alarm(ministry, caplog, code):
    queue_reports()
    ministry.uploads.append(UploadReply(code))
    send_due(now=NOW)

    assert alarms(caplog) == []


@pytest.mark.parametrize("code", STOPS)
def test_a_code_that_stops_the_line_stops_it_until_operations_resume_it(ministry, caplog, code):
    queue_reports(2)
    ministry.uploads.append(UploadReply(code, "no"))

    for hours_later in range(3):
        assert send_due(now=NOW + hours_later * 60 * MINUTE).accepted == 0

    assert (ministry.calls, files()) == ([("upload", 1)], [(1, False)])
    assert line().sending_stopped_because == f"{code}: {REACTIONS[code].words}"
    assert alarms(caplog) == ["alarm opened"]
    assert line_state.resume(line().pk)
    assert send_due(now=NOW).accepted == 2
    assert states() == ["accepted", "accepted"]


@pytest.mark.parametrize("code", [*STOPS, 15, 20, 901, 902, 999])
def test_a_query_is_answered_with_the_same_codes(db, monkeypatch, settings, code):
    ministry = arrange(monkeypatch, settings, last=None)
    queue_reports()
    ministry.questions.append(UploadReply(code))

    assert send_due(now=NOW).reason == f"{code}: {reaction(code).words}"
    assert (ministry.calls, files()) == ([("previous", None)], [])


def at(hour, minute=0, day=25):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)  # Beijing


@pytest.mark.parametrize(
    ("said", "begins", "lasts"),
    [
        ("8:00-20:00", time(8), 12),
        ("不在允许的报备时段，请在08:30-17:30内上报", time(8, 30), 9),
        ("允许上报时间：８：００－２０：００。", time(8), 12),
        ("8:00～20:00", time(8), 12),
        ("8时至20时", time(8), 12),
        ("8点到20点30分", time(8), 12.5),
        ("8-20点", time(8), 12),
        ("每天8:00:00 - 20:00:00", time(8), 12),
        ("上午9点—下午5点", time(9), 8),
        ("22:00-06:00", time(22), 8),
        ("0:00-24:00", time(0), 24),
    ],
)
def test_hours_are_read_as_the_ministry_writes_them(said, begins, lasts):
    assert hours(said) == [(begins, timedelta(hours=lasts))]


@pytest.mark.parametrize(
    "said", ["", "请稍后再试", "2026-11-25", "010-68206888", "25:00-26:00", "8:75-9", "第3-4条", "99点-100点"]
)
def test_a_text_without_hours_is_not_read_as_hours(said):
    assert hours(said) == []


@pytest.mark.parametrize(
    ("said", "now", "opens"),
    [
        ("8:00-20:00", at(21), at(8, day=26)),
        ("8:00-20:00", at(3), at(8)),
        ("8:30-11:30、13:00-17:00", at(12), at(13)),
        ("8:30-11:30、13:00-17:00", at(18), at(8, 30, day=26)),
        ("22:00-6:00", at(7), at(22)),
        ("8:00-20:00", at(19, 59), at(20, 9)),  # open by our clock
        ("22:00-6:00", at(3), at(3, 10)),
        ("请稍后再试", at(3), None),
    ],
)
def test_outside_the_hours_it_waits_until_they_begin(said, now, opens):
    assert opening(said, now) == opens


def test_outside_the_hours_the_line_waits_until_they_begin(ministry):
    queue_reports(at=at(21))
    ministry.uploads.append(UploadReply(20, "允许的时段：8:00-20:00"))

    send_due(now=at(21))

    assert line().sending_waits_until == at(8, day=26)
    assert send_due(now=at(7, 59, day=26)).accepted == 0
    assert send_due(now=at(8, day=26)).accepted == 1


def test_a_stopped_line_keeps_its_first_reason_and_raises_no_second_alarm(ministry, caplog):
    assert [line_state.stop(line().pk, reason, BOTH, now=NOW) for reason in ("5: x", "12: y")] == [True, False]

    assert (line().sending_stopped_because, line().fetching_stopped_because) == ("5: x", "5: x")
    assert alarms(caplog) == ["alarm opened"]


def test_a_stored_reason_is_shown_in_the_readers_language(monkeypatch):
    monkeypatch.setattr(line_state, "gettext", {"success": "成功", "no answer": "没有回答"}.get)

    with override("zh-hans"):
        assert line_state.translated_reason("0: success") == "0：成功"
    assert line_state.translated_reason("no answer") == "没有回答"
    assert line_state.translated_reason("") == ""


@pytest.mark.parametrize("code", sorted(REACTIONS))
def test_the_words_of_a_return_code_follow_the_glossary(code):
    with override("zh-hans"):
        zh = gettext(REACTIONS[code].words)

    assert zh != REACTIONS[code].words
    assert "部里" not in zh
