"""A returned order shows what is changed, and can be sent again only when every part is changed or answered."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml.html import document_fromstring

from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    make_lead_reviewer,
    make_ready_document,
    make_reason,
    make_reviewer,
    moves,
    sign_in,
    subject_answers,
    website_answers,
)
from tests.transfers.desk import make_complete
from tests.transfers.outside import as_sent
from transfers.models import Order, OrderDocument, ReturnReason
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.review import actions as review
from transfers.review.actions import ReturnedField
from transfers.review.cases.parts.papers import Papers
from transfers.review.cases.parts.parts import sections_of
from transfers.steps.editable_parts import open_parts
from verification.models import Document, PhoneProof
from verification.phones import proofs
from verification.pictures.checks import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ministry", "servers")]
SEND = {"declared": "on"}
TO_CHANGE = re.compile(r"(\d+) things? to change")


def read(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


IN_REMARKS = "change it or explain it in the remarks"


def make_returned(*parts: str, reason: Any = None, **columns: Any) -> Order:
    """A complete order that a reviewer returned, naming these parts."""
    order = make_complete(state=states.SUBMITTED, submitted_at=timezone.now(), **columns)
    OrderDocument.objects.filter(order=order).update(added_at=order.created_at)
    reason = reason or make_reason("site_name", "website.site_name", text_en="It does not meet the rules")
    review.send_back(order, make_reviewer(), [ReturnedField(part, reason) for part in parts])
    return read(order)


def turned_down(code: str, **columns: Any) -> Order:
    """A complete order that the authority returned and its owner opened for changes."""
    order = make_complete(state=states.AUTHORITY_RETURNED, authority_code=code, report=1, **columns)
    OrderDocument.objects.filter(order=order).update(added_at=order.created_at)
    ORDER.apply(order, "mend", by="applicant", facts=queries.facts_of(order))
    return read(order)


def show(client: Client, order: Order, name: str, *args: Any, language: str = "en") -> str:
    sign_in(client, order.owner)
    page = client.get(reverse(name, args=[order.reference, *args]), headers={"accept-language": language})
    return str(page.content.decode())


def submit(client: Client, order: Order, **replies: str) -> Any:
    data = {**SEND, **{f"reply.{part.replace('__', '.')}": words for part, words in replies.items()}}
    address = reverse("check", args=[order.reference])
    return sign_in(client, order.owner).post(address, data, headers={"accept-language": "en"})


def save(client: Client, order: Order, step: str, answers: dict[str, Any]) -> None:
    address = reverse("step", args=[order.reference, step])
    assert sign_in(client, order.owner).post(address, as_sent(answers)).status_code == 302


def rename(client: Client, order: Order, name: str) -> None:
    save(client, order, "website", website_answers(order.domain, site_name=name))


def item(html: str, part: str) -> str:
    """The part's own entry in the list of returned parts."""
    found = re.search(rf'<li [^>]*data-part="{re.escape(part)}".*?</li>', html, re.DOTALL)
    assert found is not None, part
    return found[0]


def settled_parts(html: str) -> dict[str, str]:
    return dict(re.findall(r'data-part="([^"]*)" data-settled="(yes|no)"', html))


def replace_paper(order: Order, slot: str, **changes: Any) -> None:
    OrderDocument.objects.filter(order=order, slot=slot).update(retired_at=timezone.now())
    make_ready_document(order, slot, **changes)


def heading(html: str) -> str:
    return str(document_fromstring(html).xpath("string(//h1)"))


def typed_into(html: str) -> list[str]:
    """The names of the editable fields of a page."""
    found = document_fromstring(html).xpath(
        '//main//*[self::input[not(@type="hidden")] or self::select or self::textarea][not(@disabled)]/@name'
    )
    return [str(name) for name in found]


def primary_buttons(html: str) -> list[str]:
    """The labels of a page's visible primary buttons."""
    found = document_fromstring(html).xpath('//main//*[@class="button"]')
    for hidden in (each for button in found for each in button.xpath('.//*[@class="sr"]')):
        hidden.drop_tree()
    return [" ".join(button.text_content().split()) for button in found]


# --- an untouched part keeps the order here ----------------------------------------------


def test_a_returned_order_is_not_sent_again_unchanged(client: Client) -> None:
    """Name and statement were returned, and "Send again" without a change was accepted."""
    order = make_returned("website.site_name", "paper.statement")

    answer = submit(client, order)

    html = answer.content.decode()
    assert (answer.status_code, read(order).state) == (200, states.RETURNED)
    assert html.count("not changed since the return") == 2
    assert reverse("slot", args=[order.reference, "statement"]) in html
    assert 'name="reply.website.site_name"' in html


