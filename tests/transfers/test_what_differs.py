"""Step 1 names what does not match, the province included, and never calls a right entry wrong."""

import itertools
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from filings.models import Subject
from icpportal.gateways.miit.types import FilingStatus
from tests.transfers.builders import make_user, sign_in
from tests.transfers.filing_type.test_facts import AsksNoCertificates, ask, filed_here
from tests.transfers.outside import SUBJECT, on_file
from transfers.models import TypeCheck

pytestmark = pytest.mark.django_db
PROVINCE = "another province"
DOCUMENT = "Nothing is filed under this document"
NAME = "The name differs"
ALL_FOUR = "Check the province, name, document number and domain"
GUANGDONG = {"region_province": "44", "region_city": "440300", "region_county": "440304"}
# each entry wrong in its own way: the domain is somebody else's, the type is another document's
WRONG: dict[str, dict[str, str]] = {
    "province": GUANGDONG,
    "type": {"nature": "public_institution", "id_type": "4"},
    "name": {"name": "别家示例纸业有限公司"},
    "number": {"id_number": "91649999000000020R"},
    "domain": {"domain": "theirs.com"},
}


def sentence_of(client: Client, check: TypeCheck, language: str = "en") -> str:
    page = client.get(reverse("verify-type-outcome", args=[check.reference]), headers={"accept-language": language})
    return str(page.context["page"].sentence)


def world(ministry: Any) -> None:
    on_file(ministry, "example.com")
    theirs = "粤ICP备00000009号"
    ministry.sites["theirs.com"] = FilingStatus(filed=True, subject_number=theirs, site_number=f"{theirs}-1")


def wrong_parts() -> list[tuple[str, ...]]:
    return [parts for size in range(1, 6) for parts in itertools.combinations(WRONG, size)]


def test_every_combination_of_wrong_entries_gets_advice_that_names_the_province_and_is_true(
    client: Client, ministry: Any
) -> None:
    """With only the province wrong the page said to compare the three right entries."""
    world(ministry)

    for parts in wrong_parts():
        changes = {name: value for part in parts for name, value in WRONG[part].items()}
        check = ask(client, make_user(), **changes)
        sentence = sentence_of(client, check)
        if parts == ("name",):  # the ministry returns no names: nobody here can know
            assert check.outcome == "transfer"
            continue
        document, domain = bool({"type", "number"} & set(parts)), "domain" in parts
        assert check.outcome == "mismatch", parts
        assert "province" in sentence, parts
        assert (PROVINCE in sentence) == ("province" in parts and not document and not domain), parts
        assert (DOCUMENT in sentence) == document, parts
        assert (ALL_FOUR in sentence) == (domain and not document), parts
        assert NAME not in sentence


def test_a_wrong_province_is_named_and_nothing_else(client: Client, ministry: Any) -> None:
    """Guangdong for a Ningxia filing."""
    check = ask(client, make_user(), **GUANGDONG)

    assert sentence_of(client, check) == "The filing is in another province. Check the province"
    assert sentence_of(client, check, "zh-hans") == "该备案不在所选省份，请核对省份"


@pytest.mark.parametrize(("changes", "said"), [({}, NAME), (GUANGDONG, "The province and the name differ")])
def test_the_name_of_ones_own_subject_is_named(client: Client, ministry: Any, changes: Any, said: str) -> None:
    """The register of the same account knows the name."""
    owner = make_user()
    filed_here(owner, "first.com")

    check = ask(client, owner, name="宁夏示例纸业公司", **changes)

    assert said in sentence_of(client, check)
    assert "province" in sentence_of(client, check)


def test_no_part_of_another_accounts_record_is_named(client: Client, ministry: Any) -> None:
    """A stranger only learns that something does not match."""
    filed_here(make_user())

    check = ask(client, make_user(), name="别家示例纸业有限公司")

    assert (check.outcome, sentence_of(client, check)) == ("mismatch", ALL_FOUR)


def test_for_a_document_that_cannot_be_queried_the_domain_is_checked_too(
    client: Client, ministry: Any, settings: Any
) -> None:
    """Then only the domain gives the province of the filing."""
    settings.AUTHORITY_GATEWAY = f"{AsksNoCertificates.__module__}.AsksNoCertificates"

    check = ask(client, make_user(), **GUANGDONG)

    assert sentence_of(client, check) == "The domain is filed in another province. Check the province and the domain"


@pytest.mark.parametrize("parts", [("domain",), ("number", "domain"), ("type", "domain"), ("province", "domain")])
def test_a_domain_that_is_not_filed_sends_nobody_away_as_new(client: Client, ministry: Any, parts: Any) -> None:
    """A typing error in the domain was called a new site."""
    changes = {name: value for part in parts for name, value in WRONG[part].items()}

    check = ask(client, make_user(), **{**changes, "domain": "exmaple.com"})

    assert check.outcome in ("new_site", "not_filed")
    assert all(
        word in sentence_of(client, check) for word in ("Check the", "province", "name", "document number", "domain")
    )


def test_a_typing_error_in_the_document_of_ones_own_site_is_not_called_a_change(client: Client, ministry: Any) -> None:
    """The page claimed that the document had changed."""
    owner = make_user()
    filed_here(owner)

    check = ask(client, owner, **WRONG["number"])

    sentence = sentence_of(client, check)
    assert check.outcome == "changed_document"
    assert "province" in sentence
    assert "If the document has changed" in sentence


def test_another_site_of_ones_own_subject_only_has_the_domain_named(client: Client, ministry: Any) -> None:
    """Where only the domain was entered, nobody is told to compare what cannot be changed there."""
    owner = make_user()
    filed_here(owner)
    world(ministry)
    page = reverse("another-of", args=[Subject.objects.get(owner=owner).pk])

    answer = sign_in(client, owner).post(page, {"domain": "theirs.com"})

    check = TypeCheck.objects.get(reference=answer["Location"].rstrip("/").rpartition("/")[2])
    assert (check.outcome, check.differs) == ("mismatch", "domain")
    assert "Check the domain" in sentence_of(client, check)
    assert SUBJECT in check.subject_number
