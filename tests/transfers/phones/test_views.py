"""Verify the phones, in both modes: the authority reports them, or people state that they entered their code."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import content_of
from tests.transfers import states
from tests.transfers.builders import administrator_answers, make_order, sign_in, subject_answers
from tests.transfers.outside import cost
from transfers.models import PhoneCheck
from transfers.notifications.messages import notify_recipients
from transfers.orders import actions
from transfers.orders.rows import EVERYBODY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def authority_that_does_not_tell(settings):
    """The default, unless a test sets it or has reported rows."""
    settings.AUTHORITY_TELLS_PHONES = False


def waiting(masked=("", ""), **columns):
    """An order whose two people must confirm; `masked` as the authority reports it, "" if it reports none."""
    order = make_order(state=states.PHONE_DUE, **columns)
    for role, mobile in zip(("subject_lead", "administrator"), masked, strict=True):
        PhoneCheck.objects.create(order=order, report=1, role=role, mobile_masked=mobile)
    return order


def page_of(order):
    return reverse("phones", args=[order.reference])


def show(client, order, language="en"):
    client.cookies["django_language"] = language
    return sign_in(client, order.owner).get(page_of(order)).content.decode()


def state(client, order, role="administrator", **data):
    return sign_in(client, order.owner).post(page_of(order), {"role": role, **data})


def stated_roles(order):
    return list(order.phone_checks.filter(stated_at__isnull=False).values_list("role", flat=True))


@pytest.mark.parametrize(
    ("province", "id_type", "says_so"), [("33", "14", True), ("33", "11", False), ("64", "14", False)]
)
def test_page_and_mail_say_where_the_number_on_the_back_of_a_travel_permit_is_entered(
    client, province, id_type, says_so
):
    people = {"administrator": administrator_answers(admin_id_type=id_type, admin_id_number="H00000000")}
    order = waiting(province=province, rule_profile="current-2020", answers=people)

    html = show(client, order)
    notify_recipients(order, "confirm_phones", event_id=1, roles=EVERYBODY)
    mails = [content_of(message).words.text for message in Message.objects.filter(channel="email")]

    assert html.count("number on the back, with full-width brackets") == says_so
    assert ["背面" in mail or "on the back" in mail for mail in mails] == [says_so] * 3


# --- the authority tells ---------------------------------------------------------------------


def test_each_person_has_a_card_with_a_masked_name_and_number(client):
    html = show(client, waiting(("139****0001", "139****0002")))

    assert html.count("data-role=") == 2
    assert "林*范" in html
    assert "139****0002" in html
    assert "13900000002" not in html
    assert "The order continues only after both people have verified." in html


def test_it_says_when_the_text_comes_in_which_language_and_where_its_code_is_entered(client):
    html = show(client, waiting(province="12"))

    assert "The ministry texts a 6-digit code within 5 minutes, in Chinese; it never asks for a password." in html
    assert "On the Tianjin page of the ministry's filing site" in html
    assert "Finish by this time, or the order is returned" in html


def test_the_authoritys_report_is_shown_in_words(client):
    order = waiting(("139****0001", "139****0002"))
    now = timezone.now()
    order.phone_checks.filter(role="subject_lead").update(confirmed_at=now, sent_at=now)
    order.phone_checks.filter(role="administrator").update(sent_at=now, wrong=4)

    html = show(client, order)

    assert "Confirmed" in html
    assert "Text sent" in html
    assert "1 attempt left" in html


def test_another_number_on_the_filing_is_explained(client):
    html = show(client, waiting(("139****0001", "138****0009")))

    assert "This is the number on the filing; you entered 139****0002." in html


def test_where_the_authority_reports_phones_no_statement_is_offered_or_accepted(client):
    order = waiting(("139****0001", "139****0002"))

    assert "I have entered my code" not in show(client, order)
    state(client, order)

    assert stated_roles(order) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_before_the_authoritys_first_report_no_statement_is_offered_or_accepted_either(client, settings, language):
    settings.AUTHORITY_TELLS_PHONES = True
    order = waiting()

    html = show(client, order, language)
    state(client, order)

    buttons = {"en": "I have entered my code", "zh-hans": "我已完成"}
    waits = {
        "en": "The ministry has not told us the number on the filing yet. You entered 139****0002",
        "zh-hans": "工信部尚未告知备案登记的号码。您填写的是 139****0002",
    }
    assert buttons[language] not in html
    assert waits[language] in html
    assert stated_roles(order) == []


def test_the_link_to_enter_the_code_is_the_primary_button(client):
    html = show(client, waiting(province="12"))

    (button,) = re.findall(r'<a class="button" href="([^"]+)" rel="noreferrer">([^<]+)', html)
    assert button[1] in button[0]


# --- AUTHORITY_TELLS_PHONES=off --------------------------------------------------------------


def test_a_statement_is_shown_as_such_and_can_be_undone(client):
    order = waiting()
    assert show(client, order).count("I have entered my code") == 2

    state(client, order)
    html = show(client, order)

    assert stated_roles(order) == ["administrator"]
    assert "You told us that you entered the code" in html
    assert html.count("Undo") == 1
    state(client, order, undo="1")
    assert stated_roles(order) == []


@pytest.mark.parametrize("role", ["", "both", "reviewer", "subject_lead' OR 1=1"])
def test_a_role_not_on_the_order_changes_nothing(client, role):
    order = waiting()

    answer = state(client, order, role)

    assert (answer.status_code, stated_roles(order)) == (302, [])


def test_nothing_can_be_stated_for_a_person_who_has_confirmed(client):
    order = waiting()
    order.phone_checks.filter(role="administrator").update(confirmed_at=timezone.now())

    state(client, order)

    assert stated_roles(order) == []


def test_a_statement_counts_until_the_last_second_and_not_at_the_deadline():
    order = waiting()
    almost, at = order.due_at - timedelta(microseconds=1), order.due_at

    assert actions.state_phone(order, "administrator", stated=True, now=at) is False
    assert actions.state_phone(order, "administrator", stated=True, now=almost) is True
    assert stated_roles(order) == ["administrator"]


def test_an_earlier_reports_statement_does_not_count_for_this_one(client):
    order = waiting(report=1)
    PhoneCheck.objects.filter(order=order).update(report=0)

    state(client, order)

    assert stated_roles(order) == []


# --- the deadline ----------------------------------------------------------------------------


def test_the_deadline_is_in_beijing_time_with_a_calendar_file(client):
    order = waiting()

    html = show(client, order)

    assert "Beijing time" in html
    assert "left" in html
    assert reverse("deadline-file", args=[order.reference]) in html


def test_a_bar_shows_how_much_of_the_48_hours_has_passed(client):
    now = timezone.now()
    order = waiting(entered_at=now - timedelta(hours=12), due_at=now + timedelta(hours=36))

    html = show(client, order)

    assert '<path d="M0 0h25v1H0z"/>' in html
    assert "<span>Texts sent</span><span>Order returned</span>" in html


def test_after_the_deadline_the_page_applies_it_itself(client):
    order = waiting(due_at=timezone.now())

    html = show(client, order)
    state(client, order)

    assert "Time is up" in html
    assert "I have entered my code" not in html
    assert stated_roles(order) == []


def test_one_mobile_for_both_is_one_card(client):
    order = make_order(state=states.PHONE_DUE, answers={"administrator": administrator_answers(same_person="yes")})
    PhoneCheck.objects.create(order=order, report=1, role="both")

    html = show(client, order)

    assert html.count("data-role=") == 1
    assert "Subject lead and website administrator" in html
    assert "The order continues only after both people have verified." not in html


def test_a_province_without_phone_verification_has_no_such_page(client):
    order = make_order(state=states.AUTHORITY_REVIEW, province="44")

    assert sign_in(client, order.owner).get(page_of(order)).url == order.get_absolute_url()


def test_advice_for_people_without_the_phone_is_on_the_page(client):
    order = waiting()
    client.cookies["django_language"] = "en"

    html = sign_in(client, order.owner).get(reverse("phones-lost", args=[order.reference])).content.decode()

    assert "Only your current provider can change it" in html


NOW_OVER = [states.APPROVED, states.AUTHORITY_REVIEW, states.AUTHORITY_RETURNED, states.RETURNED, states.ABANDONED]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Nothing to verify now"), ("zh-hans", "目前没有需要核验的手机号")]
)
@pytest.mark.parametrize("now", NOW_OVER)
def test_who_comes_back_to_the_advice_on_a_lost_number_after_the_phones_reads_that_nothing_is_to_verify(
    client, now, language, said
):
    """It announced that the order is returned when the time is up, also of an order that was approved."""
    order = make_order(state=now)

    html = lost_page(client, order, language)

    assert said in html
    assert f'href="{order.get_absolute_url()}"' in html
    assert ("the order is returned to you" in html, "到期后订单退回" in html) == (False, False)
    assert ("Only your current provider" in html, "resubmit the order" in html) == (False, False)


@pytest.mark.parametrize("now", [states.PHONE_DUE, states.LAPSED])
def test_advice_on_a_lost_number_promises_no_review_only_where_nothing_has_expired(client, now):
    lasts = make_order(state=now)
    expired = make_order(state=now, answers={"subject": subject_answers(lead_id_until="2026-01-01")})

    assert "There is no new review" in lost_page(client, lasts)
    html = lost_page(client, expired)
    assert "There is no new review" not in html
    assert "We will review the order again" in html


def lost_page(client, order, language="en"):
    client.cookies["django_language"] = language
    return sign_in(client, order.owner).get(reverse("phones-lost", args=[order.reference])).content.decode()


def test_a_stranger_neither_sees_nor_states(client):
    order = waiting()
    client = sign_in(client, waiting().owner)

    assert client.get(page_of(order)).status_code == 404
    assert client.post(page_of(order), {"role": "administrator"}).status_code == 404
    assert client.get(reverse("phones-lost", args=[order.reference])).status_code == 404
    assert stated_roles(order) == []


def test_the_page_takes_at_most_ten_queries(client):
    order = waiting()
    client = sign_in(client, order.owner)

    assert cost(lambda: client.get(page_of(order))) <= 10
    assert cost(lambda: client.post(page_of(order), {"role": "administrator"})) <= 12
