import pytest
from django.urls import reverse

from icpportal.accounts.models import User
from tests.icpportal.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

SWITCH = "/language/"


def sign_in(client, user):
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def test_the_switch_is_remembered_by_browser_and_account(client, lin, chen):
    client.force_login(lin)

    answer = client.post(SWITCH, {"language": "zh-hans", "next": "/account/"})

    assert answer.url == "/account/"
    assert client.cookies["django_language"].value == "zh-hans"
    assert client.cookies["django_language"]["max-age"] == 365 * 86400
    assert User.objects.get(pk=lin.pk).language == "zh-hans"
    assert User.objects.get(pk=chen.pk).language == "en"


def test_strangers_switch_their_browser_only(client, lin):
    client.post(SWITCH, {"language": "zh-hans"})

    assert client.cookies["django_language"].value == "zh-hans"
    assert User.objects.get(pk=lin.pk).language == "en"


@pytest.mark.parametrize(
    ("browser", "shown"), [("zh-hans", "zh-Hans"), ("en", "en"), ("xx", "zh-Hans"), (None, "zh-Hans")]
)
def test_at_sign_in_the_language_of_the_visit_stays_and_without_one_the_accounts_is_used(client, lin, browser, shown):
    User.objects.filter(pk=lin.pk).update(language="zh-hans")
    if browser:
        client.cookies["django_language"] = browser

    sign_in(client, lin)

    assert f'lang="{shown}"' in client.get("/account/").content.decode()[:400]
    assert User.objects.get(pk=lin.pk).language == "zh-hans"


@pytest.mark.parametrize("chosen", ["fr", "", "zh-hans; DROP TABLE", "xx"])
def test_a_language_not_offered_is_not_stored_in_the_account(client, lin, chosen):
    client.force_login(lin)

    client.post(SWITCH, {"language": chosen})

    assert User.objects.get(pk=lin.pk).language == "en"


def test_a_get_does_not_switch(client, lin):
    client.force_login(lin)

    client.get(SWITCH, {"language": "zh-hans"})

    assert User.objects.get(pk=lin.pk).language == "en"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_the_switch_redirects_nobody_elsewhere(client, elsewhere):
    answer = client.post(SWITCH, {"language": "en", "next": elsewhere})

    assert answer.url == "/"