def test_once_changed_it_is_sent_again(client: Client) -> None:
    """With each part changed nothing else is required."""
    order = make_returned("website.site_name", "paper.subject_id")
    rename(client, order, "示例新名称")
    replace_paper(read(order), "subject_id", colour="blue")
    replace_paper(read(order), "statement")  # the new name requires a new sheet

    assert submit(client, order).status_code == 302
    assert read(order).state == states.SUBMITTED


def test_a_name_changed_back_counts_as_unchanged(client: Client) -> None:
    """Two saves that end where they began are no change."""
    order = make_returned("website.site_name")
    rename(client, order, "示例新名称")
    rename(client, order, "示例纸业官网")

    assert submit(client, order).status_code == 200
    assert read(order).state == states.RETURNED


def test_the_same_picture_again_counts_as_unchanged(client: Client) -> None:
    """An identical upload, byte for byte, is what the reviewer has seen."""
    order = make_returned("paper.subject_id")
    old = order.papers.get(slot="subject_id").document
    type(old).objects.filter(pk=old.pk).update(sha256="5" * 64)
    replace_paper(order, "subject_id")
    new = order.papers.get(slot="subject_id", retired_at=None).document
    type(new).objects.filter(pk=new.pk).update(sha256="5" * 64)

    assert submit(client, order).status_code == 200

    type(new).objects.filter(pk=new.pk).update(sha256="6" * 64)
    assert submit(client, order).status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_choice_is_compared_whatever_the_languages_of_reviewer_and_applicant(client: Client, language: str) -> None:
    """The reviewer's page stored the text of a choice, not the choice."""
    order = make_returned("website.languages")

    assert settled_parts(show(client, order, "order", language=language)) == {"website.languages": "no"}


def shown_to_a_reviewer(order: Order) -> set[str]:
    """The values of the case page."""
    sections = sections_of(order, Papers(), {}, [], {}, {}, shown=())
    return {part.value for section in sections for part in section.parts}


def test_a_part_may_stay_with_a_reason_that_the_reviewer_reads(client: Client) -> None:
    """The server behind the address was fixed; the address is right."""
    order = make_returned("website.home_url", "paper.statement")

    answer = submit(client, order, website__home_url="首页已恢复访问", paper__statement="已与审核人员电话确认")

    order = read(order)
    assert (answer.status_code, order.state) == (302, states.SUBMITTED)
    said = shown_to_a_reviewer(order)
    assert {"首页已恢复访问", "已与审核人员电话确认"} <= said
    assert moves(order)[-3:] == ["explained", "explained", "submit"]
    assert "网站首页URL：首页已恢复访问" in show(client, order, "order", language="zh-hans")


def test_a_typed_reason_stays_when_something_else_is_missing(client: Client) -> None:
    """A refused press loses no words."""
    order = make_returned("website.home_url", "website.site_name")

    html = submit(client, order, website__home_url="首页已恢复访问").content.decode()

    assert "首页已恢复访问" in html
    assert "首页已恢复访问" in show(client, order, "check")
    assert settled_parts(show(client, order, "order")) == {"website.home_url": "yes", "website.site_name": "no"}


def test_a_part_that_nobody_can_change_can_be_answered(client: Client) -> None:
    """A closed part must not lock its owner out."""
    order = make_returned("subject.no_such_field", "paper.no_such_slot")

    assert submit(client, order).status_code == 200
    answer = submit(client, order, subject__no_such_field="已核对", paper__no_such_slot="不需要")

    assert (answer.status_code, read(order).state) == (302, states.SUBMITTED)


def test_the_remarks_are_open_where_the_reason_asks_for_them(client: Client) -> None:
    """ "change it or explain it in the remarks" opened no remarks: portals installed before may still say so."""
    reason = make_reason("phone_elsewhere", "subject.lead_phone1", text_zh="请更换或在备注中说明", text_en=IN_REMARKS)
    order = make_returned("subject.lead_phone1", reason=reason)

    save(client, order, "subject", subject_answers(remark="负责人长期在外省工作"))

    assert read(order).answer("subject")["remark"] == "负责人长期在外省工作"
    assert settled_parts(show(client, order, "order")) == {"subject.lead_phone1": "yes"}


