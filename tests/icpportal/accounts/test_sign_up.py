from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import roles
from icpportal.accounts.models import Pending, User
from icpportal.codes.models import Code
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors, read, words, work
from tests.icpportal.codes.letterbox import another, codes_to

SIGN_UP = "/account/signup/"
CODE = "/account/signup/code/"
MOBILE_CODE = "/account/mobile/code/"
ZHAO = {
    "email": "zhao@example.com",
    "mobile": "13900000004",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "agree": "on",
}

pytestmark = pytest.mark.django_db


def sign_up(client, **differently):
    typed = {**ZHAO, **differently}
    return client.post(SIGN_UP, {name: value for name, value in typed.items() if value is not None})


def test_a_person_signs_up_with_two_codes_and_reaches_the_dashboard(client, letters):
    sent = sign_up(client)
    mailed = client.post(sent.url, {"code": codes_to(ZHAO["email"])[0]})
    texted = client.post(mailed.url, {"code": codes_to(ZHAO["mobile"])[0]})

    assert [sent.url, mailed.url, texted.url] == [CODE, MOBILE_CODE, reverse("dashboard")]
    assert [(one["template"], one["channel"], one["to"]) for one in letters] == [
        ("code_sign_up", "email", ZHAO["email"]),
        ("code_sign_up", "sms", ZHAO["mobile"]),
    ]
    user = User.objects.get()
    assert (user.email, user.mobile, user.confirmed) == (ZHAO["email"], ZHAO["mobile"], True)
    assert user.check_password(PASSWORD)
    assert roles.names_of(user) == {roles.APPLICANT}
    assert Pending.objects.count() == 0


def sent_again(page, **changes):
    """What a browser sends from the returned page: its fields as rendered."""
    found = {name: each.get("value", "") for name, each in read(page).fields.items() if each.get("type") != "checkbox"}
    return {**found, **changes}


def test_an_unticked_consent_does_not_clear_the_password(client, letters):
    page = sign_up(client, agree=None)
    assert errors(page) == {"agree": ["required"]}
    assert PASSWORD not in page.content.decode()
    again = sent_again(page, agree="on")
    assert (again["password1"], again["password2"], again["email"]) == ("", "", ZHAO["email"])

    sent = client.post(SIGN_UP, again)
    mailed = client.post(sent.url, {"code": codes_to(ZHAO["email"])[0]})
    client.post(mailed.url, {"code": codes_to(ZHAO["mobile"])[0]})

    assert User.objects.get().check_password(PASSWORD)


def test_a_password_is_kept_over_several_attempts_and_another_one_replaces_it(client):
    first = sign_up(client, agree=None)
    second = client.post(SIGN_UP, sent_again(first))
    other = "another-bridge-77"

    client.post(SIGN_UP, sent_again(second, agree="on", password1=other, password2=other))

    assert check_password(other, Pending.objects.get().facts["password"])


@pytest.mark.parametrize("what", ["old", "of another address", "forged"])
def test_a_kept_password_that_is_old_of_another_address_or_forged_must_be_entered_again(client, what):
    page = sign_up(client, agree=None)
    again = sent_again(page, agree="on")
    if what == "of another address":
        again["email"] = "chen@example.com"
    if what == "forged":
        again["kept_password"] = again["kept_password"][:-6] + "AAAA=="
    with time_machine.travel(timezone.now() + timedelta(minutes=31 if what == "old" else 0)):
        refused = client.post(SIGN_UP, again)

    assert errors(refused) == {"password1": ["required"], "password2": ["required"]}
    assert Pending.objects.count() == 0


def test_each_sign_up_page_is_a_plain_form_that_a_script_can_send(client):
    form = read(client.get(SIGN_UP)).fields
    sign_up(client)
    mail = read(client.get(CODE)).fields

    assert set(form) == {"csrfmiddlewaretoken", "page_draft", "email", "mobile", "password1", "password2", "agree"}
    assert set(mail) == {"csrfmiddlewaretoken", "page_draft", "code", "send"}
    assert (mail["code"]["inputmode"], mail["code"]["autocomplete"]) == ("numeric", "one-time-code")


