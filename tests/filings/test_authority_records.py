"""The authority's record is authoritative for the register: it fills known rows, notes others, creates no strangers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from filings.authority_records import take_record, take_struck
from filings.models import Access, Person, Subject, Website
from filings.register.blind_keys import mobile_key, name_key, person_key, subject_key
from icpportal.alarms.models import Alarm
from icpportal.gateways.miit.types import (
    AddressRange,
    FiledAccess,
    FiledContact,
    FiledRecord,
    FiledSite,
    Level,
    StruckRecord,
)
from tests.filings.filed import account, on_file

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
KEY = "T7Q4-M2KX.1"
OURS, OTHER = 100001, 4711


@pytest.fixture
def lin() -> Any:
    return account("lin@example.com")


def access(**changes: Any) -> FiledAccess:
    filed = FiledAccess(
        access_id=900001, provider=OURS, own_id=17, methods=(5,), addresses=(AddressRange("192.0.2.9", "192.0.2.9"),)
    )
    return replace(filed, **changes)


def site(*accesses: FiledAccess, **changes: Any) -> FiledSite:
    filed = FiledSite(
        site_id=800001,
        site_number="宁ICP备00000000号-1",
        names=("示例纸业网",),
        domains=("example.com",),
        home_url="https://example.com/",
        administrator=FiledContact(
            "陈样例", "", "13900000012;13900000013", "chen2@example.com", 2, "649999198806060008"
        ),
        accesses=accesses or (access(),),
    )
    return replace(filed, **changes)


def record(*sites: FiledSite, **changes: Any) -> FiledRecord:
    filed = FiledRecord(
        subject_id=700001,
        subject_number="宁ICP备00000000号",
        name="宁夏示例纸业股份有限公司",
        nature=4,
        id_type=1,
        id_number="91649999000000019L",
        id_address="宁夏银川市示例路9号",
        region="640106",
        address="示例路9号",
        lead=FiledContact("林示范", "", "13900000011", "lin2@example.com", 2, "649999198502140009"),
        sites=sites or (site(),),
    )
    return replace(filed, **changes)


def take(filed: FiledRecord, **changes: Any) -> bool:
    return take_record(filed, **{"provider": OURS, "report_key": KEY, "at": NOW, **changes})


def test_a_record_fills_ids_numbers_names_and_people(lin: Any) -> None:
    on_file(lin, subject_number="", site_number="")

    assert take(record()) is True

    subject, website, ours = Subject.objects.get(), Website.objects.get(), Access.objects.get()
    assert (subject.ministry_id, website.ministry_id, ours.ministry_id) == (700001, 800001, 900001)
    assert (subject.subject_number, website.site_number) == ("宁ICP备00000000号", "宁ICP备00000000号-1")
    assert (subject.name, subject.name_index) == (record().name, name_key(record().name))
    assert (website.name, website.home_url) == ("示例纸业网", "https://example.com/")
    assert (subject.details["id_address"], subject.details["post_address"]) == ("宁夏银川市示例路9号", "示例路9号")
    assert subject.details["investor"] == "林示范"
    assert [(p.name, p.mobile, p.mobile_index, p.email) for p in (subject.lead, website.administrator)] == [
        ("林示范", "13900000011", mobile_key("13900000011"), "lin2@example.com"),
        ("陈样例", "13900000012", mobile_key("13900000012"), "chen2@example.com"),
    ]
    assert (ours.ip, ours.method) == ("192.0.2.9", 5)


def test_reading_it_again_changes_nothing(lin: Any) -> None:
    on_file(lin)
    filed = record(site(access(), access(access_id=5, provider=OTHER, own_id=None)))
    take(filed)
    before = [list(model.objects.order_by("pk").values()) for model in (Subject, Website, Access, Person)]

    take(filed)

    assert [list(model.objects.order_by("pk").values()) for model in (Subject, Website, Access, Person)] == before


def test_an_unknown_subject_is_not_created(lin: Any) -> None:
    on_file(lin)
    stranger = record(
        site(site_number="京ICP备10000009号-1", domains=("example.org",)),
        subject_id=1,
        subject_number="京ICP备10000009号",
        id_number="91110000000000019X",
    )

    assert take(stranger, report_key="") is False
    assert (Subject.objects.count(), Website.objects.count(), Access.objects.count()) == (1, 1, 1)
    assert Subject.objects.get().ministry_id is None


def test_an_unknown_site_is_not_created(lin: Any) -> None:
    on_file(lin)

    take(record(site(), site(site_id=2, site_number="宁ICP备00000000号-2", domains=("example.org",))))

    assert Website.objects.get().ministry_id == 800001


def test_a_record_fills_the_number_of_a_licence(lin: Any) -> None:
    on_file(lin, subject_number="", site_number="")

    take(record(site(site_number="宁B2-20060259-1"), subject_number="宁B2-20060259"))

    assert (Subject.objects.get().subject_number, Website.objects.get().site_number) == (
        "宁B2-20060259",
        "宁B2-20060259-1",
    )
    assert not Alarm.objects.exists()


def test_a_number_of_an_unknown_format_is_left_out_and_operations_get_an_alarm(lin: Any) -> None:
    on_file(lin, subject_number="", site_number="")

    take(record(site(site_number="宁Q2-20060259-1"), subject_number="宁Q2-20060259"))

    assert (Subject.objects.get().subject_number, Website.objects.get().site_number) == ("", "")
    assert sorted(Alarm.objects.values_list("cause", "reference")) == [
        ("filing_number.unread:宁.9-99999999", f"subject {Subject.objects.get().pk}"),
        ("filing_number.unread:宁.9-99999999-9", f"subject {Subject.objects.get().pk}"),
    ]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"ministry_id": 700001, "subject_number": ""}, {"subject_number": "", "id_type": None}),
        ({}, {"id_type": None}),
        ({"subject_number": ""}, {"subject_number": ""}),
    ],
)
def test_a_subject_is_recognised_by_id_number_or_document(lin: Any, known: Any, told: Any) -> None:
    on_file(lin)
    Subject.objects.update(**known)

    assert take(record(**told), report_key="") is True


def test_a_subject_is_recognised_by_our_own_report(lin: Any) -> None:
    on_file(lin, subject_number="")

    assert take(record(subject_number="京ICP备20000000号", id_type=None)) is True
    assert Subject.objects.get().subject_number == "京ICP备20000000号"


def test_a_document_changed_at_the_authority_changes_here(lin: Any) -> None:
    on_file(lin)

    take(record(id_type=12, id_number="12345678-9"))

    subject = Subject.objects.get()
    assert (subject.subject_key, subject.id_type, subject.id_number) == (subject_key(12, "12345678-9"), 12, "123456789")


def test_a_document_that_another_subject_has_here_is_left_to_a_person(lin: Any) -> None:
    on_file(lin)
    on_file(account("zhao@example.com"), report="X.1", domain="example.cn", subject_key=subject_key(1, "OTHER"))

    take(record(id_number="OTHER"))

    assert Subject.objects.get(ministry_id=700001).id_number == "91649999000000019L"


def test_a_new_administrator_is_a_new_person_and_the_old_one_stays_on_file(lin: Any) -> None:
    on_file(lin)
    zhao = FiledContact("赵样本", "", "13900000004", "zhao@example.com", 2, "119999199009090002")

    take(record(site(administrator=zhao)))

    assert Website.objects.get().administrator.person_key == person_key(2, "119999199009090002")
    assert Person.objects.filter(person_key=person_key(2, "649999198806060008")).exists()


def test_a_contact_without_a_document_only_matches_a_known_person(lin: Any) -> None:
    on_file(lin)

    take(record(lead=FiledContact("别的人", mobile="13900000099")))
    assert Subject.objects.get().lead.mobile == "13900000001"

    take(record(lead=FiledContact("林示范", mobile="13900000099")))
    assert Subject.objects.get().lead.mobile == "13900000099"


def test_the_dot_in_a_name_is_the_one_typed_here(lin: Any) -> None:
    """The same person became another one: the authority uses a different full stop character there."""
    on_file(lin)
    contact = FiledContact("阿依古丽．买买提", "", "13900000011", "", 2, "649999198502140009")

    take(record(nature=5, name="阿依古丽．买买提", lead=contact))
    subject = Subject.objects.get()
    assert (subject.name, subject.lead.name) == ("阿依古丽·买买提", "阿依古丽·买买提")

    take(record(nature=4, name="示例．纸业"))
    assert Subject.objects.get().name == "示例．纸业"


def test_values_missing_in_the_record_stay(lin: Any) -> None:
    on_file(lin)

    take(
        FiledRecord(
            subject_id=700001, subject_number="宁ICP备00000000号", sites=(FiledSite(800001, domains=("example.com",)),)
        )
    )

    subject, website = Subject.objects.get(), Website.objects.get()
    assert (subject.name, subject.nature, subject.lead.mobile) == ("宁夏示例纸业有限公司", "enterprise", "13900000001")
    assert (website.name, website.administrator.name, website.ministry_id) == ("示例纸业官网", "陈样例", 800001)


def test_accesses_of_other_providers_are_noted_and_end_when_they_are_missing(lin: Any) -> None:
    on_file(lin)
    other = access(access_id=5, provider=OTHER, own_id=None)

    take(record(site(access(), other)))
    assert [(a.provider, a.ended_at) for a in Access.objects.filter(own=False)] == [("4711", None)]

    take(record(site(access())))
    assert [(a.ended_at, a.ended_because) for a in Access.objects.filter(own=False)] == [(NOW, "not_on_record")]
    assert Access.objects.get(own=True).ended_at is None

    take(record(site(access(), other)))
    assert [(a.ended_at, a.ended_because) for a in Access.objects.filter(own=False)] == [(None, "")]


def told_before(jrid: int | None = 900001, since: datetime = NOW - timedelta(days=30)) -> Access:
    """Our access, whose id came with an earlier record."""
    Website.objects.update(ministry_id=800001)
    Access.objects.update(ministry_id=jrid, since=since)
    return Access.objects.get()


def without_ours(**changes: Any) -> FiledRecord:
    return record(site(access(access_id=5, provider=OTHER, own_id=None)), **changes)


def test_our_access_ends_when_it_is_no_longer_on_the_record(lin: Any) -> None:
    """It stayed live, and its cancellation was refused for ever."""
    on_file(lin)
    told_before()

    take(without_ours(), report_key="")
    take(without_ours(), report_key="", at=NOW + timedelta(days=1))

    ours = Access.objects.get(own=True)
    assert (ours.ended_at, ours.ended_because, ours.ministry_id) == (NOW, "not_on_record", 900001)
    assert Website.objects.get().ended_at is None


def test_our_access_ends_with_a_website_no_longer_on_the_record(lin: Any) -> None:
    on_file(lin)
    told_before()

    take(record(site(access(access_id=6), site_id=800002, site_number="宁ICP备00000000号-2", domains=("example.cn",))))

    assert Access.objects.get().ended_because == "not_on_record"


@pytest.mark.parametrize(
    "ours",
    [
        {"jrid": None},  # without an id it may just not be on record yet
        {"since": NOW + timedelta(hours=1)},  # newer than the record
    ],
)
def test_an_access_that_cannot_be_on_the_record_yet_is_left_alone(lin: Any, ours: Any) -> None:
    on_file(lin)
    told_before(**ours)

    take(without_ours(), report_key="")

    assert Access.objects.get(own=True).ended_at is None


def test_an_incompletely_read_record_ends_nothing(lin: Any) -> None:
    """The unreadable part may be our access: it ended here, and its cancellation counted as done."""
    on_file(lin)
    told_before()

    take(without_ours(is_whole=False), report_key="")

    assert Access.objects.get(own=True).ended_at is None


def test_a_record_of_which_something_was_left_out_ends_no_access_of_another_provider(lin: Any) -> None:
    on_file(lin)
    take(record(site(access(), access(access_id=900002, provider=OTHER, own_id=None))))

    take(record(site(access()), is_whole=False))

    assert Access.objects.get(provider=str(OTHER)).ended_at is None


@pytest.mark.parametrize("filed", [{"subject_id": 1, "subject_number": "京ICP备10000009号", "id_type": None}, {}])
def test_a_record_of_another_subject_or_without_websites_ends_nothing(lin: Any, filed: Any) -> None:
    on_file(lin)
    told_before()

    take(without_ours(**filed) if filed else replace(record(), sites=()), report_key="")

    assert Access.objects.get(own=True).ended_at is None


def test_a_record_read_late_changes_nothing_that_a_later_one_set(lin: Any) -> None:
    """A damaged file read again ended an access that a later record has."""
    on_file(lin)
    told_before()
    other = access(access_id=5, provider=OTHER, own_id=None)
    take(record(site(access(), other), name="宁夏示例纸业集团"), report_key="")

    assert take(without_ours(name="宁夏示例纸业厂"), report_key="", at=NOW - timedelta(days=9)) is True
    take(record(site(access())), report_key="", at=NOW - timedelta(days=9))

    assert not Access.objects.filter(ended_at__isnull=False).exists()
    assert Subject.objects.get().name == "宁夏示例纸业集团"


def test_a_record_read_late_still_gives_the_id_of_its_access(lin: Any) -> None:
    """A cancellation waits for that id."""
    on_file(lin)
    Access.objects.update(since=NOW - timedelta(days=30))
    take(without_ours(), report_key="")

    take(record(), at=NOW - timedelta(days=9))

    ours = Access.objects.get(own=True)
    assert (ours.ministry_id, ours.ended_at) == (900001, None)


def test_our_access_is_recognised_by_its_report_among_several(lin: Any) -> None:
    on_file(lin)
    on_file(lin, report="T7Q4-M2KX.2")

    take(record(site(access(access_id=1, own_id=None), access(access_id=2))), report_key="T7Q4-M2KX.2")

    assert dict(Access.objects.values_list("report_key", "ministry_id")) == {KEY: 1, "T7Q4-M2KX.2": 2}


def test_two_indistinguishable_accesses_of_ours_are_not_matched_by_guess(lin: Any) -> None:
    on_file(lin)
    on_file(lin, report="T7Q4-M2KX.2")

    take(record(site(access(own_id=None))), report_key="")

    assert list(Access.objects.values_list("ministry_id", flat=True)) == [None, None]


def test_a_domain_is_compared_in_its_stored_form(lin: Any) -> None:
    on_file(lin, domain="xn--fsq.xn--fiqs8s", site_number="")

    take(record(site(site_number="", domains=("not a domain", "例.中国"))))

    assert Website.objects.get().ministry_id == 800001


@pytest.fixture
def filed(lin: Any) -> Website:
    on_file(lin)
    take(record(site(access(), access(access_id=5, provider=OTHER, own_id=None))))
    return Website.objects.get()


def test_a_cancelled_access_ends_and_nothing_else(filed: Website) -> None:
    assert (
        take_struck(StruckRecord(Level.ACCESS, 900001), now=NOW),
        take_struck(StruckRecord(Level.ACCESS, 900001)),
    ) == (1, 0)

    filed.refresh_from_db()
    assert [(a.own, a.ended_at, a.ended_because) for a in filed.accesses.order_by("-own")] == [
        (True, NOW, "struck_off"),
        (False, None, ""),
    ]
    assert filed.ended_at is None


@pytest.mark.parametrize("struck", [StruckRecord(Level.SITE, 800001), StruckRecord(Level.SUBJECT, 700001)])
def test_a_cancelled_site_or_subject_ends_everything_below_once(filed: Website, struck: StruckRecord) -> None:
    assert (take_struck(struck, now=NOW), take_struck(struck, now=NOW + timedelta(days=1))) == (3, 0)

    filed.refresh_from_db()
    assert (filed.ended_at, set(filed.accesses.values_list("ended_at", "ended_because"))) == (
        NOW,
        {(NOW, "struck_off")},
    )


def test_an_id_of_another_level_cancels_nothing(filed: Website) -> None:
    assert [
        take_struck(StruckRecord(level, identity)) for level, identity in ((Level.ACCESS, 800001), (Level.SITE, 700001))
    ] == [
        0,
        0,
    ]
