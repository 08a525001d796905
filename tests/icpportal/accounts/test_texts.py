"""Limits of text messages against abuse: per account, per range of numbers, and a budget."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.alarms.queries import open_alarms
from icpportal.codes import actions as codes
from icpportal.codes import texts
from icpportal.codes.models import Code
from icpportal.codes.refusals import BudgetSpent
from icpportal.codes.shares import Requester
from icpportal.time_format import BEIJING
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors, words
from tests.icpportal.codes.letterbox import LETTERS, another, codes_to

MOBILE, STEP_UP = "/account/mobile/", "/account/step-up/"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=BEIJING)

pytestmark = pytest.mark.django_db


def asks(client, mobile, *, address="192.0.2.1"):
    """The answer of the form for a first mobile to this number: "sent", or the code of its error."""
    answer = client.post(MOBILE, {"mobile": mobile}, REMOTE_ADDR=address)
    return "sent" if answer.status_code == 302 else errors(answer)["mobile"][0]


@pytest.fixture
def fresh(client_factory):
    """Browsers of accounts without a mobile."""

    def browser(name):
        client = client_factory()
        client.force_login(open_account(email=f"{name}@example.com", password=PASSWORD, language="en"))
        return client

    return browser


def causes():
    return set(open_alarms().values_list("cause", flat=True))


def test_all_limits_of_a_text_are_counted_in_one_query(fresh):
    sun = fresh("sun")
    asks(sun, "13900000000")

    with CaptureQueriesContext(connection) as asked:
        assert asks(sun, "13911110000") == "sent"

    assert len([each for each in asked if "codes_allowance" in each["sql"]]) == 1


def test_neither_one_account_nor_many_can_text_number_after_number(fresh, settings):
    settings.LIMITS = {**settings.LIMITS, "text_account_hour": (3, 3600), "text_range_hour": (5, 3600)}
    settings.LIMITS |= {"text_range_day": (6, 86400), "code_destination_hour": (9, 3600)}
    sun, wu = fresh("sun"), fresh("wu")

    by_sun = [asks(sun, f"1390000{number:04}", address=f"192.0.2.{number}") for number in range(4)]
    by_wu = [asks(wu, f"1390000{number:04}", address=f"198.51.100.{number}") for number in range(4, 7)]
    elsewhere = asks(wu, "13911110000")

    assert by_sun == ["sent", "sent", "sent", "too_many"]
    assert by_wu == ["sent", "sent", "too_many"]  # five an hour for this range
    assert elsewhere == "sent"
    assert len(LETTERS) == 6


def test_the_budget_warns_then_stops_with_the_time_of_its_end_and_email_and_staff_continue(
    client_factory, fresh, lin, settings
):
    settings.SMS_BUDGET_DAY = 5
    sun = fresh("sun")
    used = []
    for number in range(5):
        assert asks(sun, f"139{number}0000000") == "sent"
        used.append(causes())
    refused = sun.post(MOBILE, {"mobile": "13990000000"})
    client = client_factory()
    client.force_login(lin)
    choice = client.post(STEP_UP, {"send": "sms"})
    mailed = client.post(STEP_UP, {"send": "email"})
    wang = open_account(
        email="rev@example.com", password="review-bridge-42", mobile="13900000009", held_roles=(roles.REVIEWER,)
    )
    desk = client_factory()
    desk.force_login(wang)
    desk.post(STEP_UP, {"send": "sms"})

    assert used[2:] == [set(), {"sms.text_budget_day"}, {"sms.text_budget_day", "sms.text_budget_day_spent"}]
    midnight = (timezone.now().astimezone(BEIJING) + timedelta(days=1)).strftime("%a %-d %b, 00:00 Beijing time")
    assert f"No more text messages can be sent before {midnight}: come back then" in words(refused)
    assert "come back then, or have the code emailed" in choice.content.decode()
    assert "Send a code to l" in words(choice)
    assert (mailed.status_code, len(codes_to(lin.email)), codes_to(lin.mobile)) == (302, 1, [])
    assert len(codes_to(wang.mobile)) == 1


def test_the_next_day_has_its_own_budget_and_clears_the_alarms_and_notices_count_but_are_always_sent(settings):
    settings.SMS_BUDGET_DAY, settings.SMS_BUDGET_MONTH = 1, 3
    last = datetime(2026, 11, 30, 23, 59, tzinfo=BEIJING)

    texts.spend(now=NOON)
    texts.spend(now=NOON)
    with pytest.raises(BudgetSpent) as today:
        texts.spend(now=NOON, is_stopped=True)
    before = causes()
    texts.spend(now=last, is_stopped=True)
    with pytest.raises(BudgetSpent) as this_month:
        texts.spend(now=last - timedelta(days=2), is_stopped=True)
    texts.spend(now=last + timedelta(minutes=1), is_stopped=True)

    assert [today.value.until, this_month.value.until] == [
        datetime(2026, 11, 25, tzinfo=BEIJING),
        datetime(2026, 12, 1, tzinfo=BEIJING),
    ]
    assert before == {"sms.text_budget_day", "sms.text_budget_day_spent"}
    assert causes() == {"sms.text_budget_day", "sms.text_budget_day_spent"}  # of the first of December, by one of one


def test_numbers_of_virtual_operators_are_texted_only_if_the_setting_allows_it(fresh, settings):
    sun = fresh("sun")

    refused = sun.post(MOBILE, {"mobile": "17012345678"})
    settings.SMS_VIRTUAL_OPERATORS = True

    assert "We send no texts to numbers that begin with 162/165/167/170/171: use a number of another" in words(refused)
    assert LETTERS == []
    assert asks(sun, "17012345678") == "sent"


def test_a_range_whose_codes_nobody_enters_opens_an_alarm_until_codes_are_entered(settings):
    settings.SMS_WATCHED_LEAST = 4
    for number in range(8):
        pumped, honest = f"1391111{number:04}", f"1392222{number:04}"
        for mobile in (pumped, honest):
            to = codes.Destination(mobile, "sms", "en")
            codes.issue(purpose="mobile", holder=mobile, to=to, requester=Requester(), now=NOON)
        code = codes_to(honest)[-1]
        codes.enter(purpose="mobile", holder=honest, typed=code, now=NOON)
        codes.enter(purpose="mobile", holder=pumped, typed=another(code), now=NOON)
    later = NOON + timedelta(minutes=30)

    found = texts.watch_entered(later)
    opened = open_alarms().get()
    Code.objects.filter(number_range="1391111").update(spent_at=NOON)
    mended = texts.watch_entered(later)

    assert found == [("1391111", 8, 0)]
    assert (opened.cause, opened.reference, opened.detail) == (
        "sms.few_entered",
        "1391111",
        "8 sent, 0 entered; 1 ranges",
    )
    assert (mended, causes()) == ([], set())
