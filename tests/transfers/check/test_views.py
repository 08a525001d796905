"""Check your answers, then submit: once, however often it is pressed, and only when nothing is missing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml.html import document_fromstring

from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_reason, make_reviewer, moves, sign_in, website_answers
from tests.transfers.desk import make_complete
from tests.transfers.outside import cost
from tests.transfers.together import together, words
from transfers.check import readiness
from transfers.documents import actions as paper_actions
from transfers.documents.slots import SLOTS
from transfers.models import FieldVerdict, Order, OrderDocument, ReviewRound
from transfers.orders import actions
from transfers.review.actions import ReturnedField, send_back
from verification import consents

pytestmark = pytest.mark.django_db
SEND = {"declared": "on"}


def page_of(order):
    return reverse("check", args=[order.reference])


def english(client, order):
    client.cookies["django_language"] = "en"
    return sign_in(client, order.owner)


def read(order):
    return Order.objects.get(pk=order.pk)


def test_a_complete_order_is_submitted_and_the_applicant_notified_once(client):
    order = make_complete()

    answer = sign_in(client, order.owner).post(page_of(order), SEND)

    assert answer.url == reverse("sent", args=[order.reference])
    assert read(order).state == states.SUBMITTED
    assert moves(order) == ["submit"]
    assert Message.objects.filter(reference=order.reference, template="order_received", channel="site").count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_numbers_are_masked_on_screen_and_in_print(client, language):
    """ID numbers and mobiles were printed in full beside a masked licence number."""
    order = make_complete()
    client.cookies["django_language"] = language

    page = sign_in(client, order.owner).get(page_of(order)).content.decode()

    of_people = ("lead_id_number", "lead_phone1", "lead_phone2", "lead_emergency")
    in_full = {
        order.answer("type")["id_number"],
        *(order.answer("subject")[name] for name in of_people),
        *(order.answer("administrator")[name.replace("lead", "admin")] for name in of_people),
    }
    assert [number for number in in_full if number in page] == []
    masked = ("9164***019L", "6499***0009", "139****0001", "139****0003", "6499***0008", "139****0002")
    assert [words for words in (*masked, "林示范", "陈样例") if words not in page] == []
    assert {"en": "also in print", "zh-hans": "打印时也不显示"}[language] in page


def test_a_changed_number_of_a_returned_order_is_masked_before_and_after(client):
    order = make_complete(state=states.SUBMITTED, submitted_at=timezone.now())
    send_back(order, make_reviewer(), [ReturnedField("administrator.admin_phone1", make_reason())])
    order = read(order)
    order.answers["administrator"]["admin_phone1"] = "13900000077"
    order.save()

    page = english(client, order).get(page_of(order)).content.decode()

    assert ("13900000002" in page, "13900000077" in page) == (False, False)
    assert "is-changed" in page


def test_the_documents_are_listed_in_the_order_in_which_they_were_requested(client):
    """They were sorted by the letters of their keys: the administrator's first."""
    order = make_complete()
    page = english(client, order)

    checked, asked = (
        document_fromstring(page.get(reverse(name, args=[order.reference])).content).xpath("//main")[0]
        for name in ("check", "documents")
    )

    names = [" ".join(each.text_content().split()) for each in checked.xpath('.//ul[@class="paper-list"]/li')]
    links = asked.xpath('.//a[contains(@href, "/documents/")]/@href')
    order_of_hub = [
        link.rstrip("/").rpartition("/")[2] for link in links if link.rstrip("/").rpartition("/")[2] in SLOTS
    ]
    titles = [str(SLOTS[key].title) for key in dict.fromkeys(order_of_hub)]
    assert list(dict.fromkeys(name.partition(" · ")[0] for name in names)) == titles
    assert len(titles) == 4


def test_nothing_is_submitted_without_the_declaration(client):
    order = make_complete()

    answer = english(client, order).post(page_of(order), {})

    assert "Tick the box to confirm that the details are true, then submit" in answer.content.decode()
    assert read(order).state == states.DRAFT


def test_missing_answers_are_named_with_links_and_prevent_submitting(client):
    order = make_complete()
    OrderDocument.objects.filter(order=order, slot="subject_id").update(retired_at=timezone.now())

    answer = english(client, order).post(page_of(order), SEND)

    html = answer.content.decode()
    assert "Subject&#x27;s document is missing: upload it, then submit" in html
    assert reverse("slot", args=[order.reference, "subject_id"]) in html
    assert read(order).state == states.DRAFT


def test_a_picture_still_being_checked_prevents_submitting(client):
    order = make_complete()
    document = order.papers.get(slot="subject_id").document
    document.state = "checking"
    document.save(update_fields=["state"])

    answer = english(client, order).post(page_of(order), SEND)

    assert "is still being checked: wait a moment, then submit" in answer.content.decode()
    assert read(order).state == states.DRAFT