@pytest.mark.parametrize(("province", "is_open"), [("64", False), ("61", True)])
def test_the_remarks_are_open_for_a_mobile_only_where_the_province_accepts_a_reason(
    client: Client, province: str, is_open: bool
) -> None:
    """An explanation that the province does not accept brought the order back a second time."""
    reason = ReturnReason.objects.get(key="phone_elsewhere")
    order = make_returned("subject.lead_phone1", reason=reason, province=province)

    assert ("subject.remark" in (open_parts(order) or ())) is is_open
    assert "remarks" not in item(show(client, order, "order"), "subject.lead_phone1")


def test_a_part_explained_in_the_remarks_is_not_shown_as_changed_from_a_value_to_the_same(client: Client) -> None:
    reason = make_reason("phone_elsewhere", "subject.lead_phone1", text_zh="请更换或在备注中说明", text_en=IN_REMARKS)
    order = make_returned("subject.lead_phone1", reason=reason)
    save(client, order, "subject", subject_answers(remark="负责人长期在外省工作"))

    for page in ("people", "order"):
        shown = show(client, order, page)
        assert settled_parts(shown) == {"subject.lead_phone1": "yes"}
        assert "Explained in the remarks" in item(shown, "subject.lead_phone1")
        assert 'class="difference' not in item(shown, "subject.lead_phone1")


def test_a_missing_consent_can_be_answered(client: Client) -> None:
    """A box that is ticked already cannot be changed."""
    order = make_returned("administrator.admin_told")

    assert submit(client, order, administrator__admin_told="已当面征得同意").status_code == 302


def test_a_returned_phone_is_changed_and_tested_again(client: Client) -> None:
    """Another number, which is tested."""
    order = make_returned("administrator.admin_phone1", province="12")
    save(client, order, "administrator", administrator_answers(admin_phone1="13900000077"))

    assert settled_parts(show(client, order, "order")) == {"administrator.admin_phone1": "yes"}
    assert "this phone has not been tested" in submit(client, order).content.decode()

    index = proofs.mobile_index("13900000077")
    known = {"holder": order.reference, "person_key": "administrator"}
    PhoneProof.objects.update_or_create(
        **known,
        defaults={
            "mobile": "13900000077",
            "mobile_index": index,
            "asked_at": timezone.now(),
            "proved_at": timezone.now(),
        },
    )
    replace_paper(read(order), "statement")
    assert "this phone has not been tested" not in submit(client, order).content.decode()


# --- the papers ---------------------------------------------------------------------------


def test_a_returned_paper_must_be_replaced_and_does_not_count_as_ready(client: Client) -> None:
    """The list said "4 of 4 ready" and "Done", the slot "Ready" under "Why the order was returned"."""
    order = make_returned("paper.statement")

    documents, slot = show(client, order, "documents"), show(client, order, "slot", "statement")

    assert "3 of 4 ready" in documents
    assert "To replace" in documents
    assert 'class="slot side sheet slot-replace"' in slot
    assert "slot-ready" not in slot

    replace_paper(order, "statement", colour="blue")

    assert "4 of 4 ready" in show(client, order, "documents")
    assert "slot-ready" in show(client, order, "slot", "statement")


@pytest.mark.parametrize(("language", "words"), [("en", "Stays as it is"), ("zh-hans", "不作修改")])
def test_a_paper_not_named_does_not_count_as_explained(client: Client, language: str, words: str) -> None:
    order = make_returned("paper.statement")

    page = show(client, order, "documents", language=language)

    assert words in page
    assert "已说明" not in page


def test_an_order_without_a_return_is_asked_for_nothing_more(client: Client) -> None:
    """A draft, and a lapsed order opened for changes, have no parts to change."""
    order = make_complete()

    assert submit(client, order).status_code == 302


# --- returned by the authority -----------------------------------------------------------


@pytest.mark.parametrize("code", ["1002", "1055", "1002 1055"])
def test_an_order_returned_by_the_authority_is_not_sent_again_unchanged(client: Client, code: str) -> None:
    """Opened for changes and sent again as it was."""
    order = turned_down(code)

    answer = submit(client, order)

    assert (answer.status_code, read(order).state) == (200, states.RETURNED)
    assert "not changed since the return" in answer.content.decode()


def test_a_change_of_a_part_opened_by_its_code_answers_the_authority(client: Client) -> None:
    """The statement was another filing's."""
    order = turned_down("1055")
    replace_paper(order, "statement", colour="blue")

    assert "not changed since the return" not in show(client, order, "check")


