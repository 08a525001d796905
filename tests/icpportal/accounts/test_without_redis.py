"""Signing in while Redis is down: it works, its limits hold, and nobody waits long."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from celery import current_app
from django.core.cache import cache
from django.urls import reverse

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.codes import limits
from icpportal.codes.cache import PATIENCE_SECONDS, SteadyCache
from icpportal.codes.models import CacheRow
from icpportal.outbox import wake
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import read
from tests.icpportal.accounts.sign_in.test_second_factor import shown_now, with_app
from tests.icpportal.codes.test_actions import at_once

SIGN_IN = "/account/login/"
TOO_MANY = ["Too many attempts. Try again in 5 minutes"]

pytestmark = pytest.mark.django_db


class Row(NamedTuple):
    """A value that JSON would return as a list."""

    name: str
    number: int


@pytest.fixture
def redis_at(settings: Any) -> Iterator[Any]:
    """Points the cache at a port, as `REDIS_URL` does."""
    before = settings.CACHES

    def point(port: int) -> None:
        url = f"redis://127.0.0.1:{port}/0"
        settings.CACHES = {"default": {"BACKEND": "icpportal.codes.cache.SteadyCache", "LOCATION": url}}

    yield point
    settings.CACHES = before
    SteadyCache.pauses.clear()


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine that nothing listens on."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port that accepts connections and never answers, like a suspended server."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as held:
        yield held.getsockname()[1]


@pytest.fixture(params=["port", "deaf_port"])
def away(request: pytest.FixtureRequest, redis_at: Any) -> int:
    """Redis is down, or hangs."""
    found: int = request.getfixturevalue(request.param)
    redis_at(found)
    return found


def sign_in(client: Any, login: str = "lin@example.com", password: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"login": login, "password": password})


def test_people_and_staff_sign_in_without_redis(client_factory, lin, chen, away, settings):
    """With Redis stopped 13 of 13 sign-ins answered 500."""
    settings.STAFF_SECOND_FACTOR = True
    staff = open_account(email="rev@example.com", password=PASSWORD, name="Wang", held_roles=(roles.REVIEWER,))
    secret = with_app(staff)
    first, second, third = client_factory(), client_factory(), client_factory()
    began = time.monotonic()

    answers = [sign_in(first), sign_in(second, "13900000002"), sign_in(third, staff.email)]
    answers.append(third.post(reverse("mfa_authenticate"), {"code": shown_now(secret)}))

    assert [answer.url for answer in answers] == [
        reverse("dashboard"), reverse("dashboard"), reverse("mfa_authenticate"), reverse("admin:index"),
    ]  # fmt: skip
    assert {first.session["_auth_user_id"], second.session["_auth_user_id"]} == {str(lin.pk), str(chen.pk)}
    assert time.monotonic() - began < 10 * PATIENCE_SECONDS  # one wait, not one for each access to the cache


def test_the_sixth_wrong_attempt_is_blocked_without_redis_and_only_it(client, lin, chen, away):
    """The limits of the sign-in hold, counted in the database for the time being, without addresses."""
    wrong = [sign_in(client, password="wrong-bridge-42") for _ in range(5)]

    sixth, other = sign_in(client), sign_in(client, chen.email)

    assert [answer.status_code for answer in wrong] == [200] * 5
    assert sixth.context["form"].non_field_errors() == TOO_MANY
    assert other.url == reverse("dashboard")
    assert all(len(row.key) == 64 and set(row.value) <= set("[]0123456789., true") for row in CacheRow.objects.all())


def test_a_code_of_the_app_is_valid_once_without_redis(client_factory, away, settings):
    """Used codes are remembered in the database too."""
    settings.STAFF_SECOND_FACTOR = True
    staff = open_account(email="rev@example.com", password=PASSWORD, name="Wang", held_roles=(roles.REVIEWER,))
    code = shown_now(with_app(staff))
    answers = []

    for browser in (client_factory(), client_factory()):
        sign_in(browser, staff.email)
        answers.append(browser.post(reverse("mfa_authenticate"), {"code": code}))

    assert [answer.status_code for answer in answers] == [302, 200]


@pytest.mark.parametrize("address", ["/account/signup/", "/account/password/reset/", SIGN_IN, "/healthz", "/readyz"])
def test_the_public_pages_answer_without_redis(client, away, settings, address: str):
    """Nothing else that strangers reach depends on Redis."""
    settings.ROOT_URLCONF = "icpportal.urls"
    page = client.get(address)
    typed = dict.fromkeys(read(page).fields, "x@example.com") if address.startswith("/account") else {}

    assert page.status_code == 200
    if typed:
        assert client.post(address, typed).status_code in (200, 302)


def test_the_review_desk_opens_without_redis(client, away):
    roles.ensure()
    client.force_login(open_account(email="wu@example.com", password=PASSWORD, held_roles=(roles.LEAD_REVIEWER,)))

    desk = ("index", "transfers_order_changelist", "desk_calls", "desk_objections", "desk_figures", "desk_settings")
    answers = {name: client.get(reverse(f"admin:{name}")).status_code for name in desk}

    assert answers == dict.fromkeys(desk, 200)


@pytest.mark.parametrize("value", [("64", True), {1: "a"}, Row("a", 1), uuid4()])
def test_a_value_that_rows_would_change_is_not_kept_in_them(away, value):
    cache.set("kept", "before")
    cache.set("kept", value)
    assert cache.get("kept") is None
    assert cache.get_or_set("kept", lambda: value) == value
    assert not CacheRow.objects.exists()


def test_the_limit_restarts_in_time_and_expired_rows_are_reused(away):
    """The rows give the same answers as Redis."""
    cache.set("kept", [1.5], 60)
    cache.set("gone", [1.5], -1)
    added = [cache.add("lock", True, 60), cache.add("lock", True, 60), cache.add("gone", "y", 60)]

    assert (cache.get("kept"), cache.get("gone"), cache.get("never", "none"), added) == (
        [1.5], "y", "none", [True, False, True],
    )  # fmt: skip
    assert (cache.touch("kept", -1), cache.get("kept"), cache.delete("lock"), cache.has_key("lock")) == (
        True, None, True, False,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_eight_concurrent_requests_one_gets_the_lock(away):
    """The lock around a count is one row."""
    taken = at_once(lambda _number: cache.add("lock", True, 60), 8)

    assert sorted(taken) == [False] * 7 + [True]


def test_work_is_recorded_although_the_broker_hangs(deaf_port, monkeypatch, caplog, django_capture_on_commit_callbacks):
    """Waking the worker through a broker that never answers blocked the request for ever; the rows are the queue."""
    app = current_app._get_current_object()
    monkeypatch.setattr(wake, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(wake, "pause", wake.Pause(15.0))
    url, patience = f"redis://127.0.0.1:{deaf_port}/0", {"socket_timeout": 3, "max_retries": 0}
    connection = app.connection_for_write(url, transport="redis", transport_options=patience)
    tried: list[str] = []

    def send_task(name: str, **how: object) -> None:
        tried.append(name)
        _ = connection.default_channel

    monkeypatch.setattr(app, "send_task", send_task)
    began = time.monotonic()

    with django_capture_on_commit_callbacks(execute=True):
        for _number in range(20):
            wake.wake_worker(wake.DELIVER)

    assert time.monotonic() - began < 2.5
    assert len(tried) == 1
    assert [record.message for record in caplog.records].count("broker is down") == 1


def test_expired_rows_are_deleted(away):
    """Every address that tries leaves a row for the length of its window."""
    cache.set("over", 1, -1)
    cache.set("counts", 1, 60)

    tidied = limits.forget_old()

    assert (tidied, cache.get("counts"), CacheRow.objects.count()) == (1, 1, 1)


@pytest.mark.services
def test_redis_stops_while_people_sign_in_and_comes_back(client_factory, lin, chen, redis_at, tmp_path):
    """A separate Redis is stopped between two sign-ins and started again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start_redis(port, tmp_path)
    redis_at(port)
    with_it = sign_in(client_factory())
    counted_in_redis = CacheRow.objects.count()
    server.terminate()
    server.wait()

    without_it = [sign_in(client_factory(), chen.email)]
    without_it += [sign_in(client_factory(), password="wrong-bridge-42") for _ in range(6)]
    rows = CacheRow.objects.count()
    server = start_redis(port, tmp_path)
    SteadyCache.pauses.clear()
    redis_at(port)
    again = sign_in(client_factory())
    server.terminate()
    server.wait()

    assert [answer.status_code for answer in (with_it, without_it[0], again)] == [302, 302, 302]
    assert without_it[-1].context["form"].non_field_errors() == TOO_MANY
    assert (counted_in_redis, CacheRow.objects.count()) == (0, rows)


def start_redis(port: int, folder: Path) -> "subprocess.Popen[bytes]":
    program = shutil.which("redis-server")
    assert program, "the second run of the tests needs redis-server"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert server.stdout
    for line in server.stdout:
        if b"Ready to accept connections" in line:
            return server
    raise AssertionError("redis-server did not start")