def test_the_declaration_applies_to_the_page_as_shown_and_is_never_saved(client):
    order = make_complete()
    document = order.papers.get(slot="subject_id").document
    document.state = "checking"
    document.save(update_fields=["state"])
    mark = hidden_in(english(client, order).get(page_of(order)), "page_draft")

    refused = client.post(page_of(order), {**SEND, "page_draft": mark}, follow=True)

    [tick] = document_fromstring(refused.content).xpath("//input[@name='declared']")
    assert (refused.redirect_chain != [], tick.get("checked")) == (True, None)


def test_a_withdrawn_consent_prevents_submitting():
    order = make_complete()
    person = readiness.validity.person_of(order, "admin_id")
    consents.withdraw(holder=order.reference, person_key=person.key)

    assert [gap.part for gap in readiness.gaps(order)] == ["paper.admin_id"]


def test_an_untested_phone_prevents_submitting():
    order = make_complete()
    order.answers = {**order.answers, "subject": {**order.answer("subject"), "lead_phone1": "13900000009"}}

    urls = [gap.url for gap in readiness.gaps(order)]

    assert urls == [reverse("prove-phone", args=[order.reference, "subject_lead"])]


def test_a_page_never_saved_has_no_answers(client):
    order = make_order(steps=("service_code", "filing_password"))

    assert "Letters reach you" not in english(client, order).get(page_of(order)).content.decode()


def test_an_empty_draft_lists_every_page(client):
    order = make_order(steps=())

    html = english(client, order).get(page_of(order)).content.decode()

    for page in ("Product", "Filing password", "Website details"):
        assert f"“{page}” is not complete" in html
    assert "<h2>Documents</h2>" not in html


def test_an_order_open_elsewhere_prevents_submitting_without_saying_whose(client):
    order = make_complete(claimed=False)
    other = make_order(domain=order.domain)

    answer = english(client, order).post(page_of(order), SEND)

    html = answer.content.decode()
    assert "Another account has an open order for this domain or document" in html
    assert other.reference not in html
    assert other.owner.email not in html
    assert read(order).state == states.DRAFT


def test_pressing_again_shows_the_order_and_submits_nothing_more(client):
    order = make_complete()
    client = sign_in(client, order.owner)

    answers = [client.post(page_of(order), SEND) for _ in range(3)]

    sent = reverse("sent", args=[order.reference])
    assert [answer.url for answer in answers] == [sent, order.get_absolute_url(), order.get_absolute_url()]
    assert moves(order) == ["submit"]


@pytest.mark.django_db(transaction=True)
def test_pressed_four_times_at_once_it_is_submitted_once():
    order = make_complete()
    clients = [sign_in(Client(raise_request_exception=False), order.owner) for _ in range(4)]

    ends = together(*[lambda c=client: c.post(page_of(order), SEND).status_code for client in clients])

    assert ends == [302] * 4
    assert moves(order) == ["submit"]
    assert Message.objects.filter(template="order_received", channel="site").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_paper_removed_while_the_order_is_submitted_leaves_no_order_without_it():
    for _ in range(4):
        order = make_complete()
        found = read(order)  # by the page of the paper: not sent yet
        send = sign_in(Client(raise_request_exception=False), order.owner)

        ends = together(
            lambda o=found: paper_actions.remove(o, slot="subject_id"),
            lambda o=order, c=send: c.post(page_of(o), SEND).status_code,
        )

        is_there = OrderDocument.objects.filter(order=order, slot="subject_id", retired_at=None).exists()
        assert read(order).state == (states.SUBMITTED if is_there else states.DRAFT), words(ends)


def test_after_submitting_the_page_redirects_to_the_order(client):
    order = make_order(state=states.SUBMITTED)

    assert sign_in(client, order.owner).get(page_of(order)).url == order.get_absolute_url()


def test_a_stranger_can_neither_see_nor_submit(client):
    order = make_complete()
    client = sign_in(client, make_order().owner)

    assert client.get(page_of(order)).status_code == 404
    assert client.post(page_of(order), SEND).status_code == 404
    assert read(order).state == states.DRAFT


def test_in_a_returned_order_old_values_are_shown_beside_new_ones(client):
    order = make_complete()
    Order.objects.filter(pk=order.pk).update(state=states.RETURNED)
    order.events.create(move="send_back", from_state=states.SUBMITTED, to_state=states.RETURNED, by="reviewer")
    opened = ReviewRound.objects.create(order=order, number=1, reviewer=make_reviewer(), decision="send_back")
    FieldVerdict.objects.create(
        round=opened, field="website.site_name", verdict="return", reason=make_reason(), value="示例纸业官网"
    )
    order.refresh_from_db()
    order.answers = {**order.answers, "website": website_answers(order.domain, site_name="示例新名称")}
    order.save(update_fields=["answers"])

    html = english(client, order).get(page_of(order)).content.decode()

    assert "is-changed" in html
    assert html.count("<del>") >= 1
    assert "Resubmit" in html
    assert reverse("step", args=[order.reference, "website"]) in html
    assert f'href="{reverse("step", args=[order.reference, "subject"])}"' not in html, "that page is not open"


