"""Mail, text and page name the same phone, the one the ministry texts, and the site where its code is entered."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.provinces import PROFILES, provinces
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.types import Answer, AnswerKind, PhoneState, Role
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.builders import administrator_answers, make_order, sign_in
from transfers.authority.results import pull, take_answer
from transfers.deadlines.reminders import remind
from transfers.deadlines.sweep import sweep
from transfers.models import Order

pytestmark = pytest.mark.django_db
TYPED = "139****1295"
ON_FILE = "139****0004"
LEADS = "139****0001"  # entered as it is on the filing
NOBODY_LEADS = re.compile(r"""\b(?:href|src|action)=(?:""|''|"#"|[\s>])""")
SITES = {("seed-2018", "64"): "nxcainfo.miitbeian.gov.cn", ("current-2020", "64"): "beian.miit.gov.cn"}


def texted(mobile: str = ON_FILE, role: Role = Role.ADMINISTRATOR) -> PhoneState:
    return PhoneState(role=role, mobile_masked=mobile)


def handed_over(profile: str = "current-2020", **answers: Any) -> Order:
    """An order with an entered mobile that differs from the filing's, waiting for its receipt."""
    typed = {"administrator": administrator_answers(admin_phone1="13900001295"), **answers}
    return make_order(state=states.HANDING_OVER, rule_profile=profile, answers=typed)


def receipt(order: Order) -> Answer:
    return Answer(f"a-{order.reference}", AnswerKind.ACCEPTED, order.report_key, timezone.now())


def words(order: Order, channel: str, template: str = "confirm_phones") -> str:
    mine = Message.objects.filter(user=order.owner_id, template=template, reference=order.reference)
    message = mine.filter(channel=channel).first()
    assert message is not None
    return content_of(message).words.text


def page(client: Client, order: Order, language: str = "en") -> str:
    sign_in(client, order.owner)
    found = client.get(reverse("phones", args=[order.reference]), headers={"accept-language": language})
    return found.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_mail_text_and_page_name_the_phone_on_the_filing_and_not_the_one_entered(
    client: Client, authority: Any, language: str
) -> None:
    """With 0004 on the filing and 1295 entered, the mail told people to wait at 1295."""
    order = handed_over()
    type(order.owner).objects.filter(pk=order.owner_id).update(language=language)
    authority.phone_states = [texted()]

    take_answer(receipt(order))

    mail, text = words(order, "email"), words(order, "sms")
    html = page(client, order, language)
    assert [ON_FILE in each for each in (mail, text, html)] == [True, True, True]
    assert [TYPED in each for each in (mail, text)] == [False, False]
    assert f"</strong> · {TYPED}" not in html


def test_the_phone_is_named_when_the_receipt_comes_with_a_pull(authority: Any) -> None:
    """The worker's own way, where the mail is written before the phones are queried."""
    order = handed_over()
    authority.phone_states, authority.waiting = [texted()], [receipt(order)]

    pull()

    assert ON_FILE in words(order, "email")
    assert list(order.phone_checks.values_list("role", "mobile_masked")) == [("administrator", ON_FILE)]


def test_both_phones_of_2018_are_named_with_their_last_digits_in_a_short_text(authority: Any) -> None:
    """Two people, two phones."""
    order = handed_over("seed-2018")
    type(order.owner).objects.filter(pk=order.owner_id).update(language="zh-hans")
    authority.phone_states = [texted("138****0003", Role.SUBJECT_LEAD), texted()]

    take_answer(receipt(order))

    assert "138****0003、139****0004" in words(order, "email")
    assert "尾号0003、0004" in words(order, "sms")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", f"{ON_FILE} is the number on the filing, not the one entered in the order."),
        ("zh-hans", f"{ON_FILE} 是备案登记的号码，与订单中填写的不同。"),
    ],
)
def test_of_two_phones_only_the_one_that_differs_is_said_not_to_be_the_one_entered(
    authority: Any, language: str, said: str
) -> None:
    """The lead, whose number was entered as it is on the filing, read that it was not."""
    order = handed_over("seed-2018")
    type(order.owner).objects.filter(pk=order.owner_id).update(language=language)
    authority.phone_states = [texted(LEADS, Role.SUBJECT_LEAD), texted()]

    take_answer(receipt(order))

    mail = words(order, "email")
    assert said in mail
    assert mail.count(LEADS) == 1  # where the code goes, and nothing more
    assert ("That is the number" in mail, "并非您填写的" in mail) == (False, False)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("how", ["order_lapsed", "order_phones_failed", "lapsed_reminder"])
