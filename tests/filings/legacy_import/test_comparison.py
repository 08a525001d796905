"""The preview: new, the same, different, blocked; by subject and website."""

import pytest
from django.db import connection

from filings.legacy_import.comparison import preview
from filings.models import LegacyRecord
from filings.models import legacy_states as states
from tests.filings.filed import on_file
from tests.filings.legacy_import.dumps import account, filing, several


def preview_of(owner):
    return [(each.how, [(site.domain, site.how) for site in each.sites]) for each in preview(owner, account().pk)]


def test_what_is_not_on_file_here_is_new(old, lin):
    old(*several(2))

    assert preview_of(lin) == [(states.NEW, [("site1.com", states.NEW), ("site2.com", states.NEW)])]


def test_equal_values_are_shown_as_the_same(old, lin):
    on_file(lin)
    old(filing())

    assert preview_of(lin) == [(states.SAME, [("example.com", states.SAME)])]


def test_differences_are_shown_field_by_field_and_masked(old, lin):
    on_file(lin)
    old(filing(lead_phone1="13900000077", site_name="旧名称"))

    (subject,) = preview(lin, account().pk)

    assert (subject.how, subject.sites[0].how) == (states.KEPT_HERE, states.KEPT_HERE)
    assert [(each.old, each.here) for each in subject.differences] == [("139****0077", "139****0001")]
    assert [(each.old, each.here) for each in subject.sites[0].differences] == [("旧名称", "示例纸业官网")]


def test_a_value_missing_on_one_side_is_no_difference(old, lin):
    on_file(lin)
    old(filing(lead_email="", site_name="", admin_id_number=""))

    assert preview_of(lin)[0][1] == [("example.com", states.KEPT_HERE)]  # the administrator is now another person
    assert preview_of(lin)[0][0] == states.SAME


@pytest.mark.parametrize("domain", ["example.com", "example.cn"])
def test_a_subject_of_another_account_blocks_it_and_its_details_are_not_shown(old, lin, chen, domain):
    on_file(chen)
    old(filing(domain=domain, lead_name="王范例"))

    (subject,) = preview(lin, account().pk)

    assert (subject.how, subject.differences) == (states.ELSEWHERE, [])
    assert [(site.how, site.differences) for site in subject.sites] == [(states.ELSEWHERE, [])]


def test_a_site_under_another_document_of_mine_blocks_it(old, lin):
    on_file(lin)
    old(filing(id_number="91649999000000027F"))

    assert preview_of(lin) == [(states.NEW, [("example.com", states.OTHER_DOCUMENT)])]


def test_a_filing_from_before_accounts_must_be_claimed(old, lin):
    old(filing(filed_on="2010-05-31"), filing(domain="example.net", filed_on="2010-06-01"))

    assert preview_of(lin) == [(states.NEW, [("example.com", states.TO_CLAIM), ("example.net", states.NEW)])]


@pytest.mark.parametrize("broken", ["empty", "another key"])
def test_a_damaged_record_does_not_hide_the_others(old, lin, broken):
    old(*several(3))
    record = LegacyRecord.objects.get(domain="site2.com")
    if broken == "empty":
        record.details = {}
        record.save()
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE filings_legacyrecord SET details = 's1:gone:AAAA' WHERE domain = 'site2.com'")

    assert [how for _domain, how in preview_of(lin)[0][1]] == [
        states.NEW,
        states.UNREADABLE,
        states.NEW,
    ]


def test_only_records_waiting_in_this_account_are_found(old, lin):
    old(*several(2), filing(account_email="other@example.com"))
    LegacyRecord.objects.filter(domain="site1.com").update(imported_at="2026-01-01T00:00Z")

    assert preview_of(lin) == [(states.NEW, [("site2.com", states.NEW)])]


def test_two_subjects_of_one_account_are_listed_separately(old, lin):
    old(filing(), filing(domain="tea.com", id_number="91649999000000027F", name="宁夏示例茶叶有限公司"))

    assert sorted(subject.name for subject in preview(lin, account().pk)) == [
        "宁夏示例纸业有限公司",
        "宁夏示例茶叶有限公司",
    ]


@pytest.mark.parametrize("number", [1, 30])
def test_it_takes_three_queries_whatever_is_found(old, lin, number, django_assert_num_queries):
    on_file(lin, domain="site1.com")
    old(*several(number))
    held = account().pk

    with django_assert_num_queries(3):
        preview(lin, held)


def test_a_site_of_another_account_under_another_document_blocks_it(old, lin, chen):
    on_file(chen)
    old(filing(id_number="91649999000000027F", name="宁夏示例茶叶有限公司"))

    assert preview_of(lin) == [(states.NEW, [("example.com", states.ELSEWHERE)])]