def test_consent_is_not_pre_ticked_and_stored_with_version_and_time(client, settings):
    settings.TERMS_VERSION = "2031-01"
    page = client.get(SIGN_UP)
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False):
        sign_up(client)
        client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})
        at = timezone.now()

    assert "checked" not in read(page).fields["agree"]
    user = User.objects.get()
    assert (user.terms_version, user.terms_agreed_at) == ("2031-01", at)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"email": "zhao@"}, {"email": ["email_bad"]}),
        ({"mobile": "12345"}, {"mobile": ["mobile_bad"]}),
        ({"mobile": "+1 202 555 0100"}, {"mobile": ["mobile_bad"]}),
        ({"agree": None}, {"agree": ["required"]}),
        ({"password2": "something-else-9"}, {"password2": ["password_differs"]}),
        ({"password1": "short7!", "password2": "short7!"}, {"password1": ["password_too_short"]}),
        ({"password1": "password123", "password2": "password123"}, {"password1": ["password_too_common"]}),
        ({"password1": "zhao@example.com", "password2": "zhao@example.com"}, {"password1": ["password_too_similar"]}),
        ({"email": "zh\u200bao@example.com"}, {"email": ["hidden_chars"]}),
        ({"email": None, "mobile": None}, {"email": ["required"], "mobile": ["required"]}),
        ({"password1": "x" * 129, "password2": "x" * 129}, {"password1": ["max_length"], "password2": ["max_length"]}),
    ],
)
def test_invalid_entries_are_refused_with_a_reason_and_nothing_is_sent(client, letters, typed, expected):
    response = sign_up(client, **typed)

    assert errors(response) == expected
    assert letters == []
    assert (Pending.objects.count(), User.objects.count()) == (0, 0)


def test_the_password_is_never_shown_again(client):
    response = sign_up(client, mobile="12345")

    assert PASSWORD not in response.content.decode()


def test_address_and_mobile_are_normalised(client):
    sign_up(client, email=" ZHAO@Example.COM ", mobile="+86 139-0000-0004")
    client.post(CODE, {"code": codes_to("zhao@example.com")[0]})
    client.post(MOBILE_CODE, {"code": codes_to("13900000004")[0]})

    user = User.objects.get()
    assert (user.email, user.mobile) == ("zhao@example.com", "13900000004")


def test_no_account_exists_before_the_address_is_proved(client):
    sign_up(client)
    client.post(CODE, {"code": another(codes_to(ZHAO["email"])[0])})

    assert User.objects.count() == 0
    assert "_auth_user_id" not in client.session


def test_a_wrong_code_says_how_many_attempts_are_left_and_the_fifth_requires_a_new_one(client):
    sign_up(client)
    wrong = another(codes_to(ZHAO["email"])[0])

    answers = [client.post(CODE, {"code": wrong}) for _ in range(6)]

    assert [errors(answer)["code"] for answer in answers] == [["code_wrong"]] * 4 + [["code_spent"]] * 2
    assert "The code is wrong. 4 attempts left" in words(answers[0])
    assert "The code is wrong. 1 attempt left" in words(answers[3])


@pytest.mark.parametrize("typed", ["12345", "1234567", "12a456", "", "一二三四五六"])
def test_an_input_that_is_no_code_costs_no_attempt(client, typed):
    sign_up(client)

    response = client.post(CODE, {"code": typed})

    assert errors(response)["code"] == ["required" if typed == "" else "code_len"]
    assert Code.objects.get().attempts == 0


def test_an_expired_code_requires_a_new_one_which_is_accepted(client):
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        sign_up(client)
        clock.shift(timedelta(minutes=10))
        late = client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})
        client.post(CODE, {"send": "1"})
        right = client.post(CODE, {"code": codes_to(ZHAO["email"])[1]})

    assert errors(late)["code"] == ["code_expired"]
    assert right.url == MOBILE_CODE


def test_another_code_can_be_sent_after_a_minute_and_the_page_says_so(client, letters):
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        sign_up(client)
        clock.shift(20)
        too_soon = client.post(CODE, {"send": "1"}, follow=True)
        clock.shift(40)
        sent = client.post(CODE, {"send": "1"}, follow=True)

    assert "You can resend in 40 seconds" in words(too_soon)
    assert "We have sent you a code" in words(sent)
    assert len(letters) == 2


def test_the_code_page_without_a_sign_up_redirects_to_the_form(client, lin):
    assert client.get(CODE).url == SIGN_UP
    client.force_login(lin)
    assert client.get(CODE).url == reverse("dashboard")


def test_a_sign_up_expires_after_a_day(client):
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        sign_up(client)
        clock.shift(timedelta(days=1))

        assert client.get(CODE).url == SIGN_UP


def test_a_code_of_one_sign_up_is_invalid_for_another(client, client_factory):
    other = client_factory()
    sign_up(client)
    sign_up(other, email="qian@example.com", mobile="13900000005")

    response = client.post(CODE, {"code": codes_to("qian@example.com")[0]})

    assert User.objects.count() == 0
    assert errors(response)["code"] == ["code_wrong"]


def test_a_known_address_gets_the_same_page_the_same_letter_and_the_same_work(client, client_factory, lin, letters):
    new, known = client_factory(REMOTE_ADDR="192.0.2.1"), client_factory(REMOTE_ADDR="192.0.2.2")
    new.get(SIGN_UP), known.get(SIGN_UP)

    with work() as for_new:
        as_new = sign_up(new)
    with work() as for_known:
        as_known = sign_up(known, email="lin@example.com", mobile="13900000006")

    assert (as_new.status_code, as_new.url) == (as_known.status_code, as_known.url) == (302, CODE)
    pages = [words(one.get(CODE)).replace(to, "ADDRESS") for one, to in ((new, ZHAO["email"]), (known, lin.email))]
    assert pages[0] == pages[1]
    assert [(one["template"], one["channel"]) for one in letters] == [("code_sign_up", "email")] * 2
    assert for_new == for_known
    assert len(for_new) <= 20


