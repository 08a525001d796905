"""The sender and a ministry over real HTTP: lost answers, refusals, and an unbroken sequence."""

import pytest

from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import MinistryLine, Report, UploadFile
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.gateways.miit.outgoing.sender import send_due
from tests.icpportal.gateways.miit.client.server import FakeMinistryServer
from tests.icpportal.gateways.miit.sending_world import MINUTE, NOW, access, picture, statement

METHODS = ("isp_upload", "isp_querypreviousupload")


@pytest.fixture(params=[True, False], ids=["encrypted", "plain"])
def ministry(transactional_db, settings, request):
    with FakeMinistryServer(encrypt=request.param) as server:
        for name, value in server.settings().items():
            setattr(settings, name, value)
        settings.AUTHORITY_PICTURES = f"{picture.__module__}.picture"
        yield server


def queue_reports(count):
    rows = [report_queue.queue(access(reference=f"TR-{number}")) for number in range(1, count + 1)]
    Report.objects.update(next_at=NOW, queued_at=NOW)
    return rows


def methods_called(ministry):
    return [call.method for call in ministry.calls if call.method in METHODS]


def test_reports_arrive_in_order_each_with_its_own_id(ministry):
    rows = queue_reports(3)

    assert send_due(now=NOW).accepted == 3

    assert [number for number, _ in ministry.uploads] == [1, 2, 3]
    for row, (_number, xml) in zip(rows, ministry.uploads, strict=True):
        assert f"<IspJrid>{row.own_id}</IspJrid>".encode() in xml
    assert methods_called(ministry) == ["isp_querypreviousupload", "isp_upload", "isp_upload", "isp_upload"]


def test_pictures_are_sent_in_the_file(ministry):
    report_queue.queue(access(attachments=[statement("here")]))

    assert send_due().accepted == 1
    assert b"<Fjnr>/9j/" in ministry.uploads[0][1]


@pytest.mark.parametrize(
    "trouble", ["drop", "drop_after", "http_500", "fault", "html", "empty", "garbage", "truncated"]
)
def test_an_answer_that_is_lost_or_nonsense_doubles_nothing(ministry, trouble):
    queue_reports(2)
    ministry.trouble("isp_upload", trouble)

    assert send_due(now=NOW).accepted == 2

    assert [number for number, _ in ministry.uploads] == [1, 2]
    assert len(outcome_queue.waiting()) == 2


def test_an_unreachable_ministry_delays_and_loses_nothing(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)
    for method in METHODS:
        ministry.trouble(method, "drop", times=3)
    at, rounds = NOW, 0

    while UploadFile.objects.filter(accepted_at__isnull=False).count() < 2 and rounds < 9:
        send_due(now=at)
        rounds, at = rounds + 1, at + MINUTE

    assert rounds > 1
    assert [number for number, _ in ministry.uploads] == [1, 2]
    assert len(outcome_queue.waiting()) == 2


def test_a_fresh_database_continues_after_the_ministrys_last_number(ministry):
    queue_reports(2)
    send_due(now=NOW, limit=1)
    MinistryLine.objects.update(last_sequence=None)

    assert send_due(now=NOW).accepted == 1
    assert [number for number, _ in ministry.uploads] == [1, 2]


def test_a_wrong_password_stops_all_calls(ministry, settings):
    settings.MIIT_PASSWORD = "wrong"
    queue_reports(1)

    for minutes in range(3):
        send_due(now=NOW + minutes * MINUTE)

    assert methods_called(ministry) == ["isp_querypreviousupload"]
    assert MinistryLine.objects.get().sending_stopped_because.startswith("5: ")


def test_the_hours_in_the_message_are_waited_for(ministry):
    queue_reports(1)
    ministry.say("isp_upload", code=20, msg="不在允许的报备时段：18:00-20:00")

    send_due(now=NOW)

    assert MinistryLine.objects.get().sending_waits_until == NOW + 100 * MINUTE  # 16:20 in Beijing
