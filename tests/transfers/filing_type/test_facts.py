"""Verifying the filing type: the same work whatever is found, and nothing revealed about others by a partial match."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.actions import AccessFacts, record_access
from filings.models import LegacyRecord
from filings.register.blind_keys import subject_key
from icpportal.codes import limits
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit import fake
from icpportal.gateways.miit.types import CANNOT_ASK, FilingStatus
from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    make_order,
    make_user,
    sign_in,
    subject_answers,
    type_answers,
    website_answers,
)
from tests.transfers.outside import (
    SUBJECT,
    cost,
    errors,
    on_file,
    typed_type,
)
from transfers.filing_type import facts as asking_type
from transfers.models import Order, TypeCheck

pytestmark = pytest.mark.django_db
PAGE = "/transfers/new/"


def ask(client: Client, owner: Any, **changes: str) -> TypeCheck:
    """Submits step 1 and returns the decision."""
    answer = sign_in(client, owner).post(PAGE, typed_type(**changes))
    assert answer.status_code == 302, errors(answer)
    return TypeCheck.objects.get(reference=answer["Location"].rstrip("/").rpartition("/")[2])


def filed_here(owner: Any, domain: str = "example.com", **changes: Any) -> None:
    """The sample filing is in our register as this account's."""
    answers = {**type_answers(domain=domain), **changes}
    pages = {
        "type": answers,
        "subject": subject_answers(),
        "website": website_answers(domain),
        "administrator": administrator_answers(),
    }
    record_access(
        AccessFacts(
            report_key=f"K-{domain}-{owner.pk}",
            owner=owner,
            pages=pages,
            subject_key=answers["subject_key"],
            subject_number=SUBJECT,
            site_number=f"{SUBJECT}-1",
            domain=domain,
        )
    )


SAMPLE_KEY = subject_key("1", "91649999000000019L")


def claimed_order(owner: Any = None, **changes: Any) -> Order:
    facts = {"domain": "example.com", "subject_key": SAMPLE_KEY, "state": states.SUBMITTED, **changes}
    return make_order(owner, **facts)


class AsksNoCertificates(fake.FakeAuthority):
    """0 for a type of document that the status query does not know."""

    def status_by_certificate(self, id_type_code: int, number: str, *, timeout: float | None = None) -> FilingStatus:
        raise Refused("no word for it", code=CANNOT_ASK)


@pytest.fixture
def old_ministry(ministry: Any, settings: Any) -> Any:
    settings.AUTHORITY_GATEWAY = f"{__name__}.AsksNoCertificates"
    return ministry


def test_a_document_the_authority_cannot_be_asked_about_is_decided_by_the_domain(
    client: Client, old_ministry: Any
) -> None:
    check = ask(client, make_user())

    assert (check.outcome, check.subject_number, check.site_number) == ("transfer", SUBJECT, f"{SUBJECT}-1")


def test_without_the_domain_nothing_is_known_of_such_a_document(client: Client, old_ministry: Any) -> None:
    old_ministry.sites.clear()

    assert ask(client, make_user()).outcome == "not_filed"


def test_such_a_document_in_another_province_than_the_domain_is_a_mismatch(client: Client, old_ministry: Any) -> None:
    assert ask(client, make_user(), **typed_type("12")).outcome == "mismatch"


def test_a_refused_query_is_still_an_outage(client: Client, settings: Any) -> None:
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Refusing"

    answer = sign_in(client, make_user()).post(PAGE, typed_type())

    assert (answer.status_code, TypeCheck.objects.count()) == (200, 0)


# --- each outcome from real rows ---------------------------------------------------------------


def test_a_filing_elsewhere_is_a_transfer_and_keeps_the_numbers_it_was_found_by(client: Client, ministry: Any) -> None:
    check = ask(client, make_user())

    assert (check.outcome, check.subject_number, check.site_number) == ("transfer", SUBJECT, f"{SUBJECT}-1")
    assert check.answers == type_answers()


