"""Staff sign in with the provider's own issuer, over HTTP; strangers and applicants cannot. Nothing is stored."""

import time
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from icpportal.accounts.staff import invitations
from icpportal.configuration.accounts import issuer_settings
from tests.icpportal.accounts import issuer as fake
from tests.icpportal.accounts.pages import words
from tests.icpportal.accounts.sign_in.test_second_factor import ACTIVATE, shown_now, step_up, with_app

pytestmark = pytest.mark.django_db
THERE, BACK = "/account/issuer/staff/", "/account/issuer/staff/back/"
LOGIN = "/account/login/"


@pytest.fixture(scope="module")
def server():
    issuer, running = fake.start()
    yield issuer
    running.shutdown()
    running.server_close()


@pytest.fixture
def issuer(letters, server, settings):
    settings.ROOT_URLCONF = "tests.icpportal.accounts.issuer_urls"
    settings.STAFF_SECOND_FACTOR = True
    settings.OIDC_ISSUER, settings.OIDC_NAME = server.url, "Example ID"
    settings.SOCIALACCOUNT_PROVIDERS = issuer_settings(server.url, fake.CLIENT_ID, fake.CLIENT_SECRET, "Example ID")
    server.claims, server.key, server.kid = {}, fake.KEY, "k1"
    server.refused.clear()
    roles.ensure()
    return server


@pytest.fixture
def rui(db):
    return open_account(
        email="rui@example.com", password=None, name="Rui", language="en", held_roles=(roles.REVIEWER,), confirmed=False
    )


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


def begin(client, issuer, address=THERE):
    """The address to which the portal sends the browser: the request to the issuer."""
    sent = urlsplit(client.get(address).url)
    asked = {name: values[0] for name, values in parse_qs(sent.query).items()}
    issuer.challenge = asked.get("code_challenge", "")
    return asked


def sign_in(client, issuer, address, *, asked=None, **claims):
    """The browser goes to the issuer and comes back with its code."""
    asked = asked or begin(client, issuer)
    issuer.claims = {"email": address, "email_verified": True, "nonce": asked["nonce"], **claims}
    return client.get(BACK, {"code": "code-1", "state": asked["state"]}, follow=False)


def words_on_page(client):
    return words(client.get(LOGIN))


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_without_an_issuer_it_has_no_address(client):
    assert [client.get(address).status_code for address in (THERE, BACK)] == [404, 404]
    assert "issuer" not in client.get(LOGIN).content.decode()


def test_a_name_other_than_staff_does_not_exist(client, issuer):
    assert client.get("/account/issuer/other/").status_code == 404


def test_the_request_to_the_issuer(client, issuer, rui):
    page = client.get(f"{LOGIN}?next=/desk/")
    assert "Staff: sign in with Example ID" in words(page)
    assert f'href="{THERE}?next=%2Fdesk%2F"' in page.content.decode()

    asked = begin(client, issuer, f"{THERE}?process=connect&auth_params=prompt%3Dnone&scope=admin")

    assert sorted(asked["scope"].split()) == ["email", "openid"]
    assert asked["redirect_uri"] == f"http://testserver{BACK}"
    assert asked["code_challenge_method"] == "S256"
    assert "prompt" not in asked
    assert client.get(THERE).url != client.get(THERE).url


def test_staff_sign_in_and_the_portals_own_second_factor_is_required(client, client_factory, issuer, rui):
    invitations.invite(rui)

    answer = sign_in(client, issuer, "Rui@example.com", amr=["pwd", "mfa"])

    assert (answer.url, is_signed_in(client)) == (reverse("admin:index"), True)
    assert client.get("/desk/").url.startswith(ACTIVATE)
    secret = with_app(rui)
    another = client_factory()
    answer = sign_in(another, issuer, "rui@example.com", amr=["mfa"])
    assert (answer.url, is_signed_in(another)) == (reverse("mfa_authenticate"), False)
    another.post(reverse("mfa_authenticate"), {"code": shown_now(secret)})
    assert another.get("/desk/").status_code == 200
    assert SocialAccount.objects.count() == 0
    assert hasattr(User.objects.get(pk=rui.pk), "invitation") is False


def test_a_trusted_issuer_replaces_the_second_factor_only_if_its_token_says_so(
    client, client_factory, issuer, rui, settings
):
    settings.OIDC_SECOND_FACTOR = "trusted"

    sign_in(client, issuer, "rui@example.com", amr=["pwd", "mfa"])
    assert client.get("/desk/").status_code == 200
    assert client.get("/admin/").status_code == 200

    for said_of_it in ({}, {"amr": ["pwd"]}, {"amr": "mfa"}):
        other = client_factory()
        sign_in(other, issuer, "rui@example.com", **said_of_it)
        assert other.get("/desk/").url.startswith(ACTIVATE)
    with_app(rui)
    assert sign_in(client_factory(), issuer, "rui@example.com", amr=["pwd"]).url == reverse("mfa_authenticate")


