"""What stops sending, what stops fetching and what stops both, over real HTTP."""

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from icpportal.alarms.models import Alarm
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import MinistryLine, Report, UploadFile
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.gateways.miit.outgoing.sender import send_due
from tests.icpportal.gateways.miit.authority_files import bajg, result, waiting
from tests.icpportal.gateways.miit.client.server import ISP
from tests.icpportal.gateways.miit.sending_world import MINUTE, NOW, access

pytestmark = pytest.mark.django_db
ACCOUNT = [4, 5, 12, 13]  # for user, password, source and ispId: on any call
OF_THIS_FILE = [9, 10, 11, 16, 17, 18, 21]


def queue_report(reference="TR-9"):
    row = report_queue.queue(access(reference=reference))
    Report.objects.filter(pk=row.pk).update(next_at=NOW, queued_at=NOW)
    return row


def answers():
    return [(answer.kind.value, answer.report_key) for answer in outcome_queue.waiting()]


def line():
    return MinistryLine.objects.get(pk=ISP)


def calls(ministry):
    return [call.method for call in ministry.calls]


def open_alarms():
    return sorted(Alarm.objects.filter(cleared_at=None).values_list("cause", "detail"))


def an_upload_is_answered(ministry, code):
    """One of our reports waits for its answer at the ministry, another one is refused with this code."""
    ministry.deliver("return1", bajg(result(waiting().own_id, "1001")))
    queue_report()
    ministry.say("isp_upload", code=code)
    send_due(now=NOW)


@pytest.mark.parametrize("code", [*OF_THIS_FILE, 19])
def test_a_file_the_ministry_refuses_does_not_keep_answers_from_arriving(ministry, code):
    an_upload_is_answered(ministry, code)

    assert inbox.fetch(now=NOW) == 1
    assert answers() == [("granted", "TR-1.1")]
    assert send_due(now=NOW + MINUTE / 2).accepted == 0
    assert calls(ministry).count("isp_upload") == 1


@pytest.mark.parametrize("code", ACCOUNT)
def test_a_refused_account_is_not_retried_in_either_direction(ministry, code):
    an_upload_is_answered(ministry, code)

    with pytest.raises(Refused, match=f"^{code}: "):
        inbox.fetch(now=NOW)

    assert (line().sending_stopped_at, line().fetching_stopped_at) == (NOW, NOW)
    assert "isp_download" not in calls(ministry)
    assert open_alarms() == [("ministry.stopped", str(code))]


@pytest.mark.parametrize("code", ACCOUNT)
def test_an_account_refused_on_download_stops_sending(ministry, code):
    queue_report()
    ministry.say("isp_download", code=code)
    with pytest.raises(Refused):
        inbox.fetch(now=NOW)

    assert send_due(now=NOW).reason.startswith(f"{code}: ")
    assert calls(ministry) == ["isp_download"]


@pytest.mark.parametrize("code", [10, 16, 21])
def test_a_refused_download_stops_no_report(ministry, code):
    queue_report()
    ministry.say("isp_download", code=code)
    for _ in range(2):
        with pytest.raises(Refused, match=f"^{code}: "):
            inbox.fetch(now=NOW)

    assert (calls(ministry), open_alarms()) == (["isp_download"], [("ministry.fetching_stopped", str(code))])
    assert send_due(now=NOW).accepted == 1


@pytest.mark.parametrize("code", [9, 11, 17, 18, 19])
def test_a_code_about_uploads_is_no_answer_to_a_download_and_passes_by_itself(ministry, code):
    ministry.deliver("return1", bajg(result(waiting().own_id, "1001")))
    ministry.say("isp_download", code=code)
    with pytest.raises(Retryable, match=f"^{code}: "):
        inbox.fetch(now=NOW)
    assert open_alarms() == [("ministry.fetching_waits", str(code))]

    assert inbox.fetch(now=line().fetching_waits_until) == 1
    assert (answers(), open_alarms()) == ([("granted", "TR-1.1")], [])


