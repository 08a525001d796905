"""The authority's tables replace the defaults, and reports are checked against them."""

from datetime import timedelta

import pytest

from icpportal.alarms.queries import open_alarms
from icpportal.gateways.miit.codes import table_numbers, tables
from icpportal.gateways.miit.codes.code_names import METHODS, PLACES, PURPOSES
from icpportal.gateways.miit.documents.types import CodeRow
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import TableRow, UploadFile
from icpportal.gateways.miit.operations import report_list, settings_check
from icpportal.gateways.miit.operations.status import interface_status
from icpportal.gateways.miit.outgoing.sender import send_due
from icpportal.gateways.miit.types import Purpose
from tests.icpportal.gateways.miit.documents.samples import STATEMENT
from tests.icpportal.gateways.miit.schemas import published_codes
from tests.icpportal.gateways.miit.sending_world import NOW, access, arrange, cancellation, queue_reports, states

pytestmark = pytest.mark.django_db


def test_before_the_authority_sends_its_tables_the_defaults_are_used():
    assert (tables.name("Wzjrfs", 5), tables.valid("Wzjrfs", 5)) == ("云接入", True)
    assert (tables.name("Wzjrfs", 6), tables.valid("Wzjrfs", 6)) == ("", False)


def test_a_received_table_replaces_its_default_completely_and_no_other():
    tables.load([CodeRow("Wzjrfs", 3, "主机"), CodeRow("Wzjrfs", 4, "旧方式", valid=False)])

    assert [(tables.name("Wzjrfs", code), tables.valid("Wzjrfs", code)) for code in (3, 4, 5)] == [
        ("主机", True),
        ("旧方式", False),
        ("", False),
    ]
    assert tables.valid("Dwxz", 5)


def test_no_code_of_a_table_never_sent_is_refused():
    assert (tables.name("Zxly", 7), tables.valid("Zxly", 7)) == ("", True)


def test_a_second_file_changes_the_rows_it_names_and_no_others():
    tables.load([CodeRow("Zxly", 1, "一"), CodeRow("Zxly", 2, "二")])
    tables.load([CodeRow("Zxly", 2, "甲"), CodeRow("Zxly", 2, "乙", valid=False)])

    assert list(TableRow.objects.values_list("code", "name", "valid")) == [(1, "一", True), (2, "乙", False)]


def test_our_own_numbers_are_in_the_defaults():
    assert set(PLACES.values()) == set(tables.SEEDS["Wzfb"])
    assert set(METHODS.values()) == set(tables.SEEDS["Wzjrfs"])
    assert set(PURPOSES.values()) == set(tables.SEEDS["Fjytlx"])
    assert {each.name.lower(): int(each) for each in Purpose} == PURPOSES


@pytest.mark.parametrize(("ours", "theirs"), [("Wzfb", "fbdd"), ("Wzjrfs", "jrfs"), ("Dwxz", "dwxz"), ("Yylb", "yylb")])
def test_the_defaults_are_the_published_ones(ours, theirs):
    found = published_codes()["tables"][theirs]

    assert tables.SEEDS[ours] == {row["id"]: row["zh"] for row in found}


def test_a_report_is_checked_against_the_tables():
    assert table_numbers.missing(access()) == table_numbers.missing(cancellation()) == ""

    tables.load([CodeRow("Wzjrfs", 1, "专线"), CodeRow("Zxly", 9, "其他")])

    assert table_numbers.missing(access()) == "Wzjrfs 5"
    assert table_numbers.missing(cancellation()) == "Zxly 1"


def with_other_numbers():
    """Tables in which cloud access has another number, which no public text rules out."""
    tables.load([CodeRow("Wzjrfs", 1, "专线"), CodeRow("Wzjrfs", 3, "虚拟主机"), CodeRow("Wzjrfs", 7, "云接入")])


def test_a_code_missing_in_the_tables_waits_with_an_alarm_and_is_sent_once_the_setting_names_it(monkeypatch, settings):
    """Every report of a cloud server was parked, and its order held."""
    ministry = arrange(monkeypatch, settings)
    queue_reports(2)
    with_other_numbers()

    sent = send_due(now=NOW)

    assert (sent.parked, sent.put_off, ministry.sent, states()) == (0, 2, [], ["queued", "queued"])
    assert [(alarm.cause, alarm.reference) for alarm in open_alarms()] == [("ministry.code_missing", "Wzjrfs 5")]
    assert outcome_queue.waiting() == []
    assert table_numbers.clear_found(now=NOW) == 0

    settings.MIIT_CODES = {"Wzjrfs": {"cloud": 7}}
    send_due(now=NOW + timedelta(minutes=2))

    assert (len(ministry.sent), states()) == (2, ["accepted", "accepted"])
    assert b"<Jrfs>7</Jrfs>" in report_list.as_sent(UploadFile.objects.first(), attachments=False)
    assert table_numbers.clear_found(now=NOW, dry_run=True) == table_numbers.clear_found(now=NOW) == 1
    assert not open_alarms().exists()


