"""The state of the connection to the ministry, and what needs a person."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from icpportal.alarms import restored
from icpportal.gateways.miit.codes.return_codes import BOTH, REACTIONS, Way
from icpportal.gateways.miit.line import line_state
from icpportal.gateways.miit.models import InboxFile, MinistryLine
from icpportal.gateways.miit.operations.status import Stop, interface_status, to_do
from tests.icpportal.gateways.miit.ministry_rows import ISP, START, file, report

pytestmark = pytest.mark.django_db
NOW = START + timedelta(minutes=30)
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.MIIT_XSD_DIR = ""
    with translation.override("en"):
        yield


def download(name="a.xml", **columns):
    return InboxFile.objects.create(isp_id=ISP, name=name, digest=name, **columns)


def test_a_portal_that_never_reported_needs_nothing():
    now = interface_status(now=NOW)

    assert (now.isp_id, now.version, now.last_sequence) == (ISP, "V.3.0", None)
    assert now.reports == {"queued": 0, "parked": 0, "numbered": 0, "accepted": 0}
    assert (now.inbox, now.schemas, now.needs) == ({"waiting": 0, "parked": 0, "damaged": 0}, "none", [])


def test_a_restored_portal_that_was_not_resumed_says_so():
    restored.hold("20261124T080000Z", now=NOW)

    assert interface_status(now=NOW).needs == [
        "this portal was restored from a backup: nothing is sent or fetched until restore --go"
    ]


def test_reports_and_downloads_are_counted_by_what_they_wait_for():
    file(report(1), 1)
    file(report(2), 2, accepted_at=None)
    report(3)
    report(4)
    report(5, state="superseded")
    download()
    download("b.xml", state="acknowledged")
    download("c.xml", state="processed")
    MinistryLine.objects.create(isp_id=ISP, last_sequence=1, fetched_at=START, sent_at=START)

    now = interface_status(now=NOW)

    assert now.reports == {"queued": 2, "parked": 0, "numbered": 1, "accepted": 1}
    assert now.inbox == {"waiting": 2, "parked": 0, "damaged": 0}
    assert (now.last_sequence, now.fetched_at, now.sent_at) == (1, START, START)
    assert now.oldest_queued_at == START + timedelta(minutes=2)
    assert now.needs == []


def test_a_stop_says_since_when_why_and_what_to_do():
    MinistryLine.objects.create(isp_id=ISP)
    line_state.stop(ISP, line_state.pause_reason(4, REACTIONS[4].words), BOTH, now=START)

    now = interface_status(now=NOW)

    to_do = "The authority has a different user name: correct MIIT_USER, restart, then resume."
    assert now.sending_stopped == Stop(START, "4: the ministry does not know our user name", to_do)
    assert now.fetching_stopped == now.sending_stopped
    assert now.needs == [f"sending and fetching stopped: 4: the ministry does not know our user name. {to_do}"]


def test_stops_for_different_reasons_and_a_missing_permission_are_listed_one_by_one():
    line = MinistryLine.objects.create(isp_id=ISP, fetching_stopped_at=START, fetching_stopped_because="16: z")
    line_state.wait(line, 19, REACTIONS[19], now=NOW)

    assert [need.partition(". ")[0] for need in interface_status(now=NOW).needs] == [
        "fetching stopped: 16: z",
        "sending waits: 19: the ministry has not opened reporting for us",
    ]
    line_state.stop(ISP, "17: y", (Way.SENDING,), now=NOW)
    assert [need.partition(". ")[0] for need in interface_status(now=NOW).needs] == [
        "sending stopped: 17: y",
        "fetching stopped: 16: z",
    ]


def test_each_code_that_stops_the_line_has_advice():
    stops = [code for code, row in REACTIONS.items() if row.act == "stop"]

    assert all(to_do(f"{code}: words") for code in stops)
    assert to_do("16: words") == to_do("words") == "Read the ministry's message, fix the cause, then resume."


def test_a_wait_is_shown_while_it_lasts_and_needs_nobody():
    until = NOW + timedelta(minutes=5)
    MinistryLine.objects.create(isp_id=ISP, sending_waits_until=until, sending_waits_because="15: too many files wait")
    report(next_at=START - timedelta(days=1))

    now, later = interface_status(now=NOW), interface_status(now=until)

    assert (now.sending_waits.until, now.sending_waits.because, now.needs) == (until, "15: too many files wait", [])
    assert later.sending_waits is None


def test_parked_reports_and_downloads_need_a_person_each_download_with_its_age():
    report(state="parked")
    download("b.xml", state="parked", processed_at=NOW - timedelta(hours=3, minutes=59))
    download("a.xml", state="parked", processed_at=NOW - timedelta(days=2, hours=1))

    now = interface_status(now=NOW)

    to_do = (
        "miit downloads says why; at the review desk it is read again, or closed by two people once it is dealt with"
    )
    assert now.inbox["parked"] == 2
    assert now.needs == [
        f"download a.xml parked for 2 days 1 hour: {to_do}",
        f"download b.xml parked for 3 hours: {to_do}",
        "1 parked: miit queue --state parked",
    ]
    assert [each["name"] for each in now.as_dict()["parked_downloads"]] == ["a.xml", "b.xml"]


LATIN_OF_COMMANDS = re.compile(r"miit [a-z-]+( --state \w+| --[a-z-]+)*|MIIT_\w+|IP|[\w.]+\.xml")


def test_what_needs_a_person_is_completely_in_the_readers_language():
    MinistryLine.objects.create(isp_id=ISP)
    line_state.stop(ISP, line_state.pause_reason(14, REACTIONS[14].words), BOTH, now=START)
    report(state="parked")
    download("a.xml", state="parked")
    download("b.xml", damaged_at=START, reason="the hash does not match the file")
    report(2, next_at=START - timedelta(days=1))

    english = interface_status(now=NOW).needs
    with translation.override("zh-hans"):
        chinese = interface_status(now=NOW).needs

    assert [need for need in english if HAN.search(need)] == []
    assert [need for need in chinese if re.search(r"[a-z]{2}", LATIN_OF_COMMANDS.sub("", need))] == []
    assert len(chinese) == len(english) == 4


@pytest.mark.parametrize(("minutes", "needs"), [(60, []), (61, ["reports could go and do not: is a worker running?"])])
def test_a_report_not_sent_for_an_hour_without_a_reason_needs_a_person(minutes, needs):
    row = report()

    assert interface_status(now=row.next_at + timedelta(minutes=minutes)).needs == needs


def test_a_report_postponed_until_tomorrow_waits_for_a_reason():
    report(next_at=NOW + timedelta(days=1), queued_at=NOW - timedelta(days=3))

    assert interface_status(now=NOW).needs == []


def test_invalid_settings_and_schemas_need_a_person(settings, tmp_path):
    settings.MIIT_CANCELLATION_REASON = 0
    settings.MIIT_XSD_DIR = str(tmp_path)

    now = interface_status(now=NOW)

    assert len(now.needs) == 2
    assert now.needs[0].startswith("schemas: MIIT_XSD_DIR")
    assert now.needs[1] == "MIIT_CANCELLATION_REASON is not 1 to 999"


def test_another_providers_line_is_not_ours():
    MinistryLine.objects.create(isp_id=ISP + 1, last_sequence=9, sending_stopped_at=timezone.now())

    assert (interface_status().last_sequence, interface_status().sending_stopped) == (None, None)