def test_sending_resumes_by_itself_when_reporting_is_open_again(ministry):
    """Retried, later each time and at last every quarter of an hour; the alarm ends with it."""
    queue_report()
    pauses, at = [], NOW
    for _ in range(6):
        ministry.say("isp_upload", code=19)
        assert send_due(now=at).reason == "19: the ministry has not opened reporting for us"
        assert open_alarms() == [("ministry.sending_waits", "19")]
        pauses.append((line().sending_waits_until - at) / MINUTE)
        at = line().sending_waits_until

    assert pauses == [1, 2, 5, 10, 15, 15]
    assert send_due(now=at).accepted == 1
    assert UploadFile.objects.get().accepted_at == at
    assert (open_alarms(), line().sending_stopped_at) == ([], None)


def test_a_different_problem_is_an_alarm_of_its_own(ministry):
    queue_report()
    for minutes, code in ((0, 999), (20, 19), (40, 15)):
        ministry.say("isp_upload", code=code)
        send_due(now=NOW + minutes * MINUTE)

    assert sorted(Alarm.objects.values_list("detail", flat=True)) == ["19", "999"]
    assert open_alarms() == []  # too many waiting files are no problem of ours


def status():
    with pytest.raises(SystemExit):
        call_command("miit", "status")


def test_the_command_shows_for_each_direction_whether_it_is_stopped_and_resumes_one_or_both(ministry, capsys):
    an_upload_is_answered(ministry, 17)

    status()
    out = capsys.readouterr().out
    assert "sending: STOPPED since 2026-11-25 16:20: 17: the ministry sees more than one file in one call." in out
    assert "fetching: may go" in out
    with pytest.raises(SystemExit):
        call_command("miit", "status", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["sending_stopped"]["because"][:3], found["fetching_stopped"]) == ("17:", None)

    call_command("miit", "go-on", "fetching")
    assert line().sending_stopped_at == NOW
    call_command("miit", "go-on", "sending")
    assert (line().sending_stopped_at, open_alarms()) == (None, [])
    assert send_due(now=NOW).accepted == 1


def test_both_directions_are_resumed_at_once_and_the_alarm_lasts_until_both_are(ministry):
    an_upload_is_answered(ministry, 5)

    call_command("miit", "go-on", "sending")
    assert (line().sending_stopped_at, line().fetching_stopped_at) == (None, NOW)
    assert open_alarms() == [("ministry.stopped", "5")]

    call_command("miit", "go-on")
    assert (line().fetching_stopped_at, open_alarms()) == (None, [])
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("miit", "go-on", "sideways")


def test_a_bare_3_before_each_file_does_not_end_the_round(ministry):
    """ "continue calling" without a file; ten files came in eleven rounds."""
    for number in range(10):
        row = waiting(f"TR-{number}.1", site_number="")
        ministry.deliver(f"return{number}", bajg(result(row.own_id, "1001")))
    ministry.bare = True

    assert inbox.fetch(now=NOW) == 10
    assert len(answers()) == 10


def test_a_ministry_that_says_3_for_ever_is_left_alone_for_a_while(ministry, monkeypatch):
    """Called a few times, ever more slowly, then not for half a minute."""
    slept = []
    monkeypatch.setattr(inbox.time, "sleep", slept.append)
    for _ in range(50):
        ministry.say("isp_download", code=3)

    with pytest.raises(Retryable, match="^3: "):
        inbox.fetch(now=NOW)

    assert len(ministry.calls) == inbox.BARE_IN_A_ROW
    assert slept == sorted(slept)
    assert sum(slept) < 10
    assert line().fetching_waits_until == NOW + MINUTE / 2
    assert open_alarms() == [("ministry.fetching_waits", "3")]


def test_a_line_stopped_before_directions_were_distinguished_stays_stopped_both_ways():
    MinistryLine.objects.create(isp_id=ISP, sending_stopped_at=NOW, sending_stopped_because="5: x")
    MinistryLine.objects.create(isp_id=ISP + 1)

    called_line_then = SimpleNamespace(get_model=lambda _app, _name: MinistryLine)
    import_module("icpportal.gateways.miit.migrations.0003_stops_kept").keep(called_line_then, None)

    assert (line().fetching_stopped_at, line().fetching_stopped_because) == (NOW, "5: x")
    assert MinistryLine.objects.get(pk=ISP + 1).fetching_stopped_at is None