def test_the_missing_code_is_named_with_the_setting_that_fixes_it(settings):
    assert table_numbers.faults() == table_numbers.doubts() == []
    with_other_numbers()
    tables.load([CodeRow("Wzfb", 1, "安徽"), CodeRow("Zxly", 4, "不再接入")])

    assert interface_status().settings_faults == [
        'Wzfb 22 (64) is not in the ministry\'s tables: set MIIT_CODES={"Wzfb": {"64": …}}',
        'Wzjrfs 5 (cloud) is not in the ministry\'s tables: set MIIT_CODES={"Wzjrfs": {"cloud": 7}}',
        "Zxly 1 is not in the ministry's tables: set MIIT_CANCELLATION_REASON",
    ]
    settings.MIIT_CODES = {"Wzjrfs": {"cloud": 7}, "Wzfb": {"64": 1}}
    settings.MIIT_CANCELLATION_REASON = 4
    assert interface_status().settings_faults == []
    assert table_numbers.as_numbered(cancellation()).reason == 4  # one that waited while it was fixed


def test_a_purpose_missing_in_the_tables_waits_until_the_setting_names_it(settings):
    """The pictures' tables could not be named, so every report with a picture was refused (1057)."""
    report = access(attachments=(STATEMENT,))
    tables.load(
        [CodeRow("Fjwjgs", 1, "JPG"), CodeRow("Fjytlx", 2, "主办单位有效证件"), CodeRow("Fjytlx", 7, "真实性核验单")]
    )

    assert (table_numbers.missing(report), table_numbers.missing(access())) == ("Fjytlx 1", "")
    assert table_numbers.faults()[0] == (
        'Fjytlx 1 (statement) is not in the ministry\'s tables: set MIIT_CODES={"Fjytlx": {"statement": 7}}'
    )
    settings.MIIT_CODES = {"Fjytlx": {"statement": 7}}
    assert table_numbers.missing(report) == ""

    tables.load([CodeRow("Fjwjgs", 1, "JPG", valid=False), CodeRow("Fjwjgs", 3, "JPEG")])
    assert table_numbers.missing(report) == "Fjwjgs 1"


def test_a_number_that_the_ministry_names_differently_is_an_open_question(settings):
    """Valid, but another method than the one on the signed statement."""
    tables.load([CodeRow("Wzjrfs", 3, "虚拟主机"), CodeRow("Wzjrfs", 5, "卫星接入"), CodeRow("Wzjrfs", 6, "云接入")])

    assert table_numbers.faults() == []
    assert table_numbers.doubts() == [
        'Wzjrfs 5 is “卫星接入” to the ministry and “云接入” to us: set MIIT_CODES={"Wzjrfs": {"cloud": 6}}'
    ]
    settings.MIIT_CODES = {"Wzjrfs": {"cloud": 5}}  # the authority says that it is meant
    assert table_numbers.doubts() == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("cloud=5", "MIIT_CODES is not a JSON object of tables"),
        ({"Zxly": {"1": 2}}, "MIIT_CODES: Zxly is none of Wzfb, Wzjrfs"),
        ({"Fjwjgs": {"png": 2}}, "MIIT_CODES: png of Fjwjgs is none of jpeg."),
        ({"Fjytlx": {"photo": 1000}}, "MIIT_CODES: Fjytlx photo is not a number from 1 to 999."),
        ({"Wzjrfs": 5}, "MIIT_CODES: Wzjrfs is not a JSON object of our words"),
        ({"Wzjrfs": {"clouds": 5}}, "MIIT_CODES: clouds of Wzjrfs is none of line, colocation, hosting, other, cloud."),
        ({"Wzjrfs": {"cloud": 0}}, "MIIT_CODES: Wzjrfs cloud is not a number from 1 to 64."),
        ({"Wzjrfs": {"cloud": True}}, "MIIT_CODES: Wzjrfs cloud is not a number from 1 to 64."),
        ({"Wzfb": {"64": "22"}}, "MIIT_CODES: Wzfb 64 is not a number from 1 to 64."),
    ],
)
def test_an_invalid_setting_is_named(settings, given, words):
    settings.MIIT_CODES = given

    (fault,) = settings_check.faults()

    assert fault.startswith(words)
