"""Every rule by which a result finds its report; nothing is guessed when several or none could be meant."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from icpportal.gateways.miit.documents.types import Result, Verdict
from icpportal.gateways.miit.incoming.correlation import AmbiguousMatch, regular, report_of
from icpportal.gateways.miit.models import Report, ReportState, UploadFile
from tests.icpportal.gateways.miit.authority_files import SITE, waiting

pytestmark = pytest.mark.django_db


def key_of(handle: object, operation: int | None = 3, *verdicts: Verdict) -> str:
    return report_of(Result(operation, str(handle), verdicts)).key


def mark_answered(report: Report) -> Report:
    Report.objects.filter(pk=report.pk).update(state=ReportState.ANSWERED, answered_at=timezone.now())
    return report


def test_an_access_is_found_by_our_own_id():
    report = waiting()
    waiting("TR-2.1", site_number="京ICP备10000002号-1")

    assert key_of(report.own_id) == "TR-1.1"
    assert key_of(f" {report.own_id}\n") == "TR-1.1"


@pytest.mark.parametrize("written", [SITE, " 京icp备10000001号－1 ", "京ICP備10000001號-1", "京ICP备10000001号1"])
def test_an_access_is_found_by_the_number_of_its_site_in_any_spelling(written):
    waiting()

    assert key_of(written) == "TR-1.1"


@pytest.mark.parametrize(
    ("site", "written"),
    [
        ("京ICP证030173号-1", "京ICP證030173號-1"),
        ("京B2-20060259-1", "京b2－20060259－1"),
        ("川B2-20060259-1", "川B2-20060259-1"),
        ("京ICP备12345号-1", "京ICP备12345号1"),
        ("合字B2-20060259-1", "合字B2-20060259-1"),
    ],
)
def test_an_access_is_found_by_the_number_of_a_licence(site, written):
    waiting(site_number=site)

    assert key_of(written) == "TR-1.1"


def test_two_characters_for_the_same_province_are_equal():
    assert (regular("川ICP备12345678号-02"), regular("甘ICP备12345678号")) == (
        "蜀ICP备12345678号-2",
        "陇ICP备12345678号",
    )
    assert regular("12345678") == ""


def test_a_waiting_report_of_the_site_comes_before_an_answered_one():
    mark_answered(waiting())
    waiting("TR-1.2")

    assert key_of(SITE) == "TR-1.2"


def test_two_waiting_reports_of_one_site_are_not_distinguished_by_its_number():
    first, second = waiting(), waiting("TR-1.2")

    with pytest.raises(AmbiguousMatch, match="2 reports"):
        key_of(SITE)
    assert (key_of(first.own_id), key_of(second.own_id)) == ("TR-1.1", "TR-1.2")


def test_a_later_unaccepted_report_does_not_get_the_result_of_the_earlier():
    waiting()
    waiting("TR-1.2", state=ReportState.QUEUED)

    assert key_of(SITE) == "TR-1.1"


def test_a_file_whose_receipt_was_lost_may_already_have_its_answer():
    report = waiting(state=ReportState.NUMBERED)
    with pytest.raises(AmbiguousMatch):
        key_of(SITE)
    UploadFile.objects.create(isp_id=1, sequence=7, report=report, name="b7.xml", digest="x", sent_at=timezone.now())

    assert key_of(SITE) == "TR-1.1"


def test_a_repeated_result_by_site_finds_the_answered_report():
    mark_answered(waiting())

    assert key_of(SITE) == "TR-1.1"


@pytest.mark.parametrize("handle", ["77", "京ICP备99999999号-1", "", "9" * 30, "京ICP备10000001号", "nonsense"])
def test_an_empty_identifier_finds_nothing(handle):
    waiting()

    with pytest.raises(AmbiguousMatch, match="no reports"):
        key_of(handle)


@pytest.mark.parametrize("operation", [1, 2, 4, 6, 7, 99])
def test_a_kind_we_never_send_is_found_only_by_our_own_id(operation):
    report = waiting()

    assert key_of(report.own_id, operation) == "TR-1.1"
    with pytest.raises(AmbiguousMatch):
        key_of(SITE, operation)


def test_a_cancellation_is_found_by_our_id_their_id_and_the_number_of_the_site():
    access = mark_answered(waiting(access_id=900001))
    report = waiting("CA-1.1", kind="cancellation", access_id=900001)

    for handle in (report.own_id, 900001, access.own_id, SITE):
        assert key_of(handle, 5) == "CA-1.1"


def test_a_cancellation_is_found_by_the_id_of_its_subject():
    """As in the first of the two notes on Bs; its refusal was parked, and the order waited for ever."""
    mark_answered(waiting(access_id=900001, subject_id=700001))
    waiting("CA-1.1", kind="cancellation", access_id=900001)
    mark_answered(waiting("TR-2.1", access_id=900002, subject_id=700002))
    waiting("CA-2.1", kind="cancellation", access_id=900002)

    assert key_of(700001, 5) == "CA-1.1"


def test_two_cancellations_of_one_subject_are_not_distinguished_by_it():
    """Not even when one of them was answered: it may be repeated."""
    for number in (1, 2):
        mark_answered(waiting(f"TR-{number}.1", access_id=900000 + number, subject_id=700001))
    mark_answered(waiting("CA-1.1", kind="cancellation", access_id=900001))
    waiting("CA-2.1", kind="cancellation", access_id=900002)

    with pytest.raises(AmbiguousMatch, match="2 reports"):
        key_of(700001, 5)
    assert key_of(900002, 5) == "CA-2.1"


def test_our_own_id_of_an_access_does_not_find_it_for_a_cancellation():
    report = waiting()

    with pytest.raises(AmbiguousMatch):
        key_of(report.own_id, 5)


def test_two_cancellations_of_one_access_are_not_distinguished():
    waiting("CA-1.1", kind="cancellation", access_id=900001)
    waiting("CA-2.1", kind="cancellation", access_id=900001)

    with pytest.raises(AmbiguousMatch, match="2 reports"):
        key_of(900001, 5)


def test_material_is_found_by_the_number_it_belongs_to():
    waiting()
    report = waiting("MA-1.1", kind="material", site_number=SITE)

    assert key_of(SITE, 35) == key_of(report.own_id, 35) == "MA-1.1"


def test_a_decision_without_a_kind_tries_every_way():
    report = waiting(access_id=900001)

    assert key_of(report.own_id, None) == key_of(SITE, None) == "TR-1.1"


def test_a_number_that_matches_in_two_ways_is_not_guessed():
    waiting()
    waiting("MA-1.1", kind="material", site_number=SITE)

    with pytest.raises(AmbiguousMatch, match="2 reports"):
        key_of(SITE, None)


@pytest.mark.parametrize(
    "words", ["beianinfo7.xml", "文件beianinfo7.xml不符合XSD", "beianinfo7.zip", "文件名：beianinfo7"]
)
def test_a_file_that_broke_the_schema_is_found_by_its_name(settings, words):
    settings.MIIT_ISP_ID = 1
    report = waiting()
    UploadFile.objects.create(isp_id=1, sequence=7, report=report, name="beianinfo7.xml", digest="x")
    other = waiting("TR-2.1", site_number="京ICP备10000002号-1")
    UploadFile.objects.create(
        isp_id=1, sequence=77, report=other, name="beianinfo77.xml", digest="x", accepted_at=timezone.now()
    )

    assert key_of("", 3, Verdict("5001", words)) == "TR-1.1"


def test_a_file_of_an_earlier_account_may_have_the_same_name(settings):
    """With a new account the numbers begin with 1 again."""
    before, now = waiting(), waiting("TR-2.1", site_number="京ICP备10000002号-1")
    for isp_id, report in ((1, before), (settings.MIIT_ISP_ID, now)):
        UploadFile.objects.create(isp_id=isp_id, sequence=7, report=report, name="beianinfo7.xml", digest="x")

    assert key_of("", 3, Verdict("5001", "beianinfo7.xml")) == "TR-2.1"


def test_a_file_name_in_the_words_of_another_code_is_ignored():
    report = waiting()
    UploadFile.objects.create(isp_id=1, sequence=7, report=report, name="beianinfo7.xml", digest="x")

    with pytest.raises(AmbiguousMatch):
        key_of("", 3, Verdict("1002", "beianinfo7.xml"))


def test_a_report_waiting_for_its_retry_can_still_be_answered():
    report = waiting(state=ReportState.QUEUED)
    at = timezone.now()
    UploadFile.objects.create(
        isp_id=1, sequence=7, report=report, name="b7.xml", digest="x", sent_at=at, accepted_at=at
    )

    assert key_of(SITE) == "TR-1.1"


def test_no_search_for_a_cancellation_scans_the_table_of_reports():
    mark_answered(waiting(access_id=900001, subject_id=700001))
    waiting("CA-1.1", kind="cancellation", access_id=900001)
    with CaptureQueriesContext(connection) as asked:
        assert key_of(700001, 5) == "CA-1.1"

    about = [each["sql"] for each in asked.captured_queries if each["sql"].startswith("SELECT")]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for sql in about:
            cursor.execute(f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}")
            plans.append("\n".join(str(row) for row in cursor.fetchall()))
    assert about
    assert [plan for plan in plans if re.search(r"SCAN (miit_report|U0)\b|Seq Scan on miit_report", plan)] == []
