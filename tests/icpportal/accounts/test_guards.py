import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.guards import safe_next, with_next
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import work
from tests.icpportal.accounts.urls import urlpatterns as room

pytestmark = pytest.mark.django_db
LOST = "You were signed out and the picture was not saved: sign in, then choose it again"


urlpatterns = [*room]


@pytest.fixture(autouse=True)
def addresses(letters, settings):
    settings.ROOT_URLCONF = "tests.icpportal.accounts.test_guards"


@pytest.mark.parametrize("address", ["/papers/", "/sensitive/", "/desk/", "/admin/"])
def test_strangers_sign_in_first_and_come_back(client, address):
    assert client.get(address).url == f"/account/login/?next={address}"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/filings/?tab=closed", "/filings/%3Ftab%3Dclosed"),
        ("http://elsewhere.example.com/filings/", "/papers/"),
        ("http://testserver//elsewhere.example.com/", "/papers/"),
        ("", "/papers/"),
    ],
)
def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(client, page, back):
    pressed = client.post("/papers/", headers={"referer": page})
    opened = client.get("/papers/", headers={"referer": page})

    assert pressed.url == f"/account/login/?next={back}"
    assert opened.url == "/account/login/?next=/papers/"


def test_who_was_signed_out_reads_that_the_picture_must_be_chosen_again(client):
    client.get("/account/login/")
    sent = client.post("/papers/", {"file": SimpleUploadedFile("licence.jpg", b"picture")})
    signing_in = client.get(sent.url)
    afterwards = client.get(sent.url)
    client.post("/papers/", {"site_name": "no picture"})

    told = [LOST in page.text for page in (signing_in, afterwards, client.get(sent.url))]
    assert (sent.url, told) == ("/account/login/?next=/papers/", [True, False, False])


def test_applicant_pages_require_a_confirmed_account(client, lin):
    half = open_account(email="sun@example.com", password=PASSWORD)
    client.force_login(half)
    stopped = client.get("/papers/")
    sent = client.post("/papers/")
    client.force_login(lin)
    opened = client.get("/papers/")

    assert stopped.url == sent.url == "/account/confirm/?next=%2Fpapers%2F"
    assert opened.status_code == 200


def test_a_confirmed_page_costs_the_session_and_the_account(client, lin):
    client.force_login(lin)

    with work() as asked:
        client.get("/papers/")

    assert asked == ["SELECT session", "SELECT accounts_user"]  # in one query, if the page began the session


@pytest.mark.parametrize(
    "address", ["/desk/", "/admin/", "/admin/accounts/user/", "/admin/codes/code/", "/admin/nothing/"]
)
def test_the_desk_does_not_exist_for_applicants(client, lin, address):
    client.force_login(lin)

    assert client.get(address).status_code == 404


def test_the_admins_own_sign_in_and_password_pages_are_the_portals(client, settings):
    settings.STAFF_SECOND_FACTOR = False
    rev = open_account(email="rev@example.com", password=PASSWORD, name="Wang", held_roles=(roles.REVIEWER,))
    signing_in = client.get("/admin/login/?next=/admin/accounts/user/")
    posted = client.post("/admin/login/", {"username": rev.email, "password": PASSWORD})
    client.force_login(rev)
    password = client.get("/admin/password_change/")

    assert signing_in.url == "/account/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    assert posted.url == "/account/login/?next=%2Fadmin%2F"
    assert password.url == reverse("account_change_password")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_the_admins_sign_in_redirects_nowhere_else(client, elsewhere):
    answer = client.get("/admin/login/", {"next": elsewhere})

    assert answer.url == "/account/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/papers/?page=2", "/papers/?page=2"),
        ("papers/", "papers/"),
        ("", ""),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("http:///evil.example/", ""),
        ("/\\evil.example/", ""),
        (" //evil.example/", ""),
        ("\t//evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("https://testserver/papers/", ""),
    ],
)
def test_only_addresses_within_the_portal_are_redirected_to(wanted, expected):
    requests = [RequestFactory().get("/", {"next": wanted}), RequestFactory().post("/", {"next": wanted})]

    assert [safe_next(request) for request in requests] == [expected] * 2


def test_the_next_address_is_escaped():
    assert with_next("/account/login/", "/papers/?a=1&b=2") == "/account/login/?next=%2Fpapers%2F%3Fa%3D1%26b%3D2"
    assert with_next("/account/login/", "") == "/account/login/"


def test_closed_staff_accounts_see_nothing(client, settings):
    settings.STAFF_SECOND_FACTOR = False
    rev = open_account(email="rev@example.com", password=PASSWORD, name="Wang", held_roles=(roles.REVIEWER,))
    client.force_login(rev)
    rev.is_active = False
    rev.save()

    assert client.get("/desk/").url == "/account/login/?next=/desk/"
