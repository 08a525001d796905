"""The same form sent many times at once, to the real pages."""

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from icpportal.codes.models import Code
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors
from tests.icpportal.codes.letterbox import another, codes_to
from tests.icpportal.codes.test_actions import at_once

SIGN_UP, CODE = "/account/signup/", "/account/signup/code/"
ZHAO = {
    "email": "zhao@example.com",
    "mobile": "13900000004",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "agree": "on",
}

pytestmark = pytest.mark.django_db(transaction=True)


def same_browser(client):
    """Another window of the same browser: the same session, a separate request."""
    window = Client(raise_request_exception=False)
    window.cookies = client.cookies.copy()
    return window


def send_at_once(client, address, typed, times=6):
    return at_once(lambda _number: same_browser(client).post(address, typed), times)


def went_to(answers, address):
    return [answer for answer in answers if answer.status_code == 302 and answer.url == address]


def test_a_sign_up_code_sent_six_times_at_once_makes_one_account(client):
    client.post(SIGN_UP, ZHAO)

    answers = send_at_once(client, CODE, {"code": codes_to(ZHAO["email"])[0]})

    assert len(went_to(answers, "/account/mobile/code/")) == 1
    assert User.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {200, 302}
    assert Code.objects.filter(spent_at__isnull=False).count() == 1
    assert len(codes_to(ZHAO["mobile"])) == 1


def test_concurrent_wrong_sign_up_codes_never_get_a_sixth_attempt(client):
    client.post(SIGN_UP, ZHAO)
    code = codes_to(ZHAO["email"])[0]

    answers = send_at_once(client, CODE, {"code": another(code)}, times=9)
    late = client.post(CODE, {"code": code})

    assert Code.objects.get().attempts == 5
    assert {errors(answer)["code"][0] for answer in answers} <= {"code_wrong", "code_spent"}
    assert errors(late) == {"code": ["code_spent"]}
    assert User.objects.count() == 0


def test_a_reset_code_sent_six_times_at_once_proves_once(client):
    lin = open_account(email="lin@example.com", password=PASSWORD, language="en")
    client.post("/account/password/reset/", {"email": lin.email})
    address = "/account/password/reset/code/"

    answers = send_at_once(client, address, {"code": codes_to(lin.email)[0]})

    assert len(went_to(answers, "/account/password/reset/new/")) == 1
    assert {answer.status_code for answer in answers} <= {200, 302}


def test_a_step_up_code_sent_six_times_at_once_proves_once(client):
    lin = open_account(email="lin@example.com", password=PASSWORD, language="en")
    client.force_login(lin)
    client.post("/account/step-up/", {"send": "email"})

    answers = send_at_once(client, "/account/step-up/?next=/sensitive/", {"code": codes_to(lin.email)[0]})
    opened = [answer for answer in answers if answer.cookies.get("session") and answer.status_code == 302]

    assert len(went_to(opened, "/sensitive/")) == 1
    assert Code.objects.filter(spent_at__isnull=False).count() == 1


def test_two_accounts_that_prove_one_mobile_at_once_do_not_both_get_it(client):
    browsers = []
    for name in ("sun", "wu"):
        user = open_account(email=f"{name}@example.com", password=PASSWORD, language="en")
        browser = Client()
        browser.force_login(user)
        browsers.append(browser)
    browsers[0].post("/account/mobile/", {"mobile": "13900000007"})
    Code.objects.update(created_at="2026-01-01T00:00Z")
    _forget_waits()
    browsers[1].post("/account/mobile/", {"mobile": "13900000007"})
    codes = codes_to("13900000007")

    at_once(lambda number: browsers[number].post("/account/mobile/code/", {"code": codes[number]}).url, 2)

    assert list(User.objects.filter(mobile_confirmed_at__isnull=False).values_list("mobile_index", flat=True)) == [
        User.objects.with_mobile("13900000007").get().mobile_index
    ]


def _forget_waits():
    from icpportal.codes.models import Allowance

    Allowance.objects.filter(name="code_resend").delete()


def test_two_concurrent_sign_ups_for_one_address_make_one_account(client):
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post(SIGN_UP, ZHAO)
        _forget_waits()
    codes = codes_to(ZHAO["email"])

    answers = at_once(lambda number: browsers[number].post(CODE, {"code": codes[number]}).url, 2)

    assert sorted(answers) == [reverse("account_login"), "/account/mobile/code/"]
    assert User.objects.count() == 1


def test_a_new_password_set_in_two_windows_at_once_is_one_of_the_two(client):
    lin = open_account(email="lin@example.com", password=PASSWORD, language="en")
    client.post("/account/password/reset/", {"email": lin.email})
    client.post("/account/password/reset/code/", {"code": codes_to(lin.email)[0]})
    chosen = ["willow-lantern-77", "willow-lantern-78"]

    at_once(
        lambda number: same_browser(client).post(
            "/account/password/reset/new/", {"password1": chosen[number], "password2": chosen[number]}
        ),
        2,
    )

    lin.refresh_from_db()
    assert [lin.check_password(one) for one in chosen].count(True) == 1