def test_nothing_on_file_leads_to_the_outcome_not_filed(client: Client, ministry: Any) -> None:
    ministry.forget()

    assert ask(client, make_user()).outcome == "not_filed"


def test_the_subject_is_on_file_and_the_domain_is_not(client: Client, ministry: Any) -> None:
    ministry.sites.clear()

    assert ask(client, make_user()).outcome == "new_site"


def test_the_number_by_certificate_is_not_the_stem_of_the_number_by_domain(client: Client, ministry: Any) -> None:
    other = "宁ICP备00000001号"
    ministry.sites["example.com"] = FilingStatus(filed=True, subject_number=other, site_number=f"{other}-1")

    assert ask(client, make_user()).outcome == "mismatch"


def test_a_number_that_only_begins_like_the_subjects_is_another_one(client: Client, ministry: Any) -> None:
    longer = "宁ICP备2000000000号"
    ministry.sites["example.com"] = FilingStatus(filed=True, subject_number=longer, site_number=f"{longer}-1")

    assert ask(client, make_user()).outcome == "mismatch"


def test_a_region_of_another_province_than_the_number_is_a_mismatch(client: Client, ministry: Any) -> None:
    assert ask(client, make_user(), **typed_type("12")).outcome == "mismatch"


def test_an_own_subject_with_another_site_is_transfer_another(client: Client, ministry: Any) -> None:
    owner = make_user()
    filed_here(owner, "first.com")

    assert ask(client, owner).outcome == "transfer_another"


def test_an_own_site_is_already_here(client: Client, ministry: Any) -> None:
    owner = make_user()
    filed_here(owner)

    assert ask(client, owner).outcome == "already_here"


def test_another_name_than_in_our_register_does_not_match(client: Client, ministry: Any) -> None:
    owner = make_user()
    filed_here(owner, "first.com")

    assert ask(client, owner, name="宁夏示例纸业公司").outcome == "mismatch"


IN_OTHER_BRACKETS = "示例(宁夏) 纸业有限公司", "示例（宁夏）纸业有限公司"


def test_a_name_on_file_in_narrow_brackets_is_found_by_the_wide_ones_of_the_licence(
    client: Client, ministry: Any
) -> None:
    owner, (filed, typed) = make_user(), IN_OTHER_BRACKETS
    filed_here(owner, "first.com", name=filed)

    assert ask(client, owner, name=typed).outcome == "transfer_another"


def test_an_old_record_in_narrow_brackets_is_found_by_the_wide_ones_of_the_licence(
    client: Client, ministry: Any
) -> None:
    answers, (filed, typed) = type_answers(), IN_OTHER_BRACKETS
    LegacyRecord.objects.create(
        subject_key=answers["subject_key"], domain="example.com", region=answers["region"], name=filed
    )

    assert ask(client, make_user(), name=typed).outcome == "import_first"


def test_an_own_site_under_another_document_means_the_document_has_changed(client: Client, ministry: Any) -> None:
    owner = make_user()
    filed_here(owner)
    ministry.subjects.clear()

    changed = ask(client, owner, id_type="2", nature="individual", id_number="649999198502140009", name="林示范")

    assert changed.outcome == "changed_document"


def test_an_own_open_order_comes_first(client: Client, ministry: Any) -> None:
    owner = make_user()
    make_order(owner, domain="example.com", steps=())

    assert ask(client, owner).outcome == "own_order"


def test_an_old_record_must_be_imported_first(client: Client, ministry: Any) -> None:
    answers = type_answers()
    LegacyRecord.objects.create(
        subject_key=answers["subject_key"], domain="example.com", region=answers["region"], name=answers["name"]
    )

    assert ask(client, make_user()).outcome == "import_first"


