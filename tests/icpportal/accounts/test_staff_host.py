"""With `STAFF_HOST` the desk is on its own host and does not exist on the public one."""

from urllib.robotparser import RobotFileParser

import pytest
from django.templatetags.static import static
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.staff import invitations
from icpportal.pages.header import STAFF, links

pytestmark = pytest.mark.django_db
LONG = "review-bridge-42"
PUBLIC, DESK = {"host": "beian.example.com"}, {"host": "desk.example.com:8443"}


@pytest.fixture(autouse=True)
def two_hosts(letters, settings):
    settings.ALLOWED_HOSTS = ["beian.example.com", "desk.example.com"]
    settings.PUBLIC_BASE_URL = "https://beian.example.com"
    settings.STAFF_HOST, settings.STAFF_BASE_URL = "desk.example.com", "https://desk.example.com"
    settings.STAFF_SECOND_FACTOR, settings.DEMO = False, False


@pytest.fixture
def rui(db):
    return open_account(email="rui@example.com", password=LONG, name="Rui", held_roles=(roles.REVIEWER,))


@pytest.mark.parametrize("address", ["/admin/", "/admin", "/admin/accounts/user/"])
def test_the_desk_does_not_exist_on_the_public_host(client, rui, address):
    client.force_login(rui)

    assert client.get(address, headers=PUBLIC).status_code == 404
    assert client.get("/privacy/", headers=PUBLIC).status_code == 200


def test_on_the_host_of_staff_the_desk_opens_and_customers_pages_redirect_to_the_public_one(client, rui):
    client.force_login(rui)

    assert client.get("/admin/", headers=DESK).status_code == 200
    assert client.get("/", headers=DESK).url == "/admin/"
    assert client.get("/filings/?page=2", headers=DESK).url == "https://beian.example.com/filings/?page=2"
    assert client.post("/filings/", headers=DESK).status_code == 404
    assert client.get("/account/login/", headers={"host": "desk.example.com"}).status_code == 302  # already signed in


def test_what_browsers_and_robots_ask_any_host_for_is_answered_by_the_host_of_staff_itself(client, settings):
    settings.ROOT_URLCONF = "icpportal.urls"
    icon, nothing = client.get("/favicon.ico", headers=DESK), client.get("/static/css/gone.css", headers=DESK)
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt", headers=DESK).content.decode().splitlines())

    assert (icon.status_code, icon.url) == (302, static("img/seal.svg"))
    assert nothing.status_code == 404
    assert not any(rules.can_fetch("*", path) for path in ("/", "/help/", "/account/login/", "/admin/"))


def test_robots_may_still_read_the_public_host(client, settings):
    settings.ROOT_URLCONF = "icpportal.urls"
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt", headers=PUBLIC).content.decode().splitlines())

    assert [rules.can_fetch("*", path) for path in ("/help/", "/account/login/", "/admin/")] == [True, True, False]


def test_staff_who_sign_in_are_redirected_to_their_host_and_links_and_mails_lead_there(client, rui, letters):
    answer = client.post(reverse("account_login"), {"login": rui.email, "password": LONG}, headers=PUBLIC, follow=False)
    invitations.invite(rui)

    assert answer.url == "https://desk.example.com/admin/"
    assert letters[-1]["context"]["url"].startswith("https://desk.example.com/account/invitation/")
    assert [link.url for link in links(STAFF)] == ["https://desk.example.com/admin/"]


def test_without_it_both_are_on_one_host(client, rui, settings):
    settings.STAFF_HOST = settings.STAFF_BASE_URL = ""
    client.force_login(rui)

    assert [client.get(each, headers=PUBLIC).status_code for each in ("/admin/", "/privacy/")] == [200, 200]
