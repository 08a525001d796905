"""Every report with its number, and a file as it was sent."""

import re

import pytest
from django.utils import translation

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.line.file_encryption import Forgotten
from icpportal.gateways.miit.models import UploadFile
from icpportal.gateways.miit.operations import report_list
from tests.icpportal.gateways.miit.ministry_rows import DIGEST, PICTURE, START, file, report

pytestmark = pytest.mark.django_db


def listed_rows(**wanted):
    return [(row.sequence, row.key, row.state) for row in report_list.rows(report_list.reports(**wanted))]


def test_every_report_is_listed_newest_first_with_its_number_or_none():
    file(report(1), 1)
    file(report(2), 2, accepted_at=None, code="15", words="待处理文件过多")
    report(3, state="parked", field="Fj/STATEMENT", code="5010", reason="too large")

    rows = list(report_list.rows(report_list.reports()))

    assert [(row.sequence, row.key, row.state) for row in rows] == [
        (None, "T7Q4-M2KX.3", "parked"),
        (2, "T7Q4-M2KX.2", "numbered"),
        (1, "T7Q4-M2KX.1", "accepted"),
    ]
    assert [(row.code, row.field, row.reason, row.said) for row in rows] == [
        ("5010", "Fj/STATEMENT", "too large", ""),
        ("15", "", "", "待处理文件过多"),
        ("", "", "", ""),
    ]
    assert (rows[2].order, rows[2].kind, rows[2].sent_at, rows[2].sent_times) == ("T7Q4-M2KX", "access", START, 1)


def test_a_report_resent_with_a_new_number_shows_the_last_one():
    row = report()
    file(row, 1)
    file(row, 5)

    assert listed_rows() == [(5, "T7Q4-M2KX.1", "accepted")]


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({"state": "parked"}, ["B.1"]),
        ({"kind": "cancellation"}, ["C.1"]),
        ({"order": "A"}, ["A.2", "A.1"]),
        ({"order": "A", "state": "accepted"}, []),
        ({}, ["C.1", "B.1", "A.2", "A.1"]),
    ],
)
def test_the_list_is_filtered_by_state_kind_and_order(wanted, keys):
    report(1, order="A")
    report(2, order="A")
    report(3, order="B", key="B.1", state="parked")
    report(4, order="C", key="C.1", kind="cancellation")

    assert [key for _sequence, key, _state in listed_rows(**wanted)] == keys


def test_pages_continue_after_a_report_in_both_directions():
    for number in range(1, 6):
        report(number)

    newest, more = report_list.page(report_list.reports(), size=2)
    then, more_still = report_list.page(report_list.reports(), size=2, after=newest[-1].key)
    last, none = report_list.page(report_list.reports(), size=2, after=then[-1].key)
    oldest, _more = report_list.page(report_list.reports(), size=2, oldest=True, after="T7Q4-M2KX.1")

    pages = [[row.key[-1] for row in rows] for rows in (newest, then, last, oldest)]
    assert pages == [["5", "4"], ["3", "2"], ["1"], ["2", "3"]]
    assert (more, more_still, none) == (True, True, False)


def test_reports_queued_at_the_same_moment_are_on_one_page_each():
    for number in range(1, 4):
        report(number, queued_at=START)

    first, _more = report_list.page(report_list.reports(), size=1)
    second, _more = report_list.page(report_list.reports(), size=1, after=first[0].key)
    third, more = report_list.page(report_list.reports(), size=1, after=second[0].key)

    assert [row.key[-1] for row in (*first, *second, *third)] == ["3", "2", "1"]
    assert more is False


def test_the_whole_list_takes_as_many_queries_for_one_as_for_three(django_assert_num_queries):
    file(report(1), 1)
    with django_assert_num_queries(2):
        list(report_list.rows(report_list.reports()))

    file(report(2), 2)
    file(report(3), 3)
    with django_assert_num_queries(2):
        assert len(list(report_list.rows(report_list.reports()))) == 3


def test_neither_the_sealed_report_nor_the_sealed_file_is_read_for_a_list(django_assert_num_queries):
    file(report(1), 1)

    with django_assert_num_queries(2) as asked:
        list(report_list.rows(report_list.reports()))

    assert not [query["sql"] for query in asked if '"payload"' in query["sql"] or '"body"' in query["sql"]]


def test_a_file_is_shown_as_sent_with_the_password_masked_and_its_pictures_removed():
    sent = report_list.in_words(report_list.as_sent(file(report(), 1), attachments=False))

    assert re.match(r"<\?xml version=['\"]1\.0['\"] encoding=['\"]GBK['\"]", sent)
    assert f"<ICPmm>{'*' * 32}</ICPmm>" in sent
    assert "<Wzbah>宁ICP备00000000号-1</Wzbah>" in sent
    assert [secret for secret in (DIGEST, PICTURE) if secret in sent] == []


def test_with_attachments_the_pictures_are_included_and_the_password_is_not():
    sent = report_list.as_sent(file(report(), 1), attachments=True).decode("gbk")

    assert PICTURE in sent
    assert DIGEST not in sent


def test_the_file_is_gbk_until_it_is_decoded():
    xml = report_list.as_sent(file(report(), 1), attachments=False)

    assert "宁ICP备00000000号-1".encode("gbk") in xml
    assert xml.startswith(b'<?xml version="1.0" encoding="GBK"?>')


def test_a_forgotten_file_cannot_be_shown():
    row = file(report(), 1)
    UploadFile.objects.update(body=None, key="")
    row.refresh_from_db()

    with pytest.raises(Forgotten):
        report_list.as_sent(row, attachments=False)


def test_an_unused_number_is_reported():
    file(report(), 1)

    assert report_list.file_of(1).report.key == "T7Q4-M2KX.1"
    with translation.override("en"), pytest.raises(Refused, match="There is no file with the number 2"):
        report_list.file_of(2)


def test_the_file_of_another_provider_is_not_found(settings):
    file(report(), 1)
    settings.MIIT_ISP_ID = 100002

    with pytest.raises(Refused):
        report_list.file_of(1)
