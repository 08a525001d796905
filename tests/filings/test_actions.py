from datetime import UTC, date, datetime

import pytest
from django.db import connection

from filings.actions import (
    AccessFacts,
    OnFileInOtherAccount,
    UnderOtherDocument,
    end_access,
    record_access,
    record_import,
)
from filings.models import Access, LegacyRecord, Person, Subject, Website
from filings.register.blind_keys import mobile_key, name_key, person_key, subject_key
from tests.filings.checks.cases import (
    ADMINISTRATOR,
    PERSON_ADMINISTRATOR,
    PERSON_SUBJECT,
    PERSON_TYPE,
    PERSON_WEBSITE,
    SUBJECT,
    TYPE,
    WEBSITE,
)
from tests.filings.filed import KEY, account, on_file

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PERSON_PAGES = {
    "type": PERSON_TYPE,
    "subject": PERSON_SUBJECT,
    "website": PERSON_WEBSITE,
    "administrator": PERSON_ADMINISTRATOR,
}


@pytest.fixture
def lin(db):
    return account("lin@example.com")


def rows():
    return {model.__name__: model.objects.count() for model in (Subject, Person, Website, Access)}


def test_an_approved_access_is_in_the_register_with_everything_that_was_reported(lin):
    subject, website = on_file(lin, since=NOW)

    subject, website = Subject.objects.get(), Website.objects.get()
    lead, administrator = subject.lead, website.administrator
    access = Access.objects.get()
    assert (subject.owner, subject.nature, subject.id_type, subject.region) == (lin, "enterprise", 1, "640106")
    assert (subject.name, subject.id_number) == ("宁夏示例纸业有限公司", "91649999000000019L")
    assert (subject.subject_key, subject.name_index) == (KEY, name_key("宁夏示例纸业有限公司"))
    assert subject.subject_number == "宁ICP备00000000号"
    assert subject.details == {
        "id_address": "宁夏回族自治区银川市金凤区示例路1号",
        "post_region": "640106",
        "post_address": "示例路1号2号楼301室",
        "investor": "林示范",
        "is_legal_rep": "yes",
    }
    assert (lead.name, lead.mobile, lead.phone) == ("林示范", "13900000001", "086-0951-5550100")
    assert (lead.person_key, lead.mobile_index) == (person_key(2, "649999198502140009"), mobile_key("13900000001"))
    assert (lead.emergency, lead.email, lead.id_until) == ("13900000003", "lin@example.com", date(2035, 2, 14))
    assert (administrator.name, administrator.id_number) == ("陈样例", "649999198806060008")
    assert (website.owner, website.domain, website.site_number) == (lin, "example.com", "宁ICP备00000000号-1")
    assert (website.name, website.home_url, website.since) == ("示例纸业官网", "https://www.example.com/", NOW)
    assert website.details == {"content": ["8"], "needs_approval": "no", "languages": ["1"]}
    assert (access.website, access.own, access.report_key) == (website, True, "T7Q4-M2KX.1")
    assert (access.instance, access.service_code) == ("i-example0001", "00000000-0000-4000-8000-000000000001")
    assert (access.since, access.ended_at) == (NOW, None)


def test_nothing_personal_is_readable_in_the_database(lin):
    on_file(lin)

    with connection.cursor() as cursor:
        lying = []
        for model in (Subject, Person, Website, Access):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            lying += [str(value) for row in cursor.fetchall() for value in row]
    secrets = ("宁夏示例纸业", "91649999", "林示范", "649999198502140009", "13900000001", "5550100", "@example.com")
    assert [secret for secret in secrets if any(secret in value for value in lying)] == []


def test_the_same_report_is_written_once(lin):
    first = on_file(lin)

    assert on_file(lin) == first
    assert rows() == {"Subject": 1, "Person": 2, "Website": 1, "Access": 1}


def test_a_second_website_joins_the_subject_and_its_people(lin):
    on_file(lin)

    subject, website = on_file(lin, report="T7Q4-M2KY.1", domain="example.cn", site_number="宁ICP备00000000号-2")

    assert rows() == {"Subject": 1, "Person": 2, "Website": 2, "Access": 2}
    assert [each.domain for each in subject.websites.order_by("domain")] == ["example.cn", "example.com"]
    assert website.site_number == "宁ICP备00000000号-2"


def test_empty_answers_leave_the_register_unchanged(lin):
    on_file(lin)

    subject, website = on_file(
        lin,
        report="T7Q4-M2KY.1",
        subject_number="",
        pages={
            "subject": {"lead_id_type": "2", "lead_id_number": "649999198502140009", "lead_email": ""},
            "website": {},
        },
    )

    subject.refresh_from_db()
    assert subject.subject_number == "宁ICP备00000000号"
    assert (subject.lead.name, subject.lead.email) == ("林示范", "lin@example.com")
    assert subject.details["investor"] == "林示范"
    assert website.name == "示例纸业官网"


def test_where_one_person_answers_for_both_there_is_one_person(lin):
    subject, website = on_file(lin, pages={"administrator": {"same_person": "yes"}})

    assert Person.objects.count() == 1
    assert subject.lead == website.administrator


def test_an_individual_is_lead_and_administrator(lin):
    subject, website = on_file(lin, pages=PERSON_PAGES)

    assert (subject.lead.name, subject.lead.id_number, subject.lead.mobile) == (
        "赵样本",
        "119999199009090002",
        "13900000004",
    )
    assert website.administrator == subject.lead
    assert subject.lead.id_until is None