@pytest.mark.parametrize(("language", "reviewer"), [("en", "our reviewer"), ("zh-hans", "审核人员指出")])
def test_the_authoritys_return_is_not_attributed_to_our_reviewer(client: Client, language: str, reviewer: str) -> None:
    """The pages said that only what our reviewer asked for can be changed; nobody of ours had asked for anything."""
    order = turned_down("1055")

    pages = [show(client, order, "documents", language=language)]
    pages.append(show(client, order, "step", "website", language=language))

    assert [reviewer in page for page in pages] == [False, False]


def test_a_paper_returned_by_the_authority_must_be_replaced_and_says_why(client: Client) -> None:
    """The order asked for it; the list said "4 of 4 ready", and the paper's page neither why nor what to do."""
    order = turned_down("1055")

    documents, slot = show(client, order, "documents"), show(client, order, "slot", "statement")

    assert ("3 of 4 ready" in documents, "To replace" in documents) == (True, True)
    assert 'class="slot side sheet slot-replace"' in slot
    assert "Why the order was returned" in slot
    assert "print, sign and upload the one of this order" in slot

    replace_paper(order, "statement", colour="blue")

    assert "4 of 4 ready" in show(client, order, "documents")


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(("code", "others"), [("1018", []), ("1018 1055", ["authority.1055"])])
def test_a_refused_filing_password_is_asked_for_once_and_no_words_replace_it(
    client: Client, code: str, others: list[str], *, kept: bool
) -> None:
    """The list named it twice, and offered a field to say why it stays, which could not help."""
    order = turned_down(code, password_kept=kept)

    page = document_fromstring(show(client, order, "check"))

    address = reverse("step", args=[order.reference, "filing_password"])
    gaps = [" ".join(each.text_content().split()) for each in page.xpath(f'//ul[@class="gaps"]//a[@href="{address}"]')]
    assert gaps == ["Verify the filing password (code 1018): enter the password again"]
    assert page.xpath('//*[starts-with(@name, "reply.")]/@name') == [f"reply.{each}" for each in others]
    submit(client, order, authority__1018="密码没有错")
    assert (read(order).state, settled_parts(show(client, order, "order"))["authority.1018"]) == (states.RETURNED, "no")


def test_a_filing_password_entered_again_answers_the_authority(client: Client) -> None:
    order = turned_down("1018")
    Order.objects.filter(pk=order.pk).update(password_confirmed_at=timezone.now())

    assert settled_parts(show(client, order, "order")) == {"authority.1018": "yes"}
    assert (submit(client, order).status_code, read(order).state) == (302, states.SUBMITTED)


@pytest.mark.parametrize("code", ["1020", "1041", "1007 1016", "1064"])
def test_an_error_of_the_filing_is_not_reported_again_before_its_owner_says_what_was_done(
    client: Client, code: str
) -> None:
    """Fields were opened that no access report contains, and the same report was sent again."""
    order = turned_down(code)
    before = {step: show(client, order, "step", step) for step in ("subject", "website", "administrator")}

    answer = submit(client, order)

    html = answer.content.decode()
    assert (answer.status_code, read(order).state) == (200, states.RETURNED)
    assert html.count("nothing to change here. Have it resolved there, then say below what was done") == len(
        code.split()
    )
    assert {step: typed_into(page) for step, page in before.items()} == dict.fromkeys(before, [])
    assert [step for step, page in before.items() if "This page stays as it is" not in page] == []
    assert typed_into(show(client, make_returned("website.site_name"), "step", "website")) == ["site_name"]
    assert settled_parts(show(client, order, "order")) == {f"authority.{each}": "no" for each in code.split()}
    said = {f"reply.authority.{each}": "原接入商已变更备案" for each in code.split()}
    answer = sign_in(client, order.owner).post(reverse("check", args=[order.reference]), {**SEND, **said})
    assert (answer.status_code, read(order).state) == (302, states.SUBMITTED)


def test_one_of_several_confirmations_is_not_enough(client: Client) -> None:
    """Each code requires its own."""
    order = turned_down("1007 1016")

    answer = submit(client, order, authority__1007="原接入商已变更备案")

    assert (answer.status_code, read(order).state) == (200, states.RETURNED)
    assert settled_parts(show(client, order, "order")) == {"authority.1007": "yes", "authority.1016": "no"}


