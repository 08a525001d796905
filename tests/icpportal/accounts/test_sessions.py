from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse

from icpportal.accounts import roles, sessions
from icpportal.accounts.actions import open_account
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import words, work

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LONG = "review-bridge-42"

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelled:
        yield travelled


@pytest.fixture
def rev(settings):
    settings.STAFF_SECOND_FACTOR = False
    return open_account(
        email="rev@example.com", password=LONG, name="Wang", language="en", held_roles=(roles.REVIEWER,)
    )


def sign_in(client, user, password=PASSWORD):
    client.post(reverse("account_login"), {"login": user.email, "password": password})


def is_in(client, address="/papers/"):
    return client.get(address).status_code == 200


def test_an_applicants_session_ends_after_fourteen_days_however_busy(client, lin, clock):
    sign_in(client, lin)
    seen = []
    for _ in range(14 * 24 - 1):
        clock.shift(timedelta(hours=1))
        if clock is not None and len(seen) % 24 == 0:
            seen.append(is_in(client))
        else:
            seen.append(True)
    last_minute = is_in(client)
    clock.shift(timedelta(hours=1))

    assert all(seen)
    assert last_minute is True
    assert is_in(client) is False


def test_an_applicants_session_ends_after_three_idle_days(client, lin, clock):
    sign_in(client, lin)
    clock.shift(timedelta(days=3))
    just_in_time = is_in(client)
    clock.shift(timedelta(days=3, seconds=1))

    assert just_in_time is True
    assert is_in(client) is False
    assert Session.objects.filter(session_data__contains="_auth_user").count() == 0


def test_staff_are_signed_out_after_an_idle_hour_and_told_so(client, rev, clock):
    sign_in(client, rev, LONG)
    clock.shift(timedelta(hours=1))
    just_in_time = is_in(client, "/admin/")
    clock.shift(timedelta(hours=1, seconds=1))
    page = client.get("/admin/", follow=True)

    assert just_in_time is True
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "You were signed out. Sign in again: nothing you saved is lost" in words(page)


def test_a_session_of_staff_ends_after_twelve_hours_however_busy(client, rev, clock):
    sign_in(client, rev, LONG)
    busy = []
    for _ in range(23):
        clock.shift(timedelta(minutes=30))
        busy.append(is_in(client, "/admin/"))
    clock.shift(timedelta(minutes=30))

    assert busy == [True] * 23
    assert is_in(client, "/admin/") is False


def test_the_cookie_lasts_as_long_as_the_session_and_is_hidden_from_scripts(client, lin, rev, clock):
    ages = []
    for user, password in ((lin, PASSWORD), (rev, LONG)):
        client.cookies.clear()
        sign_in(client, user, password)
        cookie = client.cookies["session"]
        ages.append((int(cookie["max-age"]), cookie["httponly"], cookie["samesite"]))

    assert ages == [(14 * 86400, True, "Lax"), (12 * 3600, True, "Lax")]


def test_a_busy_session_is_saved_every_five_minutes_at_most(client, lin, clock):
    sign_in(client, lin)
    written = []
    for _ in range(3):
        clock.shift(timedelta(minutes=4))
        with work() as asked:
            client.get("/papers/")
        written.append("UPDATE django_session" in asked)

    assert written == [False, True, False]


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
            "Chrome · Linux",
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 MicroMessenger/8.1",
            "WeChat · Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge · Windows"),
        ("curl/8.0", "curl/8.0"),
        ("x" * 200, "x" * 60),
        ("", ""),
    ],
)
def test_a_browser_is_shown_by_its_usual_name(agent, expected):
    assert sessions.device_words(agent) == expected


def test_session_limits_cost_strangers_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/account/login/")
