import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import read, words, work

SIGN_IN = "/account/login/"
NO_MATCH = "The email or mobile number and the password do not match: check them and try again"

pytestmark = pytest.mark.django_db


def sign_in(client, login="lin@example.com", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def who(client):
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize(
    "login",
    [
        "lin@example.com",
        " LIN@Example.com ",
        "lin＠example.com",
        "　ＬＩＮ＠example．com",
        "13900000001",
        "139 0000 0001",
        "+8613900000001",
        "１３９０００００００１",
    ],
)
def test_people_sign_in_with_address_or_mobile(client, lin, chen, login):
    response = sign_in(client, login)

    assert response.url == reverse("dashboard")
    assert who(client) == str(lin.pk)


def test_the_form_has_two_fields(client):
    fields = read(client.get(SIGN_IN)).fields

    assert set(fields) == {"csrfmiddlewaretoken", "page_draft", "login", "password"}
    assert (fields["login"]["autocomplete"], fields["password"]["autocomplete"]) == ("username", "current-password")


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("lin@example.com", "wrong-bridge-42"),
        ("nobody@example.com", PASSWORD),
        ("13900000001", "wrong-bridge-42"),
        ("13900000009", PASSWORD),
        ("not an address", PASSWORD),
        ("chen@example.com", PASSWORD + "x"),
    ],
)
def test_every_failed_sign_in_gets_the_same_sentence(client, lin, chen, login, password):
    response = sign_in(client, login, password)

    assert response.context["form"].non_field_errors() == [NO_MATCH]
    assert who(client) is None


@pytest.mark.parametrize(
    ("known", "unknown"), [("lin@example.com", "nobody@example.com"), ("13900000001", "13900000009")]
)
def test_an_unknown_login_costs_a_password_hash_like_a_known_one(client, lin, monkeypatch, known, unknown):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(1) or encode(self, password, salt)
    )
    counts = []
    for login in (known, unknown):
        hashed.clear()
        sign_in(client, login, "wrong-bridge-42")
        counts.append(len(hashed))

    assert counts == [1, 1]


def test_an_unconfirmed_mobile_is_no_login(client):
    open_account(email="lin@example.com", password=PASSWORD, mobile="13900000001", confirmed=False)

    response = sign_in(client, "13900000001")

    assert response.context["form"].non_field_errors() == [NO_MATCH]


def test_a_closed_account_is_reported_only_to_somebody_who_knows_the_password(client, lin):
    lin.is_active = False
    lin.save()

    wrong = sign_in(client, password="wrong-bridge-42")
    right = sign_in(client)

    assert wrong.context["form"].non_field_errors() == [NO_MATCH]
    assert right.url == reverse("account_inactive")
    assert "This account is closed" in words(client.get(right.url))
    assert who(client) is None


def test_the_session_id_changes_at_sign_in_and_the_old_one_is_invalid(client, lin):
    client.get(SIGN_IN)
    session = client.session
    session["before"] = "sign-in"
    session.save()
    client.cookies["session"] = before = session.session_key

    sign_in(client)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_holds_no_address_and_no_password(client, lin):
    sign_in(client)

    held = repr(dict(client.session.items()))
    assert [secret for secret in ("lin@example.com", "13900000001", PASSWORD) if secret in held] == []


def test_the_wanted_page_is_opened_after_signing_in(client, lin):
    page = client.get(f"{SIGN_IN}?next=/rules/12/")

    response = sign_in(client, next=read(page).fields["next"]["value"])

    assert response.url == "/rules/12/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "http://127.0.0.1/",
    ],
)
@pytest.mark.parametrize("way", ["query", "form"])
def test_nobody_is_redirected_elsewhere_after_signing_in(client, lin, elsewhere, way):
    if way == "query":
        response = client.post(SIGN_IN, {"login": lin.email, "password": PASSWORD}, query_params={"next": elsewhere})
    else:
        response = sign_in(client, next=elsewhere)

    assert response.url == reverse("dashboard")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_nobody_is_redirected_elsewhere_when_already_signed_in_or_signing_out(client, lin, elsewhere):
    client.force_login(lin)

    again = client.get(SIGN_IN, {"next": elsewhere})
    out = client.post(reverse("account_logout"), {"next": elsewhere})

    assert [again.url, out.url] == [reverse("dashboard"), reverse("start")]


def test_after_five_wrong_attempts_even_the_right_password_is_refused(client, lin):
    for _ in range(5):
        sign_in(client, password="wrong-bridge-42")

    response = sign_in(client)

    assert response.context["form"].non_field_errors() == ["Too many attempts. Try again in 5 minutes"]
    assert response.content.decode().count("Too many attempts. Try again in 5 minutes") == 1
    assert who(client) is None