def test_only_the_reader_of_the_mailbox_learns_that_the_address_has_an_account(client, lin):
    sign_up(
        client, email="LIN@example.com", mobile="13900000006", password1="other-bridge-43", password2="other-bridge-43"
    )

    response = client.post(CODE, {"code": codes_to(lin.email)[0]}, follow=True)

    assert response.redirect_chain[-1][0] == reverse("account_login")
    assert "There is already an account with this address: sign in" in words(response)
    lin.refresh_from_db()
    assert lin.check_password(PASSWORD)
    assert lin.mobile == "13900000001"
    assert User.objects.count() == 1


def test_of_two_sign_ups_for_one_address_the_first_to_prove_it_gets_the_account(client, client_factory):
    other = client_factory()
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        sign_up(client)
        clock.shift(60)
        sign_up(other, password1="other-bridge-43", password2="other-bridge-43")
        first, second = codes_to(ZHAO["email"])
        client.post(CODE, {"code": first})
        late = other.post(CODE, {"code": second})

    assert late.url == reverse("account_login")
    assert User.objects.get().check_password(PASSWORD)


def test_the_session_never_holds_a_code_an_address_a_mobile_or_a_password(client):
    stages = []
    sign_up(client)
    stages.append(dict(client.session.items()))
    client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})
    stages.append(dict(client.session.items()))
    client.post(MOBILE_CODE, {"code": codes_to(ZHAO["mobile"])[0]})
    stages.append(dict(client.session.items()))

    secrets = [*codes_to(ZHAO["email"]), *codes_to(ZHAO["mobile"]), ZHAO["email"], ZHAO["mobile"], PASSWORD]
    assert [secret for secret in secrets if secret in repr(stages)] == []
    assert [len(stage) > 0 for stage in stages] == [True] * 3


def test_the_session_id_changes_when_the_sign_up_signs_in(client):
    sign_up(client)
    before = client.session.session_key

    client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_pending_data_are_unreadable_in_the_database(client):
    sign_up(client)

    row = str(Pending.objects.values_list("kind", "channel", "language").get()) + str(
        [str(value) for value in Pending.objects.values().get().values()]
    )
    assert not any(secret in row for secret in (ZHAO["email"], ZHAO["mobile"], PASSWORD, "argon2$", "md5$"))


def test_the_wanted_page_is_remembered_over_the_codes(client):
    client.post(f"{SIGN_UP}?next=/rules/12/", ZHAO)
    client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})

    response = client.post(MOBILE_CODE, {"code": codes_to(ZHAO["mobile"])[0]})

    assert response.url == "/rules/12/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_redirected_elsewhere_after_a_sign_up(client, elsewhere):
    client.post(SIGN_UP, {**ZHAO, "next": elsewhere})
    client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})

    response = client.post(MOBILE_CODE, {"code": codes_to(ZHAO["mobile"])[0]})

    assert response.url == reverse("dashboard")


def test_too_many_sign_ups_from_one_client_must_wait(client, settings, letters):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "2/m/ip"}

    answers = [sign_up(client, email=f"p{number}@example.com").status_code for number in range(3)]

    assert answers == [302, 302, 429]
    assert len(letters) == 2


def test_the_sixth_code_to_one_address_is_refused_with_the_time(client, letters):
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        for _ in range(5):
            sign_up(client)
            clock.shift(60)
        refused = sign_up(client)

    assert errors(refused) == {"email": ["too_many"]}
    assert "Too many attempts. Try again after Tue 24 Nov, 17:00 Beijing time" in words(refused)
    assert len(letters) == 5


def test_the_address_is_confirmed_in_allauths_table(client):
    sign_up(client)
    client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})

    assert [(one.email, one.verified, one.primary) for one in EmailAddress.objects.all()] == [
        (ZHAO["email"], True, True)
    ]


def test_the_language_of_the_sign_up_becomes_that_of_the_account_and_its_messages(client, letters):
    client.post(reverse("set_language"), {"language": "zh-hans"})
    sign_up(client)
    client.post(CODE, {"code": codes_to(ZHAO["email"])[0]})

    assert User.objects.get().language == "zh-hans"
    assert [one["language"] for one in letters] == ["zh-hans", "zh-hans"]


def test_signed_in_people_cannot_sign_up(client, lin):
    client.force_login(lin)

    assert client.get(SIGN_UP).url == reverse("dashboard")
    assert sign_up(client).url == reverse("dashboard")
    assert User.objects.count() == 1
