import re
from html import unescape
from urllib.parse import unquote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.guards import second_factor_missing
from icpportal.accounts.sign_in.second_factor import SecondFactorAdapter
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors, read, words
from tests.icpportal.codes.letterbox import codes_to

ACTIVATE = "/account/2fa/totp/activate/"
LONG = "review-bridge-42"

pytestmark = pytest.mark.django_db


@pytest.fixture
def rev():
    return open_account(
        email="rev@example.com", password=LONG, name="Wang", language="en", held_roles=(roles.REVIEWER,)
    )


@pytest.fixture
def asked(settings):
    settings.STAFF_SECOND_FACTOR = True


def shown_now(secret):
    """The authenticator app's current code."""
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


def with_app(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def recovery_code(user):
    """The first recovery code of an account with an app."""
    return RecoveryCodes.activate(user).get_unused_codes()[0]


def step_up(client, user):
    client.post("/account/step-up/", {"send": "email"})
    client.post("/account/step-up/", {"code": codes_to(user.email)[-1]})


def sign_in(client, user, password=LONG):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def test_staff_must_set_up_an_app_before_the_desk_opens(client, rev, asked):
    sign_in(client, rev)

    answers = [client.get(address).url for address in ("/admin/", "/admin/accounts/user/", "/desk/")]

    assert answers == [
        f"{ACTIVATE}?next=%2Fadmin%2F",
        f"{ACTIVATE}?next=%2Fadmin%2Faccounts%2Fuser%2F",
        f"{ACTIVATE}?next=%2Fdesk%2F",
    ]


def test_the_desk_opens_at_once_where_no_second_factor_is_required(client, rev, settings):
    settings.STAFF_SECOND_FACTOR = False
    sign_in(client, rev)

    page = client.get("/admin/")

    assert page.status_code == 200
    assert "Demo desk: invented people and numbers." in page.content.decode()
    assert "Two-factor sign-in for staff is off here. Production requires it." in page.content.decode()
    assert client.get("/desk/").status_code == 200


def test_applicants_need_no_second_factor(client, lin, asked):
    assert second_factor_missing(lin) is False
    client.force_login(lin)
    assert client.get("/papers/").status_code == 200


def test_a_new_member_of_staff_signs_in_and_sets_up_an_app(client, client_factory, rev, asked, letters):
    sign_in(client, rev)
    step_up(client, rev)
    page = client.get(ACTIVATE)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.content.decode())[1]
    done = client.post(ACTIVATE, {"code": shown_now(secret)}, follow=True)
    desk = client.get("/admin/")

    assert done.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<code>\d{8}</code>", done.content.decode())) == 10
    assert desk.status_code == 200
    assert [one["template"] for one in letters] == ["code_step_up"]
    assert sign_in(client_factory(), rev).url == reverse("mfa_authenticate")


def test_the_first_sign_in_of_staff_takes_the_password_once_and_then_a_code_in_the_language_of_the_browser(
    client, rev, asked
):
    client.cookies["django_language"] = "en"
    sign_in(client, rev)

    page = client.get("/admin/", follow=True)

    path, _question, wanted = page.redirect_chain[-1][0].partition("?")
    assert (path, unquote(wanted)) == ("/account/step-up/", f"next={ACTIVATE}?next=%2Fadmin%2F")
    assert 'lang="en"' in page.content.decode()[:400]
    assert ["Send a code to" in words(page), "password" in words(page)] == [True, False]
    by_password = client.post("/account/reauthenticate/", {"password": LONG}, follow=False)
    assert by_password.url.startswith("/account/step-up/")
    assert client.get(ACTIVATE).url.startswith("/account/step-up/")


def test_an_applicant_may_still_prove_with_the_password(client, lin, asked):
    client.force_login(lin)

    assert "Use your password" in words(client.get("/account/step-up/"))


def test_the_page_with_the_key_needs_no_inline_style_and_no_data_address(client, rev, asked):
    sign_in(client, rev)
    step_up(client, rev)

    html = client.get(ACTIVATE).content.decode()

    assert re.search(r'<svg[^>]*><rect fill="white"', html)
    assert not re.search(r"style=|data:image|<\?xml|<script>", html)


def test_the_new_key_is_sealed_in_the_session_and_the_stored_one_in_the_database(client, rev, asked):
    sign_in(client, rev)
    step_up(client, rev)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(ACTIVATE).content.decode())[1]
    waiting = repr(dict(client.session.items()))
    client.post(ACTIVATE, {"code": shown_now(secret)})

    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in waiting
    assert secret not in stored
    assert SecondFactorAdapter().decrypt(stored) == secret
    assert "mfa.totp.secret" not in client.session


def test_a_wrong_first_code_keeps_the_same_key(client, rev, asked):
    sign_in(client, rev)
    step_up(client, rev)
    key = re.compile(r"<code>([A-Z2-7]{32})</code>")
    first = key.search(client.get(ACTIVATE).content.decode())[1]

    refused = client.post(ACTIVATE, {"code": "000000" if shown_now(first) != "000000" else "000001"})

    assert key.search(refused.content.decode())[1] == first
    assert "The code is wrong: enter the one the app shows now" in unescape(words(refused))
    assert Authenticator.objects.count() == 0


