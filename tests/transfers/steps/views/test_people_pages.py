"""Step 4: subject and lead, website, administrator, as people of every kind fill them in."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml.html import document_fromstring

from filings.provinces import PROVINCES
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
from tests.transfers.filing_type.test_facts import filed_here
from tests.transfers.outside import as_sent, cost, errors, look, page_of, reload, send
from transfers.documents.slots import paper_facts
from transfers.models import Order
from transfers.orders.people import administrator, lead
from transfers.steps import STEPS

pytestmark = pytest.mark.django_db
GATES = ("service_code", "filing_password")
CARD = {"nature": "individual", "id_type": "2", "id_number": "119999199009090002", "name": "赵样本"}
PASSPORT = {"nature": "individual", "id_type": "7", "id_number": "E12345678", "name": "JANE EXAMPLE"}
PERSONAL = ("is_legal_rep", "lead_phone2", "lead_name", "lead_id_type", "lead_id_number", "investor")


def draft(province: str = "64", steps: tuple[str, ...] = GATES, **changes: Any) -> Order:
    return make_order(province=province, steps=steps, **changes)


def individual(who: dict[str, str], province: str = "12", steps: tuple[str, ...] = GATES) -> Order:
    return draft(province, steps, answers={"type": type_answers(province, **who)})


def individuals_answers(**changes: Any) -> dict[str, Any]:
    answers = {name: value for name, value in subject_answers().items() if name not in PERSONAL}
    return {**answers, "id_address": "天津市和平区示例路1号", "post_region": "120101", **changes}


def test_an_organisations_subject_is_stored_as_entered(client: Client) -> None:
    order = draft()

    answer = send(client, order, "subject", as_sent(subject_answers()))

    assert answer["Location"] == page_of(order, "website")
    assert reload(order).answer("subject") == subject_answers()


def test_numbers_are_normalised_and_names_are_not_changed(client: Client) -> None:
    typed = subject_answers(
        lead_name="㐆·林示范",
        investor="宁夏示例纸业有限公司",
        lead_id_number="649999-19850214 ０００9",
        lead_phone1="＋86 139-0000-0001",
        lead_phone2="0951 5550100",
    )
    order = draft()

    send(client, order, "subject", as_sent(typed))

    found = reload(order).answer("subject")
    assert (found["lead_name"], found["lead_id_number"]) == ("㐆·林示范", "649999198502140009")
    assert (found["lead_phone1"], found["lead_phone2"]) == ("13900000001", "086-0951-5550100")


@pytest.mark.parametrize("name", ["𠮷𬸚", "买买提·吐尔逊", "㐆㱾", "龘靐"])
def test_rare_characters_survive_on_the_order_and_on_the_page(client: Client, name: str) -> None:
    order = draft()

    send(client, order, "subject", as_sent(subject_answers(lead_name=name, investor="宁夏示例纸业有限公司")))

    assert reload(order).answer("subject")["lead_name"] == name
    assert f'value="{name}"' in look(client, order, "subject")


BAD = [
    ("lead_name", "林\u200b示范", "hidden_chars"),
    ("lead_name", "林\u202e示范", "hidden_chars"),
    ("post_address", "示例路1号\x00", "hidden_chars"),
    ("lead_name", "Lin Shifan", "name_on_id_card"),
    ("lead_name", "林示范😀", "name_on_id_card"),
    ("lead_id_number", "649999198502140008", "idcard_check"),
    ("lead_phone1", "12345", "mobile_bad"),
    ("lead_phone1", "086-0951-5550100", "mobile_bad"),
    ("lead_phone2", "13900000001", "phone2_same"),
    ("lead_emergency", "13900000001", "emergency_same"),
    ("lead_email", "lin@", "email_bad"),
    ("lead_id_until", "2020-02-14", "id_expiring"),
    ("lead_id_until", "soon", "invalid"),
    ("post_region", "110101", "choose"),
    ("post_address", "示例路", "address_door"),
    ("id_address", "<script>示例路1号🙂", "address_sign"),
    ("investor", "示例集团🙂", "name_picture"),
    ("is_legal_rep", "", "choose"),
    ("is_legal_rep", "maybe", "choose"),
    ("remark", "字" * 301, "too_long"),
]


@pytest.mark.parametrize(("field", "value", "code"), BAD)
def test_each_wrong_value_is_refused_by_name_and_stays_on_the_page(
    client: Client, field: str, value: str, code: str
) -> None:
    order = draft()
    typed = subject_answers(**{"investor": "宁夏示例纸业有限公司", field: value})

    answer = send(client, order, "subject", as_sent(typed))

    assert errors(answer) == {field: [code]}
    assert reload(order).answers == order.answers
    assert "lin@" in answer.content.decode()


# --- a person files ----------------------------------------------------------------------------


@pytest.mark.parametrize("who", [CARD, PASSPORT])
def test_an_individual_is_its_own_lead_and_is_not_asked_twice(client: Client, who: dict[str, str]) -> None:
    order = individual(who)
    sent = as_sent(individuals_answers(lead_name="王冒充", lead_id_number="649999198502140009", investor="他人"))

    answer = send(client, order, "subject", sent)

    after = reload(order)
    form = sign_in(client, order.owner).get(page_of(order, "subject")).context["form"]
    assert answer.status_code == 302, errors(answer)
    assert (lead(after).name, lead(after).id_number) == (who["name"], who["id_number"])
    assert after.answer("subject")["investor"] == who["name"]
    assert {"is_legal_rep", "lead_phone2"} & set(form.fields) == set()
    assert [form.fields[name].disabled for name in ("lead_name", "lead_id_type", "lead_id_number")] == [True] * 3


@pytest.mark.parametrize(
    ("who", "copies"),
    [(CARD, True), (PASSPORT, False), ({**PASSPORT, "id_type": "14", "id_number": "H00000000"}, False)],
)
def test_only_a_document_that_shows_an_address_is_to_be_copied(
    client: Client, who: dict[str, str], copies: bool
) -> None:
    html = look(client, individual(who), "subject")

    assert ["Copy it from the document" in html, "This document shows no address" in html] == [copies, not copies]


@pytest.mark.parametrize("who", [CARD, PASSPORT])
def test_the_administrator_of_an_individual_is_that_person(client: Client, who: dict[str, str]) -> None:
    order = individual(who, steps=(*GATES, "subject"))

    answer = send(client, order, "administrator", {"same_person": "no", "admin_name": "王冒充"})

    assert answer.status_code == 302
    assert reload(order).answer("administrator") == {"same_person": "yes"}
    assert administrator(reload(order)).name == who["name"]


# --- the same person? ---------------------------------------------------------------------------


def test_the_same_person_needs_nothing_more_and_stores_nothing_else(client: Client) -> None:
    order = draft(steps=(*GATES, "subject"))
    left_over = as_sent(administrator_answers(same_person="yes", admin_phone1="nonsense"))

    answer = send(client, order, "administrator", left_over)

    found = reload(order).answer("administrator")
    assert answer.status_code == 302
    assert {name: value for name, value in found.items() if value} == {"same_person": "yes"}
    assert administrator(reload(order)).name == "林示范"


def test_for_another_person_all_fields_are_required(client: Client) -> None:
    order = draft(steps=(*GATES, "subject"))

    answer = send(client, order, "administrator", {"same_person": "no"})

    asked = {"admin_name", "admin_id_number", "admin_phone1", "admin_phone2", "admin_emergency"}
    assert set(errors(answer)) == {*asked, "admin_email"}


def test_another_person_must_consent_in_person_and_no_tick_replaces_that(client: Client) -> None:
    order = draft(steps=(*GATES, "subject"))
    page = look(client, order, "administrator")

    answer = send(client, order, "administrator", as_sent(administrator_answers(admin_told=False)))

    assert 'name="admin_told"' not in page
    assert answer.status_code == 302


def test_the_page_says_to_leave_the_other_persons_fields_empty_and_groups_them(client: Client) -> None:
    page = look(client, draft(steps=(*GATES, "subject")), "administrator")

    assert "Leave this empty if it is the subject lead" in page
    assert page.count('data-shown-when="same_person=no"') == 1
    assert "portal.js" in page


def test_a_province_that_requires_two_people_offers_only_another(client: Client) -> None:
    order = draft("12", (*GATES, "subject"))

    answer = send(client, order, "administrator", {"same_person": "yes"})

    assert errors(answer) == {"same_person": ["choose"]}
    assert 'value="yes"' not in answer.content.decode()
    assert "与主体负责人是同一人时留空" not in answer.content.decode()


QUESTIONS = [
    ("subject", "is_legal_rep", "请选择主体负责人是否为法定代表人"),
    ("website", "needs_approval", "请选择是否涉及前置审批"),
    ("administrator", "same_person", "请选择网站负责人"),
]


@pytest.mark.parametrize(("step", "field", "words"), QUESTIONS)
def test_an_unanswered_question_is_requested_in_a_sentence(client: Client, step: str, field: str, words: str) -> None:
    answer = send(client, draft(steps=(*GATES, "subject")), step, {field: ""})

    assert f">{words}</a>" in answer.content.decode()


@pytest.mark.parametrize(("province", "shown"), [("12", True), ("44", False)])
def test_where_phones_are_verified_the_page_says_which_number_is_texted(
    client: Client, province: str, shown: bool
) -> None:
    order = draft(province, (*GATES, "subject"))

    said = [
        "The ministry texts the mobile number on the filing" in look(client, order, step)
        for step in ("subject", "administrator")
    ]

    assert said == [shown, shown]


# --- the website --------------------------------------------------------------------------------


def test_a_website_is_stored_as_entered(client: Client) -> None:
    order = draft()

    answer = send(client, order, "website", as_sent(website_answers(order.domain)))

    found = reload(order).answer("website")
    assert answer.status_code == 302
    assert {**found, **website_answers(order.domain)} == found


def test_unnecessary_approvals_are_dropped_and_necessary_ones_required(client: Client) -> None:
    order = draft()
    typed = as_sent(website_answers(order.domain)) | {"approval_types": ["1"], "approval_number": "示例字〔2018〕000号"}

    none = send(client, order, "website", typed)
    first = reload(order).answer("website")
    some = send(client, order, "website", typed | {"needs_approval": "yes"})
    missing = send(client, order, "website", typed | {"needs_approval": "yes", "approval_number": ""})

    assert (none.status_code, first["approval_types"], first["approval_number"]) == (302, [], "")
    assert (some.status_code, reload(order).answer("website")["approval_types"]) == (302, ["1"])
    assert errors(missing) == {"approval_number": ["approval_missing"]}


def test_an_international_domain_is_shown_in_its_letters_and_accepted_in_both_forms(client: Client) -> None:
    order = draft(domain="xn--fsqu00a.xn--fiqs8s")

    page = look(client, order, "website")
    answers = [
        send(client, order, "website", as_sent(website_answers(order.domain, home_url=url))).status_code
        for url in ("https://www.例子.中国/", "https://www.xn--fsqu00a.xn--fiqs8s/")
    ]

    assert 'value="https://www.例子.中国/"' in page
    assert answers == [302, 302]


def test_a_home_page_of_another_domain_is_refused(client: Client) -> None:
    answer = send(client, draft(), "website", as_sent(website_answers("other.com")))

    assert errors(answer) == {"home_url": ["url_domain"]}


def test_the_domains_holder_is_asked_for_only_where_a_person_may_hold_it(client: Client) -> None:
    offered = {code: "domain_holder" in look(client, draft(code), "website") for code in ("31", "64", "44")}
    order = next(order for order in (draft("31"), draft("64"), draft("44")) if offered[order.province])

    send(client, order, "website", as_sent(website_answers(order.domain)) | {"domain_holder": "person"})

    assert set(offered.values()) == {True, False}
    assert paper_facts(reload(order)).holder_is_person


def test_the_usual_content_types_are_visible_and_all_others_folded(client: Client) -> None:
    page = look(client, draft(), "website")

    usual = re.findall(r'name="content" value="(\d+)"', page.partition("What it holds")[2].partition("<details")[0])
    assert usual == ["8", "3", "9", "24"]
    assert len(re.findall('name="content"', page)) > 20
    assert page.count('data-shown-when="needs_approval=yes"') == 1


def test_a_fold_is_open_where_something_in_it_is_chosen(client: Client) -> None:
    order = draft(steps=(*GATES, "website"), answers={"website": website_answers("x.com", content=["13"])})

    page = look(client, order, "website")

    assert '<details class="more" open>' in page.partition("What it holds")[2]


def test_letters_sent_to_the_address_on_the_document_need_no_second_one(client: Client) -> None:
    order = draft(steps=GATES)
    sent = {name: value for name, value in as_sent(subject_answers()).items() if not name.startswith("post_")}

    assert send(client, order, "subject", {**sent, "post_same": "on"}).status_code == 302

    found = reload(order).answer("subject")
    assert found["post_address"] == found["id_address"] == subject_answers()["id_address"]
    assert found["post_region"] == order.answer("type")["region"]
    assert re.search(r'name="post_same"[^>]*checked', look(client, reload(order), "subject"))
    check = client.get(reverse("check", args=[order.reference]), headers={"accept-language": "en"}).content.decode()
    assert re.search(r"Letters reach you at the same address</dt>\s*<dd>\s*Yes", check)


def test_a_missing_door_number_is_reported_at_the_address_entered(client: Client) -> None:
    order = draft(steps=GATES)
    sent = {**as_sent(subject_answers(id_address="宁夏银川市金凤区示例路")), "post_same": "on"}

    answer = send(client, order, "subject", sent)

    assert errors(answer) == {"id_address": ["address_door"]}
    assert send(client, order, "subject", {**sent, "no_door_number": "on"}).status_code == 302


def test_the_investor_is_the_legal_representative_until_another_is_named(client: Client) -> None:
    order = draft(steps=GATES)

    send(client, order, "subject", as_sent(subject_answers(investor="")))
    first = reload(order).answer("subject")["investor"]
    send(client, order, "subject", as_sent(subject_answers(investor="", lead_name="林示例")))

    assert (first, reload(order).answer("subject")["investor"]) == ("林示范", "林示例")
    lead_only = send(
        client, draft("44", steps=GATES), "subject", as_sent(subject_answers(investor="", is_legal_rep="no"))
    )
    assert "investor" in errors(lead_only)


def test_a_resident_id_card_is_known_by_its_number_and_another_document_is_chosen(client: Client) -> None:
    order = draft(steps=GATES)

    card = send(client, order, "subject", as_sent(subject_answers(lead_id_type="")))
    passport = send(client, order, "subject", as_sent(subject_answers(lead_id_type="", lead_id_number="E12345678")))

    assert (card.status_code, reload(order).answer("subject")["lead_id_type"]) == (302, "2")
    assert errors(passport) == {"lead_id_type": ["choose"]}


def test_mobile_and_email_of_the_account_are_filled_in_and_say_so(client: Client) -> None:
    order = draft(steps=GATES)

    page = look(client, order, "subject")

    assert f'value="{order.owner.mobile}"' in page
    assert f'value="{order.owner.email}"' in page
    assert page.count("From your account") == 2
    saved = send(client, order, "subject", {**as_sent(subject_answers()), "lead_email": "not an address"})
    assert saved.content.decode().count("From your account") == 0


def test_an_earlier_order_of_the_same_subject_prefills_the_pages(client: Client) -> None:
    owner = make_user()
    key = "5" * 64
    make_order(owner, subject_key=key, state=states.ABANDONED)
    order = make_order(owner, subject_key=key, steps=GATES)

    page = look(client, order, "subject")

    assert 'value="649999198502140009"' in page
    assert "From your earlier order: check it" in page
    stranger = look(client, make_order(subject_key="6" * 64, steps=GATES), "subject")
    assert "649999198502140009" not in stranger


def test_an_individual_is_not_asked_who_the_administrator_is(client: Client) -> None:
    order = individual(CARD, steps=(*GATES, "administrator"))
    order.answers["administrator"] = {"same_person": "yes"}
    order.save()

    saved = send(client, order, "subject", as_sent(individuals_answers()))
    sent = {**as_sent(website_answers("example.com", site_name="林间小记", content=["24"]))}
    last = send(client, order, "website", sent)

    hub = reverse("people", args=[order.reference])
    assert last.status_code == 302, errors(last)
    assert (saved["Location"], last["Location"]) == (page_of(order, "website"), hub)
    assert [task.url for task in client.get(hub).context["tasks"]] == [
        page_of(order, "subject"),
        page_of(order, "website"),
        reverse("prove-phone", args=[order.reference, "both"]),
    ]


# --- a subject that is here already, and what the papers depend on -------------------------------


def test_transfer_another_starts_with_the_registers_values(client: Client) -> None:
    owner = make_user()
    filed_here(owner, "first.com")
    key = type_answers()["subject_key"]
    order = make_order(owner, steps=GATES, kind=states.TRANSFER_ANOTHER, subject_key=key)

    form = sign_in(client, owner).get(page_of(order, "subject")).context["form"]

    assert form["id_address"].value() == subject_answers()["id_address"]
    assert form["lead_name"].value() == "林示范"


def test_a_plain_transfer_starts_empty(client: Client) -> None:
    owner = make_user()
    filed_here(make_user(), "first.com")
    order = make_order(owner, steps=GATES, subject_key=type_answers()["subject_key"])

    form = sign_in(client, owner).get(page_of(order, "subject")).context["form"]

    assert (form["id_address"].value(), form["lead_name"].value()) == (None, None)


@pytest.mark.parametrize(("way", "by_app"), [({}, False), ({"way": "phone"}, True), ({"way": "page"}, False)])
def test_papers_go_by_phone_only_when_the_applicant_chose_so(way: dict[str, str], by_app: bool) -> None:
    assert paper_facts(make_order(answers={"documents": way})).by_app is by_app


def test_the_subjects_sites_are_counted_where_a_paper_depends_on_them() -> None:
    owner = make_user()
    for n in range(4):
        filed_here(owner, f"first{n}.com")
    key = type_answers()["subject_key"]
    order = make_order(owner, subject_key=key, answers={"type": type_answers()})

    counting, indifferent = _facts_in(order, _counting_province()), _facts_in(order, "64")

    assert (counting.domains_of_subject, counting.sites_of_subject) == (5, 5)
    assert indifferent.domains_of_subject == 1


def _counting_province() -> str:
    return next(
        code for code, each in PROVINCES.items() if each.domain_certificate and each.domain_certificate.from_of_subject
    )


def _facts_in(order: Order, code: str) -> Any:
    order.province = code
    return paper_facts(order)


# --- the frame of every step ---------------------------------------------------------------------

PEOPLE = ("subject", "website", "administrator")
READY = {"subject": subject_answers(), "administrator": administrator_answers()}


@pytest.mark.parametrize("step", PEOPLE)
def test_a_page_takes_at_most_ten_queries_to_show_and_thirteen_to_submit(client: Client, step: str) -> None:
    order = draft(steps=(*GATES, "subject", "website"))
    answers = as_sent({**READY, "website": website_answers(order.domain)}[step])
    sign_in(client, order.owner)

    shown = cost(lambda: client.get(page_of(order, step)))
    sent = cost(lambda: client.post(page_of(order, step), answers | {"seen": ""}))

    assert step in reload(order).answers
    assert (shown <= 10, sent <= 13) == (True, True), (shown, sent)


@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_every_step_shows_the_rules_of_its_profile(client: Client, servers: Any, step: str) -> None:
    order = draft("12")

    page = look(client, order, step)

    assert "/rules/12/?profile=seed-2018" in page
    assert ("The rules in brief" in page, "48 hours" in page) == (True, True)


@pytest.mark.parametrize(
    ("province", "words"),
    [
        ("12", "For a transfer, these must match your existing filing"),
        ("44", "This province does not require your details to match the existing filing"),
    ],
)
def test_the_values_that_must_match_are_listed_by_province(client: Client, province: str, words: str) -> None:
    order = draft(province)

    assert (
        words
        in sign_in(client, order.owner)
        .get(reverse("people", args=[order.reference]), headers={"accept-language": "en"})
        .content.decode()
    )


def test_a_province_without_a_statement_is_shown_as_not_stated(client: Client) -> None:
    silent = next(code for code, each in PROVINCES.items() if each.must_match("enterprise") is None)
    order = draft()
    Order.objects.filter(pk=order.pk).update(province=silent)

    assert "This province does not say what must match the existing filing" in look(client, order, "website")


@pytest.mark.parametrize("step", ["subject", "administrator"])
def test_the_type_of_document_is_not_called_optional_as_one_is_always_chosen(client: Client, step: str) -> None:
    order = draft()

    page = look(client, order, step)

    label, select = re.search(r"<label[^>]*>([^<]*Type of document.*?)</label>.*?<select([^>]*)>", page, re.S).groups()
    assert "optional" not in label
    assert "required" not in select


# --- the remarks ---------------------------------------------------------------------------


def fold_of(client: Client, order: Order, step: str = "subject", language: str = "en") -> tuple[str, bool]:
    """The title of the fold with the remarks, and whether it is open."""
    page = sign_in(client, order.owner).get(page_of(order, step), headers={"accept-language": language})
    (fold,) = document_fromstring(page.content.decode()).xpath('//details[.//textarea[contains(@name, "remark")]]')
    return " ".join(fold.find("summary").text_content().split()), fold.get("open") is not None


@pytest.mark.parametrize("step", ["subject", "website"])
@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Remarks for the reviewer(optional)"), ("zh-hans", "给审核人员的备注（选填）")],
)
def test_the_fold_of_the_remarks_has_the_name_that_rules_and_errors_give_them(
    client: Client, step: str, language: str, title: str
) -> None:
    """Rules said 备注, and the page 给审核人员留言."""
    assert fold_of(client, make_order(), step, language) == (title, False)


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_advice_to_give_a_reason_in_the_remarks_leads_to_open_remarks(client: Client, who: str) -> None:
    """Shaanxi asks for its own mobiles; the field for the reason was folded away under another name."""
    from_anywhere = {"lead": "19912345678", "admin": "19912345679"}

    def order_with(**mobiles: str) -> Order:
        asked = {**from_anywhere, **mobiles}
        answers = {
            "subject": subject_answers(lead_phone1=asked["lead"]),
            "administrator": administrator_answers(admin_phone1=asked["admin"]),
        }
        return make_order(province="61", answers=answers)

    found = [fold_of(client, order)[1] for order in (order_with(**{who: "18612345678"}), order_with())]

    assert found == [True, False]