def test_a_number_the_authority_does_not_find_opens_no_page_where_it_is_fixed(client: Client) -> None:
    """ "check the number" led to a field that cannot be edited; the number is the ministry's own answer."""
    order = turned_down("1016", authority_words="引用的数据不存在")

    part = item(show(client, order, "order"), "authority.1016")

    assert "ask your current provider whether the filing is valid" in part
    assert reverse("step", args=[order.reference, "filing_password"]) not in part
    assert f"{reverse('check', args=[order.reference])}#id_reply.authority.1016" in part
    assert 'id="id_reply.authority.1016"' in show(client, order, "check")


def test_a_filing_that_was_changed_elsewhere_is_answered_in_words(client: Client) -> None:
    """An error of the filing is corrected at the current provider, not here."""
    order = turned_down("1020")
    key = re.search(r'name="(reply\.authority\.[^"]*)"', show(client, order, "check"))
    assert key is not None

    answer = sign_in(client, order.owner).post(
        reverse("check", args=[order.reference]), {**SEND, key[1]: "原接入商已变更名称"}
    )

    order = read(order)
    assert (answer.status_code, order.state) == (302, states.SUBMITTED)
    assert "原接入商已变更名称" in shown_to_a_reviewer(order)


def test_words_of_an_earlier_return_are_not_asked_about_after_the_authoritys(client: Client) -> None:
    """The list of a round settled long ago came up again."""
    order = make_returned("website.site_name")
    rename(client, order, "示例新名称")
    replace_paper(read(order), "statement")
    submit(client, order)
    Order.objects.filter(pk=order.pk).update(state=states.AUTHORITY_RETURNED, authority_code="1055", report=1)
    order = read(order)
    ORDER.apply(order, "mend", by="applicant", facts=queries.facts_of(order))

    assert list(settled_parts(show(client, order, "order"))) == ["authority.1055"]


# --- what is changed looks changed --------------------------------------------------------


@pytest.mark.parametrize(("language", "before", "now"), [("en", "Before", "Now"), ("zh-hans", "之前", "修改后")])
def test_a_changed_part_shows_old_and_new_and_a_tick_and_the_count_falls(
    client: Client, language: str, before: str, now: str
) -> None:
    """The list went on showing the old value under "Now:", and "2 things to change" stayed."""
    order = make_returned("website.site_name", "paper.statement")
    assert "2 things to change" in show(client, order, "order")

    rename(client, order, "示例新名称")

    html = show(client, order, "order", language=language)
    part = item(html, "website.site_name")
    assert settled_parts(html) == {"website.site_name": "yes", "paper.statement": "no"}
    text = re.sub(r"<[^>]+>", "", part)
    assert "示例纸业官网" in text
    assert "示例新名称" in text
    assert "icon-check" in part or "#check" in part
    assert "1 thing to change" in show(client, order, "order")


def test_with_everything_changed_nothing_is_left_to_change(client: Client) -> None:
    """The count falls to zero, and the page says what is next."""
    order = make_returned("paper.statement")

    replace_paper(order, "statement", colour="blue")

    html = show(client, order, "order")
    assert not TO_CHANGE.search(html)
    assert heading(html) == "Check and resubmit"
    assert primary_buttons(html) == ["Check and resubmit"]


@pytest.mark.parametrize(
    ("state", "title"), [(states.DRAFT, "Check and submit"), (states.RETURNED, "Check and resubmit")]
)
def test_the_list_of_documents_leads_to_the_page_that_submits_by_its_title(
    client: Client, state: str, title: str
) -> None:
    """The list said "Check and send", the page of a returned order "Check and resubmit": one act had two words."""
    order = make_returned("website.site_name") if state == states.RETURNED else make_complete(state=state)

    link = document_fromstring(show(client, order, "documents")).get_element_by_id("check-and-send")[0]

    assert (link.text, heading(show(client, order, "check"))) == (title, title)


def test_remaining_parts_come_first_with_the_reviewers_words_and_the_one_primary_button(client: Client) -> None:
    """The button led to a list of pages, and nothing said who had written what and when."""
    order = make_returned("website.site_name")
    reason = make_reason("unsealed", "paper.statement", text_en="The seal is missing")
    order.rounds.get().verdicts.create(field="paper.statement", verdict="return", reason=reason, words="请盖公章")
    rename(client, order, "示例新名称")

    html = show(client, order, "order")

    assert list(settled_parts(html)) == ["paper.statement", "website.site_name"]
    left = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", item(html, "paper.statement")))
    for words in ("Authenticity statement", "The seal is missing", "请盖公章", "Our reviewer · "):
        assert words in left
    assert f'class="button" href="{reverse("slot", args=[order.reference, "statement"])}"' in html
    assert primary_buttons(html) == ["Make changes"]
    assert "1 thing before you can resubmit" in html