def test_who_chooses_the_present_county_of_an_old_record_whose_county_was_merged_is_led_to_the_import(
    client: Client, ministry: Any
) -> None:
    answers, merged = type_answers(), "640103"  # 新城区, since 2002 a part of the county that is chosen here
    LegacyRecord.objects.create(
        subject_key=answers["subject_key"], domain="example.com", region=merged, name=answers["name"]
    )

    assert ask(client, make_user()).outcome == "import_first"


# --- of others only what a full match has earned --------------------------------------------------


def test_a_full_match_reveals_the_order_of_another_account(client: Client, ministry: Any) -> None:
    claimed_order()

    assert ask(client, make_user()).outcome == "other_order"


def test_a_full_match_reveals_the_filing_of_another_account(client: Client, ministry: Any) -> None:
    filed_here(make_user())

    assert ask(client, make_user()).outcome == "other_account"


def test_a_draft_of_another_account_that_proved_nothing_is_not_revealed(client: Client, ministry: Any) -> None:
    make_order(domain="example.com", subject_key=SAMPLE_KEY, steps=("service_code",))

    assert ask(client, make_user()).outcome == "transfer"


def no_record() -> None:
    """Nobody has anything."""


def order_of_another_domain() -> None:
    claimed_order(domain="other.com")


def order_of_another_document() -> None:
    claimed_order(subject_key="8" * 64)


def order_of_another_region() -> None:
    claimed_order(answers={"type": {**type_answers(), "region": "640104"}})


def site_of_another_region() -> None:
    filed_here(make_user(), region="640104")


def subject_with_another_site() -> None:
    filed_here(make_user(), "other.com")


def old_record_of_another_region() -> None:
    LegacyRecord.objects.create(
        subject_key=type_answers()["subject_key"], domain="example.com", region="640104", name="甲"
    )


PARTIAL = [
    order_of_another_domain,
    order_of_another_document,
    order_of_another_region,
    site_of_another_region,
    subject_with_another_site,
    old_record_of_another_region,
]


def page_without_tokens(client: Client, check: TypeCheck) -> str:
    text = client.get(reverse("verify-type-outcome", args=[check.reference])).content.decode()
    for secret in (check.reference, client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "-"):
        text = text.replace(secret, "…")
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)


@pytest.mark.parametrize("make", PARTIAL)
def test_a_partial_match_gets_the_page_of_no_match_after_the_same_work(
    client: Client, ministry: Any, make: Any
) -> None:
    asker = make_user()
    plain = ask(client, asker)
    expected = page_without_tokens(client, plain)
    before = cost(lambda: client.post(PAGE, typed_type()))

    make()

    after = cost(lambda: client.post(PAGE, typed_type()))
    found = ask(client, asker)
    assert (found.outcome, after) == (plain.outcome, before)
    assert page_without_tokens(client, found) == expected


@pytest.mark.parametrize("make", [no_record, claimed_order, lambda: filed_here(make_user())])
def test_the_same_work_is_done_whatever_is_found(client: Client, ministry: Any, make: Any) -> None:
    asker = make_user()
    ask(client, asker)
    make()
    ministry.asked.clear()

    spent = cost(lambda: client.post(PAGE, typed_type()))

    assert spent == 9
    assert ministry.asked == [("certificate", "91649999000000019L"), ("domain", "example.com")]


def test_both_queries_are_made_even_when_the_first_finds_nothing(client: Client, ministry: Any) -> None:
    ministry.forget()

    ask(client, make_user())

    assert [what for what, _value in ministry.asked] == ["certificate", "domain"]


# --- tries, outages, nonsense ------------------------------------------------------------------


class Down(fake.FakeAuthority):
    def suffer(self, timeout: float | None) -> None:
        raise Retryable("nobody there")


class Refusing(fake.FakeAuthority):
    def suffer(self, timeout: float | None) -> None:
        raise Refused("no", code="12")