def test_an_overdue_order_is_closed_by_opening_its_page(client):
    order = make_complete(due_at=timezone.now())

    answer = sign_in(client, order.owner).post(page_of(order), SEND)

    assert answer.url == order.get_absolute_url()
    assert read(order).state == states.EXPIRED
    assert moves(order) == ["expire_draft"]


def test_a_second_before_its_deadline_it_can_still_be_submitted(client):
    order = make_complete(due_at=timezone.now() + timedelta(seconds=30))

    sign_in(client, order.owner).post(page_of(order), SEND)

    assert read(order).state == states.SUBMITTED


def test_the_submit_action_does_nothing_to_an_order_that_moved_on():
    order = make_order(state=states.PHOTO_DUE)

    assert actions.submit(order, actor=order.owner) is None
    assert moves(order) == []


def test_showing_takes_at_most_twelve_queries_and_submitting_twenty_six(client):
    order = make_complete()
    client = sign_in(client, order.owner)

    assert cost(lambda: client.get(page_of(order))) <= 12
    assert cost(lambda: client.post(page_of(order), SEND)) <= 26


# --- two windows -----------------------------------------------------------------------------------


def hidden_in(page, name):
    return document_fromstring(page.content).xpath(f"//input[@name='{name}']/@value")[0]


def shown_in(page):
    return hidden_in(page, "shown")


def change(order):
    order = read(order)
    order.answers["administrator"]["admin_emergency"] = "13900000078"
    order.save()


def test_a_window_with_older_answers_submits_nothing_and_shows_the_new_ones(client):
    order = make_complete()
    old = shown_in(english(client, order).get(page_of(order)))
    change(order)

    page = client.post(page_of(order), {**SEND, "shown": old})

    assert "changed in another window" in page.content.decode()
    assert read(order).state == states.DRAFT
    assert client.post(page_of(order), {**SEND, "shown": shown_in(page)}).url == reverse("sent", args=[order.reference])


def test_going_back_to_change_an_answer_and_returning_is_no_other_window(client):
    order = make_complete()
    page = english(client, order).get(page_of(order))
    mark = hidden_in(page, "page_draft")
    client.post(reverse("page-draft"), {"page_draft": mark, "shown": shown_in(page), **SEND})
    change(order)

    client.post(page_of(order), {**SEND, "shown": shown_in(client.get(page_of(order)))})

    assert read(order).state == states.SUBMITTED


def test_a_second_press_with_the_same_answers_gets_no_message_and_one_with_others_does(client):
    order = make_complete()
    old = shown_in(english(client, order).get(page_of(order)))
    change(order)
    new = shown_in(client.get(page_of(order)))
    client.post(page_of(order), {**SEND, "shown": new})

    again = client.post(page_of(order), {**SEND, "shown": new}, follow=True).content.decode()
    other = client.post(page_of(order), {**SEND, "shown": old}, follow=True).content.decode()
    words_too = client.post(page_of(order), {**SEND, "shown": new, "reply.subject.name": "It is right"}, follow=True)

    said = "submitted from another window, with other answers"
    assert (said in again, said in other, said in words_too.content.decode()) == (False, True, True)
    assert moves(order) == ["submit"]


@pytest.mark.parametrize(
    ("language", "label", "says"), [("en", "Valid until", "No end date"), ("zh-hans", "证件有效期至", "长期")]
)
def test_a_document_that_never_expires_says_so_beside_its_number(client, language, label, says):
    order = make_complete()
    for page, field in (("subject", "lead_id_until"), ("administrator", "admin_id_until")):
        order.answers[page][field] = None
    order.save()
    client.cookies["django_language"] = language

    rows = document_fromstring(sign_in(client, order.owner).get(page_of(order)).content.decode()).xpath("//dl/div")

    said = [[" ".join(each.text_content().split()) for each in row.xpath("./dt | ./dd")][:2] for row in rows]
    assert [value for name, value in said if name == label] == [says, says]


def test_an_administrator_who_is_the_lead_has_no_row_about_the_validity_of_another_document(client):
    order = make_complete()
    order.answers["administrator"] = {"same_person": "yes"}
    order.save()

    rows = english(client, order).get(page_of(order)).content.decode()

    assert rows.count("Valid until") == 1