def test_setting_up_an_app_needs_a_step_up_and_a_sent_code_does_not_wait_in_the_session(client, rev, asked):
    sign_in(client, rev)

    answer = client.post(ACTIVATE, {"code": "204816"})

    assert answer.url == f"/account/step-up/?next={ACTIVATE.replace('/', '%2F')}"
    assert "204816" not in repr(dict(client.session.items()))


def test_signing_in_requires_the_app_too_and_the_password_alone_opens_nothing(client, rev, asked):
    secret = with_app(rev)

    half = sign_in(client, rev)
    held = repr(dict(client.session.items()))
    shut = client.get("/admin/").url
    wrong = client.post(half.url, {"code": "000000" if shown_now(secret) != "000000" else "000001"})
    whole = client.post(half.url, {"code": shown_now(secret)})

    assert half.url == reverse("mfa_authenticate")
    assert [secret for secret in (rev.email, LONG, secret) if secret in held] == []
    assert shut == "/account/login/?next=/admin/"
    assert errors(wrong) == {"code": ["incorrect_code"]}
    assert whole.url == reverse("admin:index")
    assert client.get("/admin/").status_code == 200


def test_a_code_of_the_app_is_valid_once(client, client_factory, rev, asked):
    other, secret = client_factory(), with_app(rev)
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False):
        code = shown_now(secret)
        for browser in (client, other):
            sign_in(browser, rev)
        first = client.post(reverse("mfa_authenticate"), {"code": code})
        second = other.post(reverse("mfa_authenticate"), {"code": code})

    assert first.url == reverse("admin:index")
    assert errors(second) == {"code": ["incorrect_code"]}


def test_a_code_of_the_app_is_not_valid_again_within_its_tolerance(client, client_factory, rev, asked):
    other, secret = client_factory(), with_app(rev)
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        code = shown_now(secret)
        for browser in (client, other):
            sign_in(browser, rev)
        client.post(reverse("mfa_authenticate"), {"code": code})
        clock.shift(45)
        later = other.post(reverse("mfa_authenticate"), {"code": code})
        again = client.post("/account/2fa/reauthenticate/", {"code": code})

    assert [errors(answer) for answer in (later, again)] == [{"code": ["incorrect_code"]}] * 2


def test_the_code_that_set_up_the_app_signs_nobody_in(client, client_factory, rev, asked):
    other = client_factory()
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        sign_in(client, rev)
        step_up(client, rev)
        secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(ACTIVATE).content.decode())[1]
        client.post(ACTIVATE, {"code": shown_now(secret)})
        sign_in(other, rev)
        same = other.post(reverse("mfa_authenticate"), {"code": shown_now(secret)})
        clock.shift(30)
        next_one = other.post(reverse("mfa_authenticate"), {"code": shown_now(secret)})

    assert errors(same) == {"code": ["incorrect_code"]}
    assert next_one.url == reverse("admin:index")


def test_wrong_codes_of_the_app_are_limited(client, rev, asked):
    secret = with_app(rev)
    sign_in(client, rev)
    wrong = "000000" if shown_now(secret) != "000000" else "000001"

    answers = [client.post(reverse("mfa_authenticate"), {"code": wrong}) for _ in range(5)]
    right = client.post(reverse("mfa_authenticate"), {"code": shown_now(secret)})

    assert [errors(answer)["code"] for answer in answers] == [["incorrect_code"]] * 5
    assert errors(right) == {"code": ["too_many_login_attempts"]}


def test_a_recovery_code_is_valid_once(client, client_factory, rev, asked):
    sign_in(client, rev)
    step_up(client, rev)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(ACTIVATE).content.decode())[1]
    done = client.post(ACTIVATE, {"code": shown_now(secret)}, follow=True)
    recovery = re.search(r"<code>(\d{8})</code>", done.content.decode())[1]
    answers = []
    for browser in (client_factory(), client_factory()):
        sign_in(browser, rev)
        answers.append(browser.post(reverse("mfa_authenticate"), {"code": recovery}))

    assert answers[0].url == reverse("admin:index")
    assert errors(answers[1]) == {"code": ["incorrect_code"]}


@pytest.mark.parametrize("spent", ["app", "recovery"])
def test_whoever_enters_a_code_again_reads_that_it_may_be_used_up(client, client_factory, rev, asked, spent):
    """The app still showed the code, and a recovery code is in no app: "enter the one the app shows now"."""
    secret = with_app(rev)
    code = shown_now(secret) if spent == "app" else recovery_code(rev)
    other = client_factory()
    for browser in (client, other):
        sign_in(browser, rev)
    client.post(reverse("mfa_authenticate"), {"code": code})

    refused = other.post(reverse("mfa_authenticate"), {"code": code})

    assert errors(refused) == {"code": ["incorrect_code"]}
    assert (
        "The code is wrong or was used before: enter a new one from the app, or a recovery code not used yet"
        in unescape(words(refused))
    )