@pytest.mark.parametrize("gateway", ["Down", "Refusing"])
def test_an_authority_that_is_down_or_refuses_costs_no_attempt_and_loses_nothing(
    client: Client, ministry: Any, settings: Any, gateway: str
) -> None:
    settings.AUTHORITY_GATEWAY = f"tests.transfers.filing_type.test_facts.{gateway}"
    settings.LIMITS = {**settings.LIMITS, "verify_type": (1, 3600)}
    owner = make_user()

    answer = sign_in(client, owner).post(PAGE, typed_type())

    page = answer.content.decode()
    assert errors(answer) == {"__all__": ["service_busy"]}
    assert [page.count(value) > 0 for value in ("91649999000000019L", "宁夏示例纸业有限公司", "example.com")] == [
        True
    ] * 3
    assert 'value="640106" selected' in page
    assert limits.consume("verify_type", str(owner.pk)).ok
    assert not TypeCheck.objects.exists()


def test_a_busy_process_queries_nothing_and_counts_nothing(client: Client, ministry: Any, settings: Any) -> None:
    settings.GATEWAY_REQUESTS_AT_ONCE = 0
    settings.LIMITS = {**settings.LIMITS, "verify_type": (1, 3600)}
    owner = make_user()

    answer = sign_in(client, owner).post(PAGE, typed_type())

    assert errors(answer) == {"__all__": ["service_busy"]}
    assert limits.consume("verify_type", str(owner.pk)).ok
    assert ministry.asked == []


def test_both_queries_together_have_the_time_of_one_request(
    client: Client, ministry: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(fake.time, "sleep", waits.append)
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Stalling"

    answer = sign_in(client, make_user()).post(PAGE, typed_type())

    assert errors(answer) == {"__all__": ["service_busy"]}
    assert sum(waits) <= settings.GATEWAY_REQUEST_SECONDS <= 6


def test_attempts_are_limited_and_the_eleventh_queries_nobody(client: Client, ministry: Any, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "verify_type": (2, 3600)}
    owner = make_user()
    for _ in range(2):
        ask(client, owner)
    ministry.asked.clear()

    answer = client.post(PAGE, typed_type())

    assert errors(answer) == {"__all__": ["too_many"]}
    assert "宁夏示例纸业有限公司" in answer.content.decode()
    assert ministry.asked == []


def test_an_entry_refused_by_the_form_costs_no_attempt(client: Client, ministry: Any, settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, "verify_type": (1, 3600)}
    owner = make_user()

    answer = sign_in(client, owner).post(PAGE, typed_type(id_number="916499990000000199"))

    assert errors(answer) == {"id_number": ["uscc_check"]}
    assert limits.consume("verify_type", str(owner.pk)).ok
    assert ministry.asked == []


def test_an_international_domain_is_queried_in_ascii(client: Client, ministry: Any) -> None:
    on_file(ministry, "xn--fsqu00a.xn--fiqs8s")

    check = ask(client, make_user(), domain="www.例子.中国")

    assert (check.outcome, check.answers["domain"]) == ("transfer", "xn--fsqu00a.xn--fiqs8s")
    assert ("domain", "xn--fsqu00a.xn--fiqs8s") in ministry.asked


# --- for how long an answer is good ---------------------------------------------------------------


@pytest.mark.parametrize(("age", "stale"), [(timedelta(hours=23, minutes=59), False), (timedelta(days=1), True)])
def test_an_answer_is_valid_for_a_day(age: timedelta, stale: bool) -> None:
    now = timezone.now()
    check = TypeCheck(owner=make_user(), answers=type_answers(), outcome="transfer", created_at=now - age)

    assert asking_type.is_stale(check, now) is stale


def test_the_entries_are_shown_with_the_number_masked(client: Client) -> None:
    rows = asking_type.rows(type_answers(domain="xn--fsqu00a.xn--fiqs8s"))

    values = [str(row["value"]) for row in rows]
    assert "91649999000000019L" not in "".join(values)
    assert values[-1] == "例子.中国"