def test_a_subject_first_filed_by_another_account_stays_there_and_the_website_is_the_new_owner_s(lin):
    chen = account("chen@example.com")
    on_file(chen)

    subject, website = on_file(lin, report="T7Q4-M2KY.1", domain="example.cn")

    assert (subject.owner, website.owner) == (chen, lin)


def test_a_subject_that_had_left_us_returns_in_the_account_that_brings_it(lin):
    chen = account("chen@example.com")
    _subject, old = on_file(chen)
    end_access(old)

    subject, website = on_file(lin, report="T7Q4-M2KY.1")

    assert (subject.owner, website.owner, website.pk) == (lin, lin, old.pk)


def test_a_subject_without_an_owner_gets_one(lin):
    on_file(None)

    subject, _website = on_file(lin, report="T7Q4-M2KY.1", domain="example.cn")

    assert subject.owner == lin


def test_a_domain_that_moved_to_another_subject_ends_the_old_website_and_its_access(lin):
    _subject, old = on_file(lin, since=NOW)

    subject, website = on_file(account("zhao@example.com"), report="T7Q4-M2KY.1", pages=PERSON_PAGES, since=NOW)

    old.refresh_from_db()
    assert old.ended_at == NOW
    assert [(each.ended_at, each.ended_because) for each in old.accesses.all()] == [(NOW, "moved_to_another_subject")]
    assert (website.domain, website.subject, website.ended_at) == ("example.com", subject, None)
    assert Website.objects.filter(domain="example.com", ended_at__isnull=True).get() == website


def test_an_ended_access_leaves_the_website_on_file(lin):
    _subject, website = on_file(lin)

    assert end_access(website, because="cancelled", now=NOW) == 1
    assert end_access(website, because="again") == 0
    website.refresh_from_db()
    access = Access.objects.get()
    assert (website.ended_at, access.ended_at, access.ended_because) == (None, NOW, "cancelled")


def test_an_ended_access_does_not_touch_other_websites_or_providers(lin):
    _subject, website = on_file(lin)
    _subject, other = on_file(lin, report="T7Q4-M2KY.1", domain="example.cn")
    elsewhere = Access.objects.create(website=website, own=False, provider="别家云")

    end_access(website)

    elsewhere.refresh_from_db()
    assert elsewhere.ended_at is None
    assert other.accesses.get().ended_at is None


def test_after_an_ended_access_a_new_one_can_be_recorded(lin):
    _subject, website = on_file(lin)
    end_access(website)

    _subject, again = on_file(lin, report="T7Q4-M2KY.1")

    assert again == website
    assert website.accesses.filter(ended_at__isnull=True).count() == 1


def test_a_number_means_the_same_subject_in_any_spelling():
    assert subject_key("1", "９１６４９９９９-0000 00019l") == KEY
    assert subject_key("2", "91649999000000019L") != KEY


def test_a_failure_half_way_leaves_nothing_behind(lin):
    broken = {**ADMINISTRATOR, "admin_id_type": "not a number"}

    with pytest.raises(ValueError, match="not a number"):
        record_access(
            AccessFacts(
                report_key="T7Q4-M2KX.1",
                owner=lin,
                pages={"type": TYPE, "subject": SUBJECT, "website": WEBSITE, "administrator": broken},
                subject_key=KEY,
                domain="example.com",
            )
        )

    assert rows() == {"Subject": 0, "Person": 0, "Website": 0, "Access": 0}


# --- records of the old platform --------------------------------------------------------------------


def old_record(domain="example.com", *, id_number=TYPE["id_number"], **columns):
    pages = {"type": {**TYPE, "id_number": id_number}, "subject": SUBJECT, "website": WEBSITE}
    return LegacyRecord.objects.create(
        subject_key=subject_key("1", id_number),
        domain=domain,
        region=TYPE["region"],
        name=TYPE["name"],
        details={**pages, "administrator": ADMINISTRATOR},
        **columns,
    )


def test_an_import_repeated_with_its_key_changes_nothing(lin):
    record = old_record(site_number="宁ICP备00000000号-1")
    website = record_import(key="import:1", owner=lin, record=record, now=NOW)
    before = rows()

    assert record_import(key="import:1", owner=lin, record=record) == website
    assert rows() == before == {"Subject": 1, "Person": 2, "Website": 1, "Access": 1}


@pytest.mark.parametrize("domain", ["example.com", "example.cn"])
def test_an_import_takes_no_subject_from_another_account(lin, domain):
    on_file(account("chen@example.com"))
    before = rows()

    with pytest.raises(OnFileInOtherAccount):
        record_import(key="import:1", owner=lin, record=old_record(domain))

    assert rows() == before
    assert Subject.objects.get().owner != lin


def test_an_import_takes_no_website_from_another_account(lin):
    on_file(account("chen@example.com"))
    before = rows()

    with pytest.raises(OnFileInOtherAccount):
        record_import(key="import:1", owner=lin, record=old_record(id_number="91649999000000027F"))

    assert rows() == before
    assert Website.objects.get().owner != lin


def test_an_import_moves_no_website_to_another_document(lin):
    on_file(lin)
    before = rows()

    with pytest.raises(UnderOtherDocument):
        record_import(key="import:1", owner=lin, record=old_record(id_number="91649999000000027F"))

    assert rows() == before


def test_a_subject_without_an_owner_becomes_the_importer_s(lin):
    on_file(None)

    record_import(key="import:1", owner=lin, record=old_record())

    assert (Subject.objects.get().owner, Website.objects.get().owner) == (lin, lin)


def test_an_imported_access_can_be_ended_as_any_other(lin):
    website = record_import(key="import:1", owner=lin, record=old_record(), now=NOW)

    assert Access.objects.get().ministry_id is None
    assert end_access(website, because="cancelled", now=NOW) == 1