def test_whoever_leaves_out_a_digit_of_a_recovery_code_reads_how_many_it_has(client, rev, asked):
    """The answer asked for six digits, where a recovery code has eight."""
    with_app(rev)
    half = sign_in(client, rev)

    refused = client.post(half.url, {"code": "1234567"})

    assert "Enter the 6 digits of the app or the 8 of a recovery code" in unescape(words(refused))


def test_recovery_codes_are_shown_once(client, rev, asked):
    sign_in(client, rev)
    step_up(client, rev)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(ACTIVATE).content.decode())[1]
    client.post(ACTIVATE, {"code": shown_now(secret)}, follow=True)

    again = client.get(reverse("mfa_view_recovery_codes"))

    assert "cannot be shown again" in words(again)
    assert re.findall(r"\d{8}", words(again)) == []


@pytest.mark.parametrize(("used", "asked_for_new"), [(0, False), (6, False), (7, True), (9, True), (10, True)])
def test_the_owner_of_an_app_reads_how_many_recovery_codes_are_left_and_is_asked_for_new_ones_in_time(
    client, lin, used, asked_for_new
):
    """Neither page said it, so somebody learned with the phone lost that none was left."""
    with_app(lin)
    codes = RecoveryCodes.activate(lin)
    for code in codes.get_unused_codes()[:used]:
        codes.validate_code(code)
    client.force_login(lin)
    left = "1 recovery code is left" if used == 9 else f"{10 - used} recovery codes are left"

    overview, page = words(client.get("/account/")), words(client.get(reverse("mfa_index")))

    assert f"The app is set up, {left}" in overview
    assert f"The authenticator app is set up. {left}." in page
    assert ("Get new recovery codes" in page) is asked_for_new


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (1, "You used a recovery code. 8 are left"),
        (6, "You used a recovery code. 3 are left: get new ones under Account and security"),
        (8, "You used a recovery code. 1 is left: get new ones under Account and security"),
        (9, "You used your last recovery code: get new ones now under Account and security"),
    ],
)
def test_who_signs_in_with_a_recovery_code_reads_how_many_are_left_and_what_to_do_when_few_are(client, lin, used, said):
    with_app(lin)
    codes = RecoveryCodes.activate(lin)
    every = codes.get_unused_codes()
    for code in every[:used]:
        codes.validate_code(code)

    half = sign_in(client, lin, PASSWORD)
    client.post(half.url, {"code": every[used]})
    page = words(client.get("/account/"))

    assert said in page
    assert ("get new ones" in page) is (used > 1)


def test_who_signs_in_with_the_app_reads_nothing_of_recovery_codes(client, lin):
    secret = with_app(lin)
    RecoveryCodes.activate(lin)

    client.post(sign_in(client, lin, PASSWORD).url, {"code": shown_now(secret)})

    assert "You used" not in words(client.get("/account/"))


def test_with_an_app_identity_is_proved_by_it_and_not_by_a_code_or_the_password(client, rev, asked):
    secret = with_app(rev)
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        sign_in(client, rev)
        client.post(reverse("mfa_authenticate"), {"code": shown_now(secret)})
        stopped = client.get("/sensitive/").url
        by_code = client.post("/account/step-up/", {"send": "email"}, query_params={"next": "/sensitive/"}).url
        by_password = client.post("/account/reauthenticate/", {"password": LONG}).url
        before = client.session.session_key
        clock.shift(30)
        proved = client.post(stopped, {"code": shown_now(secret)})

        assert client.get("/sensitive/").status_code == 200
    again = reverse("mfa_reauthenticate")
    assert [stopped, by_code, by_password] == [f"{again}?next=%2Fsensitive%2F"] * 2 + [again]
    assert proved.url == "/sensitive/"
    assert client.session.session_key != before


def test_removing_the_app_notifies_the_account_and_closes_the_desk(client, rev, asked, letters):
    secret = with_app(rev)
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        sign_in(client, rev)
        client.post(reverse("mfa_authenticate"), {"code": shown_now(secret)})
        clock.shift(30)
        client.post(reverse("mfa_reauthenticate"), {"code": shown_now(secret)})
        client.post(reverse("mfa_deactivate_totp"))
        desk = client.get("/admin/").url

    assert Authenticator.objects.count() == 0
    assert [(one["template"], one["to"]) for one in letters] == [("account_changed", rev.email)]
    assert desk.startswith(ACTIVATE)


def test_an_applicant_may_use_an_app_too(client, client_factory, lin):
    client.force_login(lin)
    step_up(client, lin)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(ACTIVATE).content.decode())[1]
    client.post(ACTIVATE, {"code": shown_now(secret)})

    assert sign_in(client_factory(), lin, PASSWORD).url == reverse("mfa_authenticate")
    assert "The app is set up" in words(client.get("/account/"))


def test_the_pages_have_one_code_field_each(client, rev, asked):
    with_app(rev)
    sign_in(client, rev)

    field = read(client.get(reverse("mfa_authenticate"))).fields["code"]

    assert (field["inputmode"], field["autocomplete"]) == ("numeric", "one-time-code")