def test_a_lock_on_one_mobile_does_not_lock_others(client, lin, chen):
    for _ in range(6):
        sign_in(client, lin.mobile, "wrong-bridge-42")

    response = sign_in(client, chen.mobile)

    assert response.url == reverse("dashboard")
    assert who(client) == str(chen.pk)


def test_a_client_that_tries_many_accounts_is_blocked(client, lin, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "3/m/ip,5/5m/key"}
    for number in range(3):
        sign_in(client, f"p{number}@example.com")

    response = sign_in(client)

    assert response.context["form"].non_field_errors() == ["Too many attempts. Try again in 5 minutes"]


def test_a_client_cannot_escape_its_limit_with_a_forged_address(client, lin, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "1/m/ip,5/5m/key"}
    sign_in(client, "p1@example.com")

    response = client.post(
        SIGN_IN, {"login": lin.email, "password": PASSWORD}, headers={"x-forwarded-for": "198.51.100.9"}
    )

    assert response.context["form"].non_field_errors() == ["Too many attempts. Try again in 5 minutes"]


def test_staff_are_redirected_to_the_review_desk(client):
    open_account(email="rev@example.com", password="review-bridge-42", name="Wang", held_roles=(roles.REVIEWER,))

    assert sign_in(client, "rev@example.com", "review-bridge-42").url == reverse("admin:index")


def test_signing_out_ends_the_session_on_the_server(client, lin):
    sign_in(client)
    key = client.session.session_key

    page = client.get(reverse("account_logout"))
    client.post(reverse("account_logout"))

    assert page.status_code == 200
    assert not Session.objects.filter(session_key=key).exists()
    assert who(client) is None


def test_signing_in_costs_few_queries(client, lin):
    client.get(SIGN_IN)
    cache.clear()

    with work() as asked:
        sign_in(client)

    assert len(asked) <= 12


@pytest.mark.parametrize("address", [SIGN_IN, "/account/signup/", "/account/password/reset/"])
def test_the_public_pages_make_no_database_query(client, django_assert_num_queries, address):
    with django_assert_num_queries(0):
        client.get(address)


def tries(client, address, login, password="wrong-bridge-42"):
    """The form's answer to this password, sent from this address."""
    answer = client.post(SIGN_IN, {"login": login, "password": password}, REMOTE_ADDR=address)
    return "in" if answer.status_code == 302 else str(answer.context["form"].non_field_errors()[0])


LATER = "Too many attempts. Try again in 5 minutes"
IN_AN_HOUR = "Too many attempts for this account. Try again in an hour, use a device you signed in on before"


@pytest.mark.parametrize("login", ["lin@example.com", "13900000001"])
def test_a_stranger_locks_out_only_their_own_address_and_never_a_known_device(
    client_factory, lin, chen, settings, login
):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed_account": "8/h/key"}
    home, new_home, stranger = client_factory(), client_factory(), client_factory()
    tries(home, "192.0.2.1", lin.email, PASSWORD)
    home.post(reverse("account_logout"))
    tries(stranger, "198.51.100.1", chen.email, PASSWORD)  # known to Chen's account, not to Lin's
    stranger.post(reverse("account_logout"))

    from_one = [tries(stranger, "198.51.100.1", login) for _ in range(6)]
    elsewhere = tries(new_home, "192.0.2.2", login, PASSWORD)
    new_home.post(reverse("account_logout"))
    from_many = [tries(stranger, f"203.0.113.{number}", login) for number in range(4)]
    unknown = tries(client_factory(), "192.0.2.9", login, PASSWORD)
    wrong_at_home = [tries(home, "198.51.100.1", login) for _ in range(4)]
    right_at_home = tries(home, "198.51.100.1", login, PASSWORD)

    assert from_one == [NO_MATCH] * 5 + [LATER]
    assert elsewhere == "in"
    assert from_many[:2] == [NO_MATCH, NO_MATCH]
    assert all(said.startswith(IN_AN_HOUR) for said in [*from_many[3:], unknown])
    assert (wrong_at_home, right_at_home) == ([NO_MATCH] * 4, "in")


def test_a_known_device_has_five_attempts_too_and_is_known_until_the_password_changes(client_factory, lin):
    home = client_factory()
    tries(home, "192.0.2.1", lin.email, PASSWORD)
    home.post(reverse("account_logout"))
    cookie = home.cookies["device"]

    own = [tries(home, f"192.0.2.{number}", lin.email) for number in range(6)]
    lin.set_password("another-bridge-42")
    lin.save()
    by_the_address = tries(home, "192.0.2.99", lin.email, "another-bridge-42")

    assert own == [NO_MATCH] * 5 + [LATER]
    assert by_the_address == "in"  # no longer counted by the device
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert lin.email not in cookie.value
    assert lin.mobile not in cookie.value