@pytest.mark.parametrize("name", ["order", "people"])
def test_personal_values_are_masked_where_the_page_masks_them(client: Client, name: str) -> None:
    """Old and new personal values are masked as on the rest of the page."""
    order = make_returned("administrator.admin_phone1", "administrator.admin_id_number", "subject.lead_email")

    save(client, order, "administrator", administrator_answers(admin_phone1="13900000077"))
    html = show(client, order, name)

    for whole in ("13900000002", "13900000077", "649999198806060008", "lin@example.com"):
        assert whole not in html
    assert "139****0002" in re.sub(r"<[^>]+>", "", item(html, "administrator.admin_phone1"))


def test_the_page_of_the_field_and_the_last_page_show_old_beside_new(client: Client) -> None:
    """On the page itself, and before it is sent."""
    order = make_returned("website.site_name")
    rename(client, order, "示例新名称")

    assert settled_parts(show(client, order, "step", "website")) == {"website.site_name": "yes"}
    assert "is-changed" in show(client, order, "check")


def test_a_refused_photo_cannot_be_sent_again(client: Client) -> None:
    """The same picture again is no other photo."""
    order = make_complete(state=states.PHOTO_REVIEW)
    photo = make_ready_document(order, "photo")
    review.refuse_photo(order, make_lead_reviewer(), [ReturnedField("photo", make_reason("photo_light", "photo"))])
    again = make_ready_document(*[read(order), "photo"], side=2)
    type(photo).objects.filter(pk__in=(photo.pk, again.pk)).update(sha256="7" * 64)
    OrderDocument.objects.filter(document=photo).update(retired_at=timezone.now())
    OrderDocument.objects.filter(document=again).update(side=1)

    answer = sign_in(client, order.owner).post(
        reverse("photo", args=[order.reference]),
        {"photo_way": "backdrop", "photo_confirm": "on"},
        headers={"accept-language": "en"},
    )

    assert "This photo was refused: take another one, then send it" in answer.content.decode()
    assert read(order).state == states.PHOTO_DUE


def test_a_reason_edited_later_does_not_change_what_was_sent(client: Client) -> None:
    reason = make_reason("site_name", "website.site_name", text_en="It does not meet the rules")
    order = make_returned("website.site_name", reason=reason)
    type(reason).objects.update(text_en="Another rule altogether", text_zh="另一条规定", short_en="x", short_zh="x")

    html = item(show(client, order, "order"), "website.site_name")

    assert "It does not meet the rules" in html
    assert "Another rule" not in html


def test_a_return_gives_advice_only_about_what_may_be_changed(client: Client) -> None:
    orders = [
        make_complete(),  # both people have one emergency contact
        make_returned("website.site_name"),
        make_returned("administrator.admin_emergency"),
    ]

    assert ["What may be returned to you" in show(client, order, "check") for order in orders] == [True, False, True]


def test_a_return_gives_advice_only_about_documents_that_may_be_replaced(client: Client) -> None:
    orders = [make_complete(), make_returned("website.site_name"), make_returned("paper.subject_id")]
    replace_paper(orders[2], "subject_id")
    Document.objects.filter(kind="subject_id").update(advice=[{"key": "blur", "box": WHOLE}])

    assert ["Hold the phone still" in show(client, order, "documents") for order in orders] == [True, False, True]


def test_a_draft_does_not_claim_that_the_administrator_agrees_who_was_only_entered(client: Client) -> None:
    """Nobody ticked that: the person is asked on the phone before the order is submitted."""
    orders = (make_complete(), make_returned("website.site_name"))

    claimed = ["This person has been told and agrees" in show(client, order, "check") for order in orders]

    assert claimed == [False, True]


def test_a_page_that_the_authority_did_not_name_says_nothing_of_our_reviewer(client: Client) -> None:
    orders = (make_returned("website.site_name"), turned_down("1041"))

    pages = [show(client, order, "step", "administrator") for order in orders]

    assert ["The return did not ask for changes on this page" in page for page in pages] == [True, True]
    assert ["Our reviewer did not ask" in page for page in pages] == [False, False]
