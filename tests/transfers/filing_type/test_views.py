"""The pages of step 1: the form, its outcome, the start of an order, an objection."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml.html import document_fromstring

from icpportal.fields.form_types import KnownValue
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, sign_in, type_answers
from tests.transfers.outside import cost, errors, typed_type
from transfers.filing_type.decision import STARTS, Outcome
from transfers.filing_type.forms import VerifyTypeForm
from transfers.models import Objection, Order, TypeCheck
from transfers.orders.actions import AlreadyOrdered

pytestmark = pytest.mark.django_db
PAGE = "/transfers/new/"


def make_check(owner: Any, outcome: Outcome = Outcome.TRANSFER, **answers: Any) -> TypeCheck:
    return TypeCheck.objects.create(
        owner=owner,
        outcome=outcome,
        answers=type_answers(**answers),
        subject_number="宁ICP备00000000号",
        site_number="宁ICP备00000000号-1",
    )


def start_of(check: TypeCheck) -> str:
    return reverse("verify-type-start", args=[check.reference])


# --- the form ------------------------------------------------------------------------------------

BAD = [
    ({"domain": "example"}, "domain", "domain_bad"),
    ({"domain": "shop.example.com"}, "domain", "domain_sub"),
    ({"domain": "192.0.2.1"}, "domain", "domain_ip"),
    ({"domain": "www.yinchuan.gov.cn"}, "domain", "domain_gov"),
    ({"domain": "example\u200b.com"}, "domain", "hidden_chars"),
    ({"domain": ""}, "domain", "required"),
    ({"id_number": "916499990000000199"}, "id_number", "uscc_check"),
    ({"id_number": "9164"}, "id_number", "uscc_len"),
    ({"id_number": "91649999\u202e000000019L"}, "id_number", "hidden_chars"),
    ({"id_type": "2"}, "id_type", "number_nature"),
    ({"id_type": "999"}, "id_type", "choose"),
    ({"nature": "planet"}, "nature", "choose"),
    ({"name": "Ningxia Example Paper"}, "name", "chinese_needed"),
    ({"name": "宁夏\x00纸业"}, "name", "hidden_chars"),
    ({"name": "字" * 256}, "name", "too_long"),
    ({"region_county": "110101"}, "region_county", "choose"),
    ({"region_city": "110100"}, "region_city", "choose"),
]


def test_the_page_asks_for_the_values_of_the_filing_and_says_that_only_a_provider_is_added(client: Client) -> None:
    page = sign_in(client, make_user()).get(PAGE, headers={"accept-language": "en"}).content.decode()

    assert "Enter everything exactly as in your filing. We use it to work out the filing type." in page
    assert "Nothing else changes, and your current provider is not affected" in page
    assert re.findall(r'<button class="button">([^<]+)</button>', page) == ["Verify filing type"]


@pytest.mark.parametrize(("changes", "field", "code"), BAD)
def test_each_wrong_entry_is_refused_by_name_before_anybody_is_queried(
    client: Client, ministry: Any, changes: dict[str, str], field: str, code: str
) -> None:
    answer = sign_in(client, make_user()).post(PAGE, typed_type(**changes))

    assert code in errors(answer)[field]
    assert "宁" in answer.content.decode()
    assert (ministry.asked, TypeCheck.objects.count()) == ([], 0)


FORGIVEN = [
    {"domain": " HTTPS://WWW.Example.COM/ "},
    {"domain": "ｅｘａｍｐｌｅ。ｃｏｍ"},
    {"id_number": "９１６４ 9999-0000 0001 9l"},
]


@pytest.mark.parametrize("changes", FORGIVEN)
def test_width_spaces_dashes_and_case_are_normalised(client: Client, ministry: Any, changes: dict[str, str]) -> None:
    answer = sign_in(client, make_user()).post(PAGE, typed_type(**changes))

    assert answer.status_code == 302, errors(answer)
    assert TypeCheck.objects.get().answers == type_answers()


def test_names_are_never_changed(client: Client, ministry: Any) -> None:
    name = "宁夏　示例（纸业）有限公司"

    sign_in(client, make_user()).post(PAGE, typed_type(name=name))

    assert TypeCheck.objects.get().answers["name"] == name


PEOPLE = [
    {"id_type": "2", "id_number": "119999199009090002", "name": "赵样本"},
    {"id_type": "7", "id_number": "E12345678", "name": "JANE EXAMPLE"},
    {"id_type": "2", "id_number": "649999198502140009", "name": "𠮷样本"},
]


@pytest.mark.parametrize("who", PEOPLE)
def test_people_can_file_with_card_or_passport_and_rare_names(
    client: Client, ministry: Any, who: dict[str, str]
) -> None:
    answer = sign_in(client, make_user()).post(PAGE, typed_type(nature="individual", **who))

    assert answer.status_code == 302, errors(answer)
    assert TypeCheck.objects.get().answers["name"] == who["name"]


def test_each_type_of_document_names_its_owner_and_is_in_its_group(client: Client) -> None:
    page = sign_in(client, make_user()).get(PAGE, headers={"accept-language": "en"}).content.decode()

    of_people = page.partition('<optgroup label="Individual">')[2].partition("</optgroup>")[0]
    assert ("Passport" in of_people, "Business licence" in of_people) == (True, False)
    assert set(re.findall(r'data-fits="(\w+)"', of_people)) == {"individual"}
    assert ('data-fitting="id_nature"' in page, "portal.js" in page) == (True, True)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Is your document not in the list? Some newer types cannot be chosen here: call 010-0000-0000 before"),
        ("zh-hans", "列表中没有您的证件？部分新增的证件类型无法在此选择，请先致电 010-0000-0000 再开始办理。"),
    ],
)
def test_who_has_a_document_that_is_not_offered_reads_whom_to_call(
    client: Client, settings: Any, language: str, said: str
) -> None:
    settings.PROVIDER_HOTLINE = "010-0000-0000"
    client.cookies["django_language"] = language

    page = sign_in(client, make_user(language=language)).get(PAGE).content.decode()

    offered = set(re.findall(r'<option value="(\d+)" data-fits', page))
    assert offered.isdisjoint({"46", "47", "48", "49"})
    assert said in unescape(re.sub(r"<[^>]+>", "", page))


NAMED = {"en": ("Ningxia", "宁夏回族自治区"), "zh-hans": ("宁夏回族自治区", "Ningxia")}


@pytest.mark.parametrize("language", NAMED)
def test_provinces_are_offered_by_the_names_the_reader_knows(client: Client, language: str) -> None:
    page = sign_in(client, make_user()).get(PAGE, headers={"accept-language": language}).content.decode()

    offered = page.partition('name="region_province"')[2].partition("</select>")[0]
    assert [name in offered for name in NAMED[language]] == [True, False]
    assert 'lang="zh-Hans"' not in offered


def test_without_script_cities_and_counties_are_loaded_by_a_button_that_queries_nobody(
    client: Client, ministry: Any
) -> None:
    typed = {**typed_type(region_city="", region_county=""), "show_places": "1"}

    answer = sign_in(client, make_user()).post(PAGE, typed)

    page = answer.content.decode()
    assert ('value="640100"' in page, "宁夏示例纸业有限公司" in page, "error-summary" in page) == (True, True, False)
    assert ministry.asked == []


@pytest.mark.parametrize(("province", "city"), [("12", "120100"), ("64", ""), ("50", "")])
def test_a_provinces_only_city_is_selected_with_its_districts(province: str, city: str) -> None:
    form = VerifyTypeForm(known={"region_province": KnownValue(province, "From your answers")})

    assert (form["region_city"].value() or "") == city
    assert (len(form.fields["region_county"].choices) > 1) == bool(city)


def test_the_places_below_a_region_are_public_and_an_invalid_region_has_none(client: Client) -> None:
    below = client.get(reverse("region-options"), {"parent": "64"}, headers={"accept-language": "en"}).json()["options"]
    nothing = [
        client.get(reverse("region-options"), {"parent": text}).json()["options"] for text in ("", "x", "999999")
    ]

    assert ["640100", "银川市 Yinchuan"] in below
    assert nothing == [[], [], []]


def test_earlier_entries_are_offered_again_to_their_owner_only(client: Client) -> None:
    owner, stranger = make_user(), make_user()
    check = make_check(owner)

    own = sign_in(client, owner).get(f"{PAGE}?from={check.reference}").content.decode()
    others = sign_in(client, stranger).get(f"{PAGE}?from={check.reference}").content.decode()

    assert ("91649999000000019L" in own, 'value="640106" selected' in own) == (True, True)
    assert ("91649999000000019L" in others, "宁夏示例纸业有限公司" in others) == (False, False)


def test_the_rules_of_the_chosen_province_appear(client: Client) -> None:
    owner = make_user()
    check = make_check(owner)

    page = sign_in(client, owner).get(f"{PAGE}?from={check.reference}").content.decode()

    assert ("/rules/64/?profile=seed-2018" in page, "规则要点" in page) == (True, True)


@pytest.mark.parametrize("place", [PAGE, "/transfers/new/unknown/"])
def test_signing_in_comes_first(client: Client, place: str) -> None:
    answer = client.get(place)

    assert (answer.status_code, "/account/login/" in answer["Location"]) == (302, True)


# --- the start of an order -----------------------------------------------------------------------


@pytest.mark.parametrize("outcome", STARTS)
def test_a_start_creates_a_draft_with_the_answers_fixed(client: Client, outcome: Outcome) -> None:
    check = make_check(make_user(), outcome)

    answer = sign_in(client, check.owner).post(start_of(check))

    order = Order.objects.get()
    assert answer["Location"] == reverse("step", args=[order.reference, "service_code"])
    assert (order.kind, order.state, order.claimed) == (outcome.value, states.DRAFT, False)
    assert (order.answers, moves(order)) == ({"type": check.answers}, ["start"])


def test_a_second_press_finds_the_first_order(client: Client) -> None:
    check = make_check(make_user())
    sign_in(client, check.owner)

    places = [client.post(start_of(check))["Location"] for _ in range(3)]

    assert len(set(places)) == Order.objects.count() == 1


def test_a_press_that_lost_a_race_finds_the_first_order(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    check = make_check(make_user())
    order = make_order(check.owner, domain="example.com", steps=())

    def beaten(_check: TypeCheck) -> Order:
        TypeCheck.objects.filter(pk=check.pk).update(order=order)
        raise AlreadyOrdered("beaten")

    monkeypatch.setattr("transfers.filing_type.views.actions.start", beaten)

    answer = sign_in(client, check.owner).post(start_of(check))

    assert answer["Location"] == reverse("step", args=[order.reference, "service_code"])


def test_another_check_of_the_same_domain_leads_to_the_open_order(client: Client) -> None:
    owner = make_user()
    first, second = make_check(owner), make_check(owner)
    sign_in(client, owner).post(start_of(first))

    answer = client.post(start_of(second), follow=True)

    assert Order.objects.get().reference in answer.content.decode()
    assert 'data-outcome="own_order"' in answer.content.decode()


@pytest.mark.parametrize("outcome", [each for each in Outcome if each not in STARTS])
def test_no_other_outcome_starts_anything(client: Client, outcome: Outcome) -> None:
    check = make_check(make_user(), outcome)

    assert sign_in(client, check.owner).post(start_of(check)).status_code == 404
    assert not Order.objects.exists()


def test_a_start_needs_a_post(client: Client) -> None:
    check = make_check(make_user())

    assert sign_in(client, check.owner).get(start_of(check)).status_code == 405
    assert not Order.objects.exists()


def test_an_expired_answer_is_requested_again_with_the_same_entries(client: Client) -> None:
    check = make_check(make_user())
    TypeCheck.objects.filter(pk=check.pk).update(created_at=check.created_at - timedelta(days=1))

    answer = sign_in(client, check.owner).post(start_of(check))

    assert answer["Location"] == f"{PAGE}?from={check.reference}"
    assert not Order.objects.exists()


def test_after_the_order_has_ended_the_type_is_verified_again(client: Client) -> None:
    check = make_check(make_user())
    sign_in(client, check.owner).post(start_of(check))
    Order.objects.update(state=states.ABANDONED)

    answer = client.post(start_of(check))

    assert answer["Location"] == f"{PAGE}?from={check.reference}"


def test_a_strangers_check_is_not_found(client: Client) -> None:
    check = make_check(make_user(), Outcome.OTHER_ORDER)
    sign_in(client, make_user())
    places = ["verify-type-outcome", "verify-type-start", "objection"]

    answers = [client.post(reverse(place, args=[check.reference]), {"words": "x"}) for place in places]
    shown = client.get(reverse("verify-type-outcome", args=[check.reference]))

    assert [answer.status_code for answer in answers[1:]] == [404, 404]
    assert shown.status_code == 404
    assert (Order.objects.count(), Objection.objects.count()) == (0, 0)


# --- an objection ---------------------------------------------------------------------------------


def test_an_objection_is_stored_once_and_its_page_says_what_follows(client: Client) -> None:
    check = make_check(make_user(), Outcome.OTHER_ORDER)
    page = reverse("objection", args=[check.reference])
    sign_in(client, check.owner)

    empty = client.post(page, {"words": " "})
    first = client.post(page, {"words": "域名由我公司持有"})
    second = client.post(page, {"words": "再次说明"})

    found = Objection.objects.get()
    assert errors(empty) == {"words": ["required"]}
    assert (first.status_code, second.status_code) == (302, 200)
    assert (found.domain, found.subject_key, found.words) == (
        "example.com",
        check.answers["subject_key"],
        "域名由我公司持有",
    )
    assert "已收到您的异议" in second.content.decode()


def test_only_a_named_order_of_others_can_be_objected_to(client: Client) -> None:
    check = make_check(make_user(), Outcome.TRANSFER)

    page = reverse("objection", args=[check.reference])

    assert sign_in(client, check.owner).post(page, {"words": "x"}).status_code == 404


# --- pages of an order that has begun --------------------------------------------------------------


def test_the_type_of_an_order_is_shown_and_cannot_be_changed(client: Client) -> None:
    order = make_order()
    page = reverse("order-type", args=[order.reference])

    shown = sign_in(client, order.owner).get(page, headers={"accept-language": "en"}).content.decode()
    sent = client.post(page, typed_type(name="冒充"))

    assert ("9164***019L" in shown, "91649999000000019L" in shown) == (True, False)
    assert "You cannot change these details in this order" in shown
    assert (sent.status_code, Order.objects.get().answers) == (405, order.answers)


def test_the_gates_page_names_finished_steps_and_redirects_to_missing_ones(client: Client) -> None:
    through, at_the_code = make_order(steps=("service_code", "filing_password")), make_order(steps=())
    sent = make_order(state=states.SUBMITTED)

    done = sign_in(client, through.owner).get(
        reverse("gates-passed", args=[through.reference]), headers={"accept-language": "en"}
    )
    back = sign_in(client, at_the_code.owner).get(reverse("gates-passed", args=[at_the_code.reference]))
    away = sign_in(client, sent.owner).get(reverse("gates-passed", args=[sent.reference]))

    assert all(word in done.content.decode() for word in ("Filing type", "Product", "Filing password"))
    assert back["Location"] == reverse("step", args=[at_the_code.reference, "service_code"])
    assert away["Location"] == sent.get_absolute_url()


def test_how_to_get_the_password_back_is_stated_with_the_authority_and_the_date(client: Client) -> None:
    order = make_order(steps=("service_code",))

    page = sign_in(client, order.owner).get(
        reverse("password-forgotten", args=[order.reference]), headers={"accept-language": "zh-hans"}
    )

    text = page.content.decode()
    assert ("宁夏" in text, "beian.miit.gov.cn" in text, "草稿保留至" in text) == (True, True, True)


def test_an_order_that_left_does_not_promise_to_keep_its_draft_until_no_date(client: Client) -> None:
    """Opened again with Back or from a bookmark, the page ended "Your draft is kept until"."""
    order = make_order(state=states.AUTHORITY_REVIEW)

    answer = sign_in(client, order.owner).get(reverse("password-forgotten", args=[order.reference]))

    assert answer["Location"] == order.get_absolute_url()


@pytest.mark.parametrize("name", ["order-type", "gates-passed", "password-forgotten", "taken"])
def test_a_strangers_order_is_not_found(client: Client, name: str) -> None:
    order = make_order()

    assert sign_in(client, make_user()).get(reverse(name, args=[order.reference])).status_code == 404


def test_verify_type_costs_at_most_twenty_queries(client: Client, ministry: Any) -> None:
    owner = make_user()
    sign_in(client, owner)

    shown = cost(lambda: client.get(PAGE))
    sent = cost(lambda: client.post(PAGE, typed_type()))
    outcome = cost(lambda: client.get(reverse("verify-type-outcome", args=[TypeCheck.objects.get().reference])))
    begun = cost(lambda: client.post(start_of(TypeCheck.objects.get())))

    assert (shown <= 10, sent <= 20, outcome <= 10, begun <= 12) == (True,) * 4, (shown, sent, outcome, begun)


# --- what was verified and not started -----------------------------------------------------


def offered(client: Client, owner: Any, language: str = "en") -> list[tuple[str, str]]:
    """The ways back that the page of a new transfer offers: title and address."""
    page = sign_in(client, owner).get(PAGE, headers={"accept-language": language}).content.decode()
    found = document_fromstring(page).xpath('//main//div[contains(@class, "notice ")][.//a[contains(@href, "/new/")]]')
    return [(" ".join(each.xpath("string(.//p)").split()), each.xpath(".//a/@href")[0]) for each in found]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "You verified example.com and have not started the transfer"),
        ("zh-hans", "example.com 已验证备案类型，尚未开始办理"),
    ],
)
def test_who_left_the_page_of_the_outcome_finds_it_again_on_the_page_of_a_new_transfer(
    client: Client, language: str, title: str
) -> None:
    """Nothing listed it, and everything had to be typed again."""
    owner = make_user()
    check = make_check(owner, domain="example.com")

    assert offered(client, owner, language) == [(title, reverse("verify-type-outcome", args=[check.reference]))]
    assert offered(client, make_user(), language) == []


def test_after_a_day_the_way_back_leads_to_the_form_with_what_was_typed(client: Client) -> None:
    owner = make_user()
    check = make_check(owner)
    TypeCheck.objects.filter(pk=check.pk).update(created_at=check.created_at - timedelta(days=2))

    ((_title, url),) = offered(client, owner)

    assert url == f"{PAGE}?from={check.reference}"
    assert check.answers["name"] in client.get(url).content.decode()


def test_what_was_started_or_led_nowhere_or_was_asked_again_since_is_not_offered(client: Client) -> None:
    started, refused, again = make_user(), make_user(), make_user()
    begun = make_check(started)
    TypeCheck.objects.filter(pk=begun.pk).update(order=make_order(started))
    make_check(refused, Outcome.MISMATCH)
    make_check(again)
    make_check(again, Outcome.ALREADY_HERE)

    assert [offered(client, owner) for owner in (started, refused, again)] == [[], [], []]