def test_who_waited_for_the_code_at_another_number_reads_with_the_return_to_which_one_it_goes(
    client: Client, authority: Any, how: str, language: str
) -> None:
    """The mail said to resubmit it unchanged, the page to have the number on the filing changed first."""
    order = handed_over()
    type(order.owner).objects.filter(pk=order.owner_id).update(language=language)
    authority.phone_states = [texted()]
    take_answer(receipt(order))
    if how == "order_phones_failed":
        refused = replace(receipt(order), id="no", kind=AnswerKind.TURNED_DOWN, code="1002", words="短信核验未通过")
        take_answer(refused)
    else:
        over = timezone.now() + timedelta(days=3)
        Order.objects.filter(pk=order.pk).update(due_at=over - timedelta(hours=1))
        sweep(now=over)
    if how == "lapsed_reminder":
        order.refresh_from_db()
        assert order.due_at is not None
        remind(order, (order.due_at - timedelta(days=1)).replace(hour=4))  # noon in Beijing

    page = sign_in(client, order.owner).get(order.get_absolute_url(), headers={"accept-language": language})
    mail = words(order, "email", how)
    assert {"en": "Have the number on the filing changed first", "zh-hans": "请先变更备案中的手机号"}[language] in (
        page.content.decode()
    )
    assert {"en": f"{ON_FILE} is the number on the filing", "zh-hans": f"{ON_FILE} 是备案登记的号码"}[language] in mail
    assert {"en": "update the filing first", "zh-hans": "请先到原接入商变更备案"}[language] in mail
    assert "原样" not in words(order, "sms", how)


@pytest.mark.parametrize("trouble", [None, [], Retryable("no answer"), Refused("no", code="1")])
def test_an_unknown_phone_is_called_unknown_in_mail_text_and_page(
    client: Client, authority: Any, monkeypatch: Any, trouble: Any
) -> None:
    """Where the authority does not report phones, no number is stated."""
    order = handed_over()

    def phones_of(keys: list[str]) -> Any:
        if isinstance(trouble, Exception):
            raise trouble
        return None if trouble is None else dict.fromkeys(keys, trouble)

    monkeypatch.setattr(authority, "phones_of", phones_of)

    take_answer(receipt(order))

    mail, text = words(order, "email"), words(order, "sms")
    assert "to the phone on the filing. We are not told that number" in mail
    assert "the phone on the filing" in text
    assert "****" not in mail.replace("王*", "") + text
    html = page(client, order)
    assert "the number on the filing" in html
    assert f"You entered {TYPED}" in html


def test_a_silent_phone_register_is_queried_once_per_pull(authority: Any, monkeypatch: Any) -> None:
    """Querying the phone before the mail must not delay a morning's answers."""
    asked = []

    def silent(keys: list[str]) -> None:
        asked.append(keys)
        raise Retryable("no answer")

    monkeypatch.setattr(authority, "phones_of", silent)
    orders = [handed_over() for _ in range(4)]
    authority.waiting = [receipt(order) for order in orders]

    pull()

    assert len(asked) == 1
    assert [Order.objects.get(pk=order.pk).state for order in orders] == [states.PHONE_DUE] * 4


# --- where the code is entered ---------------------------------------------------------------


@pytest.mark.parametrize(("profile", "province"), SITES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_mail_and_text_have_the_address_where_the_code_is_entered(
    client: Client, authority: Any, profile: str, province: str, language: str
) -> None:
    """The main button of the 48-hour page had no target, and nothing named the site."""
    site = SITES[profile, province]
    order = handed_over(profile)
    type(order.owner).objects.filter(pk=order.owner_id).update(language=language)

    take_answer(receipt(order))

    html = page(client, order, language)
    button = re.search(r'<a class="button" href="([^"]*)"', html)
    assert button is not None
    assert button[1] in (f"https://{site}/", f"http://{site}/")
    assert not NOBODY_LEADS.search(html)
    assert [site in each for each in (words(order, "email"), words(order, "sms"))] == [True, True]
    counts = {"en": "names another site, the text counts", "zh-hans": "以短信为准"}[language]
    assert [counts in each for each in (html, words(order, "email"))] == [True, True]


def test_every_province_of_every_profile_has_an_address_for_codes_and_passwords() -> None:
    """A rule with source and date, so that no page can be without it."""
    for profile in PROFILES:
        for each in provinces(profile):
            addresses = (each.filing_site, each.codes_entered_at)
            assert all(re.fullmatch(r"https?://[a-z.]+\.gov\.cn/", address) for address in addresses), each.code
            assert each.source("filing_site").date
            assert each.source("code_site").date


def test_the_link_to_the_filing_password_leads_to_the_ministrys_site_of_its_rules(client: Client) -> None:
    """One source for the ministry's site."""
    order = make_order(steps=("service_code",), rule_profile="seed-2018")

    page = sign_in(client, order.owner).get(reverse("password-forgotten", args=[order.reference]))

    html = page.content.decode()
    assert '<a class="button" href="http://www.miitbeian.gov.cn/"' in html
    assert not NOBODY_LEADS.search(html)


@pytest.mark.parametrize("state", [states.PHONE_DUE, states.LAPSED, states.AUTHORITY_REVIEW])
def test_no_link_of_the_phone_pages_is_empty_in_any_state(client: Client, state: str) -> None:
    """Every link on these pages has a target."""
    for profile in PROFILES:
        order = make_order(state=state, rule_profile=profile)
        sign_in(client, order.owner)
        for name in ("phones", "phones-lost", "order"):
            html = client.get(reverse(name, args=[order.reference])).content.decode()
            assert not NOBODY_LEADS.search(html), (state, profile, name)
