from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse

from icpportal.accounts.actions import open_account
from icpportal.accounts.models import Pending, User
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors, read, words, work
from tests.icpportal.codes.letterbox import another, codes_to

STEP_UP = "/account/step-up/"
AGAIN = "/account/reauthenticate/"
CHANGE = "/account/password/change/"
SESSIONS = "/account/sessions/"
OTHER = "willow-lantern-77"

pytestmark = pytest.mark.django_db


def signed_in(client, user):
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


# --- step-up ---------------------------------------------------------------------------------


def test_a_sensitive_page_opens_after_a_code_to_the_mobile_and_stays_open_for_a_quarter_of_an_hour(
    client, lin, letters
):
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        signed_in(client, lin)
        stopped = client.get("/sensitive/")
        client.post(stopped.url, {"send": "sms"})
        proved = client.post(stopped.url, {"code": codes_to(lin.mobile)[0]})
        opened = client.get("/sensitive/").status_code
        clock.shift(timedelta(minutes=15))
        later = client.get("/sensitive/").status_code

    assert stopped.url == f"{STEP_UP}?next=%2Fsensitive%2F"
    assert proved.url == "/sensitive/"
    assert (opened, later) == (200, 302)
    assert [(one["template"], one["channel"], one["to"]) for one in letters] == [("code_step_up", "sms", lin.mobile)]


def test_signing_in_alone_does_not_open_a_sensitive_page(client, lin):
    assert signed_in(client, lin).get("/sensitive/").status_code == 302


def test_opening_the_step_up_page_sends_nothing_and_shows_masked_destinations(client, lin, letters):
    client.force_login(lin)

    page = client.get(STEP_UP)

    assert letters == []
    assert "Send a code to 139****0001" in words(page)
    assert "Send a code to l***@example.com" in words(page)
    assert lin.mobile not in page.content.decode()
    assert lin.email not in page.content.decode()


def test_without_a_confirmed_mobile_the_address_is_the_only_way(client, letters):
    user = open_account(email="wu@example.com", password=PASSWORD, mobile="13900000008", confirmed=False, language="en")
    client.force_login(user)

    client.post(STEP_UP, {"send": "sms"})
    client.post(STEP_UP, {"send": "email"})

    assert [one["to"] for one in letters] == [user.email]


def test_the_code_page_of_a_step_up_stays_masked(client, lin):
    client.force_login(lin)
    client.post(STEP_UP, {"send": "sms"})

    page = client.get(STEP_UP)

    assert "139****0001" in words(page)
    assert lin.mobile not in page.content.decode()


def test_a_wrong_code_opens_nothing(client, lin):
    client.force_login(lin)
    client.post(STEP_UP, {"send": "email"})

    wrong = client.post(STEP_UP, {"code": another(codes_to(lin.email)[0])})

    assert errors(wrong)["code"] == ["code_wrong"]
    assert client.get("/sensitive/").status_code == 302


def test_a_step_up_code_is_valid_for_no_other_purpose_and_no_other_account(client, client_factory, lin, chen):
    chens = client_factory()
    client.force_login(lin)
    chens.force_login(chen)
    client.post(STEP_UP, {"send": "email"})
    chens.post(STEP_UP, {"send": "email"})

    foreign = chens.post(STEP_UP, {"code": codes_to(lin.email)[0]})

    assert errors(foreign)["code"] == ["code_wrong"]
    assert chens.get("/sensitive/").status_code == 302


def test_the_session_id_changes_at_a_step_up_and_the_list_of_sessions_follows(client, lin):
    signed_in(client, lin)
    before = client.session.session_key
    client.post(STEP_UP, {"send": "email"})

    client.post(STEP_UP, {"code": codes_to(lin.email)[0]})

    assert client.session.session_key != before
    assert [row.session_key for row in UserSession.objects.all()] == [client.session.session_key]
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_holds_no_step_up_code(client, lin):
    client.force_login(lin)
    client.post(STEP_UP, {"send": "email"})
    client.get(STEP_UP)

    assert codes_to(lin.email)[0] not in repr(dict(client.session.items()))


def test_the_password_is_another_way_and_gives_a_new_session_id(client, lin):
    signed_in(client, lin)
    before = client.session.session_key

    page = client.get(f"{STEP_UP}?next=/sensitive/")
    wrong = client.post(f"{AGAIN}?next=/sensitive/", {"password": "wrong-bridge-42"})
    right = client.post(f"{AGAIN}?next=/sensitive/", {"password": PASSWORD})

    assert f"{AGAIN}?next=%2Fsensitive%2F" in page.content.decode()
    assert wrong.context["form"].errors["password"] == ["That is not your current password: try again"]
    assert right.url == "/sensitive/"
    assert client.get("/sensitive/").status_code == 200
    assert client.session.session_key != before


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_nobody_is_redirected_elsewhere_after_a_step_up(client, lin, elsewhere):
    client.force_login(lin)
    client.post(STEP_UP, {"send": "email"})

    by_code = client.post(STEP_UP, {"code": codes_to(lin.email)[0]}, query_params={"next": elsewhere})
    by_password = client.post(AGAIN, {"password": PASSWORD}, query_params={"next": elsewhere})

    assert [by_code.url, by_password.url] == [reverse("account"), reverse("dashboard")]


def test_a_form_that_needs_a_step_up_does_not_wait_in_the_session(client, lin):
    client.force_login(lin)

    client.post("/sensitive/", {"filing_password": "Abc12345"})

    assert "Abc12345" not in repr(dict(client.session.items()))


# --- password --------------------------------------------------------------------------------