@pytest.mark.parametrize("address", [ACTIVATE, "/sensitive/"])
def test_without_a_password_a_code_is_required_before_an_app_is_set_up_and_before_sensitive_pages(
    client, issuer, rui, settings, address
):
    settings.OIDC_SECOND_FACTOR = "trusted"
    sign_in(client, issuer, "rui@example.com", amr=["pwd", "mfa"])

    assert client.get(address).url == f"/account/step-up/?next={quote(address, safe='')}"
    step_up(client, rui)
    assert client.get(address).status_code == 200


def test_the_sign_in_continues_to_the_wanted_page_within_the_portal(client, client_factory, issuer, rui):
    asked = begin(client, issuer, f"{THERE}?next=/desk/")
    assert sign_in(client, issuer, "rui@example.com", asked=asked).url == "/desk/"
    other = client_factory()
    asked = begin(other, issuer, f"{THERE}?next=https://evil.example.com/")
    assert sign_in(other, issuer, "rui@example.com", asked=asked).url == reverse("admin:index")


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": None}, "no claim email in the token"),
        ({"email_verified": None}, "the claim email_verified is not true"),
        ({"email": "nobody@example.com"}, "no account"),
    ],
)
def test_the_log_tells_operations_a_claim_that_is_missing_from_a_person_who_is_unknown(
    client, issuer, rui, caplog, claims, why
):
    sign_in(client, issuer, "rui@example.com", **claims)

    assert [record.why for record in caplog.records if record.message == "issuer: sign-in refused"] == [why]


@pytest.mark.parametrize(
    ("address", "claims"),
    [
        ("nobody@example.com", {}),
        ("lin@example.com", {}),
        ("gone@example.com", {}),
        ("rui@example.com", {"email_verified": False}),
        ("rui@example.com", {"email_verified": "true"}),
        ("", {}),
        (None, {}),
    ],
)
def test_without_a_staff_account_for_a_verified_address_the_reader_is_sent_back(
    client, issuer, rui, lin, address, claims
):
    gone = open_account(email="gone@example.com", password=None, held_roles=(roles.REVIEWER,))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    before = User.objects.count()

    answer = sign_in(client, issuer, address, **claims)

    assert (answer.url, is_signed_in(client)) == (LOGIN, False)
    assert "belongs to no account of staff" in words_on_page(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": ""},
        {"aud": "somebody-else"},
        {"iss": "https://evil.example.com"},
        {"exp": int(time.time()) - 60},
    ],
)
def test_a_token_of_another_sign_in_client_or_time_is_refused(client, issuer, rui, claims):
    answer = sign_in(client, issuer, "rui@example.com", **claims)

    assert (answer.url, is_signed_in(client)) == (LOGIN, False)
    assert "did not work" in words_on_page(client)


@pytest.mark.parametrize(("key", "kid"), [(fake.OTHER_KEY, "k1"), (fake.OTHER_KEY, "k2")])
def test_a_token_not_signed_by_the_issuers_keys_is_refused(client, issuer, rui, key, kid):
    issuer.key, issuer.kid = key, kid

    assert sign_in(client, issuer, "rui@example.com").url == LOGIN
    assert is_signed_in(client) is False


def test_an_answer_with_another_state_in_another_browser_or_repeated_is_refused(client, client_factory, issuer, rui):
    asked = begin(client, issuer)
    issuer.claims = {"email": "rui@example.com", "email_verified": True, "nonce": asked["nonce"]}
    stranger = client_factory()

    assert client.get(BACK, {"code": "code-1", "state": "another"}).url == LOGIN
    assert client.get(BACK, {"code": "code-1"}).url == LOGIN
    assert stranger.get(BACK, {"code": "code-1", "state": asked["state"]}).url == LOGIN
    assert [is_signed_in(each) for each in (client, stranger)] == [False, False]
    assert sign_in(client, issuer, "rui@example.com", asked=asked).url == reverse("admin:index")
    client.post("/account/logout/")
    assert client.get(BACK, {"code": "code-1", "state": asked["state"]}).url == LOGIN


def test_declining_and_a_code_of_another_client_lead_back_to_the_page(client, issuer, rui):
    asked = begin(client, issuer)
    assert client.get(BACK, {"error": "access_denied", "state": asked["state"]}).url == LOGIN
    asked = begin(client, issuer)
    issuer.challenge = "of another browser"
    assert sign_in(client, issuer, "rui@example.com", asked=asked).url == LOGIN
    assert issuer.refused == ["/token"]


def test_an_unreachable_issuer_causes_no_error_page(client, issuer, rui, settings):
    settings.SOCIALACCOUNT_PROVIDERS = issuer_settings("http://127.0.0.1:9", "portal", "secret", "Example ID")

    assert client.get(THERE).url == LOGIN
    assert "did not work" in words_on_page(client)


def test_a_configuration_of_another_issuer_is_refused(client, issuer, rui, settings):
    settings.OIDC_ISSUER = "https://another.example.com"

    assert sign_in(client, issuer, "rui@example.com").url == LOGIN
    assert is_signed_in(client) is False
