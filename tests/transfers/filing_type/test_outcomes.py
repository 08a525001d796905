"""The text of each outcome, in both languages, and the target of its one button."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from tests.transfers import states
from tests.transfers.builders import TYPE, make_order, make_user, sign_in, type_answers
from tests.transfers.filing_type.test_facts import filed_here
from transfers.filing_type import outcomes
from transfers.filing_type.decision import STARTS, Outcome
from transfers.models import Order, TypeCheck

pytestmark = pytest.mark.django_db


def make_check(owner: Any, outcome: Outcome, **answers: Any) -> TypeCheck:
    return TypeCheck.objects.create(owner=owner, outcome=outcome, answers=type_answers(**answers))


WORDS = {
    Outcome.TRANSFER: ("备案类型：新增接入备案", "Filing type: transfer"),
    Outcome.TRANSFER_ANOTHER: ("备案类型：继续接入备案", "Filing type: transfer another"),
    Outcome.ALREADY_HERE: ("此网站已接入我们", "This website has already been transferred to us"),
    Outcome.OWN_ORDER: ("此域名有进行中的订单", "An order is open for this domain"),
    Outcome.OTHER_ORDER: ("该域名或证件在其他账号有进行中的订单", "Another account has an open order"),
    Outcome.OTHER_ACCOUNT: ("主体已在另一账号备案", "On file in another account"),
    Outcome.IMPORT_FIRST: ("先导入原平台的备案信息", "Import from the old platform first"),
    Outcome.NOT_FILED: ("没有找到已有备案", "No filing found"),
    Outcome.NEW_SITE: ("主体已备案，此域名未备案", "The subject is filed, the domain is not"),
    Outcome.MISMATCH: ("与备案记录不一致", "This does not match the record"),
    Outcome.CHANGED_DOCUMENT: ("网站已用其他证件备案", "The site is on file under another document"),
}


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_outcome_has_a_page_of_its_own_in_both_languages(client: Client, outcome: Outcome, language: str) -> None:
    owner = make_user()
    make_order(owner, domain="example.com", steps=())
    check = make_check(owner, outcome)

    answer = sign_in(client, owner).get(
        reverse("verify-type-outcome", args=[check.reference]), headers={"accept-language": language}
    )

    page = answer.content.decode()
    assert WORDS[outcome][language == "en"] in page
    assert page.count('data-outcome="') == 1
    assert "%(" not in page


def way(outcome: Outcome, owner: Any) -> str:
    return str(outcomes.page(make_check(owner, outcome)).url)


def test_the_button_of_each_outcome() -> None:
    owner = make_user()
    order = make_order(owner, domain="example.com", steps=())
    again = [Outcome.NOT_FILED, Outcome.NEW_SITE, Outcome.MISMATCH]

    found = {outcome: way(outcome, owner) for outcome in Outcome}

    assert all(found[each].endswith("/start/") for each in STARTS)
    assert all(found[each].startswith("/transfers/new/?from=") for each in again)
    assert found[Outcome.OTHER_ORDER].endswith("/objection/")
    assert {each: found[each] for each in set(Outcome) - {*STARTS, *again, Outcome.OTHER_ORDER}} == {
        Outcome.ALREADY_HERE: reverse("dashboard"),
        Outcome.OWN_ORDER: order.get_absolute_url(),
        Outcome.OTHER_ACCOUNT: reverse("account_logout"),
        Outcome.IMPORT_FIRST: reverse("import"),
        Outcome.CHANGED_DOCUMENT: reverse("dashboard"),
    }


def test_only_the_two_transfers_have_a_button_that_starts() -> None:
    owner = make_user()

    assert [each for each in Outcome if outcomes.page(make_check(owner, each)).starts] == list(STARTS)


def test_a_site_already_here_links_to_its_filing() -> None:
    owner = make_user()
    filed_here(owner)
    site = owner.websites.get()

    assert way(Outcome.ALREADY_HERE, owner) == reverse("filing", args=[site.pk])


def test_the_open_order_is_named_by_its_reference() -> None:
    owner = make_user()
    order = make_order(owner, domain="example.com", steps=())

    assert order.reference in outcomes.page(make_check(owner, Outcome.OWN_ORDER)).sentence


@override("en")
@pytest.mark.parametrize(
    ("open_for", "heading"),
    [("example.com", "An order is open for this domain"), ("first-example.com", "An order is open for this subject")],
)
def test_a_second_site_of_a_subject_with_an_open_order_is_not_told_of_an_order_for_its_domain(
    open_for: str, heading: str
) -> None:
    owner = make_user()
    check = make_check(owner, Outcome.OWN_ORDER)
    make_order(owner, domain=open_for, subject_key=check.subject_key, steps=())

    assert str(outcomes.page(check).heading) == heading


@override("en")
def test_an_open_order_that_has_ended_since_leads_back_to_the_form() -> None:
    owner = make_user()
    order = make_order(owner, domain="example.com", steps=())
    Order.objects.filter(pk=order.pk).update(state=states.ABANDONED)

    page = outcomes.page(make_check(owner, Outcome.OWN_ORDER))

    assert (str(page.heading), page.url) == ("The order that was open has ended", page.again_url)


def test_an_international_domain_is_shown_in_its_own_letters() -> None:
    check = make_check(make_user(), Outcome.TRANSFER, domain="xn--fsqu00a.xn--fiqs8s")

    assert outcomes.page(check).domain == "例子.中国"


def test_advice_on_a_card_of_another_province_is_shown_before_the_start() -> None:
    person = {"nature": "individual", "id_type": "2", "id_number": "119999199009090002", "name": "赵样本"}
    check = make_check(make_user(), Outcome.TRANSFER, **person)  # Ningxia accepts cards of Ningxia

    assert len(outcomes.page(check).advice) == 1
    assert TYPE["64"]["region"] == check.answers["region"]
    assert outcomes.page(make_check(make_user(), Outcome.TRANSFER)).advice == []