def change(client, old=PASSWORD, new=OTHER, again=None):
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again or new})


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client, client_factory, lin, chen, letters):
    phone, chens = signed_in(client_factory(), lin), signed_in(client_factory(), chen)
    signed_in(client, lin)

    changed = change(client)

    assert changed.url == reverse("account")
    assert not Session.objects.filter(session_key=phone.cookies["session"].value).exists()
    assert [browser.get("/papers/").status_code for browser in (client, phone, chens)] == [200, 302, 200]
    assert [(one["template"], one["to"]) for one in letters] == [("account_changed", lin.email)]
    assert words(client.get(SESSIONS)).count("This session") == 1


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"old": "wrong-bridge-42"}, {"oldpassword": ["password_wrong"]}),
        ({"again": "willow-lantern-78"}, {"password2": ["password_differs"]}),
        ({"new": "short7!"}, {"password1": ["password_too_short"]}),
        ({"new": "lin@example.com"}, {"password1": ["password_too_similar"]}),
        ({"old": ""}, {"oldpassword": ["required"]}),
    ],
)
def test_an_invalid_password_changes_nothing(client, client_factory, lin, typed, expected):
    phone = signed_in(client_factory(), lin)
    signed_in(client, lin)

    refused = change(client, **typed)

    assert errors(refused) == expected
    assert User.objects.get(pk=lin.pk).check_password(PASSWORD)
    assert phone.get("/papers/").status_code == 200


def test_changing_the_password_obeys_allauths_limit(client, lin):
    client.force_login(lin)

    answers = [change(client, old="wrong-bridge-42").status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


# --- sessions --------------------------------------------------------------------------------


def test_the_list_shows_each_session_of_the_account_and_nobody_elses(client, client_factory, lin, chen):
    signed_in(client_factory(headers={"user-agent": "Phone"}, REMOTE_ADDR="192.0.2.7"), lin)
    signed_in(client_factory(headers={"user-agent": "Chens"}), chen)
    signed_in(client, lin)

    page = words(client.get(SESSIONS))

    assert "Phone 192.0.2.7" in page
    assert "Chens" not in page
    assert page.count("This session") == 1


def test_one_session_can_be_ended_and_is_signed_out_at_once(client, client_factory, lin):
    phone = signed_in(client_factory(headers={"user-agent": "Phone"}), lin)
    signed_in(client, lin)
    row = UserSession.objects.get(user_agent="Phone")

    ended = client.post(f"{SESSIONS}{row.pk}/end/")

    assert ended.url == SESSIONS
    assert [browser.get("/papers/").status_code for browser in (client, phone)] == [200, 302]
    assert "Phone" not in words(client.get(SESSIONS))


def test_somebody_elses_session_is_not_found(client, client_factory, lin, chen):
    chens = signed_in(client_factory(), chen)
    signed_in(client, lin)
    row = UserSession.objects.get(user=chen)

    answer = client.post(f"{SESSIONS}{row.pk}/end/")

    assert answer.status_code == 404
    assert chens.get("/papers/").status_code == 200


def test_the_list_cannot_end_its_own_session_and_a_link_ends_none(client, lin):
    signed_in(client, lin)
    row = UserSession.objects.get()

    assert client.post(f"{SESSIONS}{row.pk}/end/").status_code == 404
    assert client.get(f"{SESSIONS}{row.pk}/end/").status_code == 405
    assert client.get("/papers/").status_code == 200


def test_all_others_can_be_ended_together(client, client_factory, lin, chen):
    others = [signed_in(client_factory(), lin) for _ in range(2)]
    chens = signed_in(client_factory(), chen)
    signed_in(client, lin)

    client.post(f"{SESSIONS}end/")

    assert [browser.get("/papers/").status_code for browser in (client, *others, chens)] == [200, 302, 302, 200]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_session_as_for_three(client, client_factory, lin, number):
    for _ in range(number - 1):
        signed_in(client_factory(), lin)
    signed_in(client, lin)
    client.get(SESSIONS)

    with work() as asked:
        client.get(SESSIONS)

    assert asked == ["SELECT session", "SELECT usersessions_usersession", "SELECT django_session"]


# --- the account page ------------------------------------------------------------------------


def test_the_account_page_shows_the_data_and_where_to_change_them(client, lin):
    client.force_login(lin)

    page = client.get(reverse("account"))

    assert "lin@example.com" in words(page)
    for name in ("account_email", "account_mobile", "account_change_password", "mfa_index", "usersessions_list"):
        assert f'href="{reverse(name)}"' in page.content.decode()


def test_the_account_page_takes_two_queries(client, lin):
    signed_in(client, lin)
    client.get(reverse("account"))

    with work() as asked:
        client.get(reverse("account"))

    assert asked == ["SELECT session", "SELECT mfa_authenticator"]


@pytest.mark.parametrize("address", ["/account/", STEP_UP, AGAIN, CHANGE, SESSIONS, "/account/2fa/"])
def test_strangers_must_sign_in(client, address):
    assert client.get(address).url.startswith("/account/login/?next=")


def test_the_terms_can_be_read_without_an_account(client, settings):
    settings.TERMS_VERSION = "2031-01"

    assert "Version 2031-01" in words(client.get(reverse("terms")))


def test_a_step_up_leaves_nothing_pending(client, lin):
    client.force_login(lin)
    client.post(STEP_UP, {"send": "email"})
    client.post(STEP_UP, {"code": codes_to(lin.email)[0]})

    assert Pending.objects.count() == 0
    assert "send" in read(client.get(STEP_UP)).fields
