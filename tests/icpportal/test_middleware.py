"""What the middleware does for every request."""

import logging
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings as portal_settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse, UnreadablePostError
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from icpportal.middleware import RefuseNul


def show(request, word=""):
    return HttpResponse(f"{request.method} {sorted(request.POST)} {word}")


def sign_in(request):
    request.session["name"] = "value"
    return HttpResponse("signed in")


def bad_request(request, exception):
    return HttpResponse("400", status=400)


handler400 = bad_request
urlpatterns = [
    path("show/", show),
    path("show/<str:word>/", show),
    path("sign-in/", sign_in),
]

MIDDLEWARE = [
    "icpportal.middleware.RequestReference",
    "icpportal.middleware.BrowserHeaders",
    "icpportal.middleware.RefuseNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
]


@pytest.fixture
def client(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = MIDDLEWARE
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    return Client(raise_request_exception=False)


def test_our_middleware_is_installed():
    ours = [name for name in portal_settings.MIDDLEWARE if name in MIDDLEWARE]

    assert ours == MIDDLEWARE


def test_each_answer_has_its_own_reference(client):
    first, second = client.get("/show/", headers={"X-Request-ID": "forged"}), client.get("/show/")

    assert len(first["X-Request-ID"]) == 16
    assert first["X-Request-ID"] not in ("forged", second["X-Request-ID"])


@pytest.mark.django_db  # a whole request looks whether its connection is fit, if a test before opened one
def test_a_probe_by_head_gets_the_headers_of_get_and_leaves_gunicorn_no_body_to_drop(client):
    def asked(method):
        found = {}
        environ = {"REQUEST_METHOD": method, "PATH_INFO": "/show/"}
        setup_testing_defaults(environ)
        body = WSGIHandler()(environ, lambda status, headers: found.update(headers, status=status))
        return found["status"], found.get("Content-Length"), b"".join(body)

    with override_settings(MIDDLEWARE=[*MIDDLEWARE, "django.middleware.common.CommonMiddleware"], ALLOWED_HOSTS=["*"]):
        status, length, body = asked("GET")
        of_head = asked("HEAD")

    assert (status, int(length)) == ("200 OK", len(body))
    assert (of_head[0], of_head[2]) == (status, b"")
    assert int(of_head[1]) == len(body) + len("HEAD") - len("GET")  # the page says how it was asked for


def test_an_answer_is_logged_by_its_route_never_by_its_path(client, caplog):
    caplog.set_level(logging.INFO, "icpportal.requests")

    client.get("/show/one-time-link/?q=secret")

    record = caplog.records[-1]
    assert (record.getMessage(), record.method, record.route, record.status) == (
        "answered",
        "GET",
        "show/<str:word>/",
        200,
    )
    assert "one-time-link" not in str(record.__dict__)
    assert "secret" not in str(record.__dict__)


@pytest.mark.parametrize(
    ("method", "address", "data"),
    [
        ("get", "/show/%00/", {}),
        ("get", "/nowhere/a%00b", {}),
        ("get", "/show/?q=a%00b", {}),
        ("get", "/show/?a%00b=q", {}),
        ("post", "/show/", {"a\0b": "name"}),
        ("post", "/show/?q=%00", {"name": "fine"}),
    ],
)
@pytest.mark.parametrize("kind", ["multipart", "urlencoded"])
def test_nul_characters_are_refused(client, method, address, data, kind):
    arguments = {} if kind == "multipart" else {"content_type": "application/x-www-form-urlencoded"}
    if method == "post":
        arguments["data"] = data if kind == "multipart" else urlencoded(data)

    answer = getattr(client, method)(address, **(arguments if method == "post" else {}))

    assert answer.status_code == 400


def test_a_nul_character_in_a_field_reaches_its_form_which_names_it(client):
    assert client.post("/show/", {"name": "a\0b"}).status_code == 200


def urlencoded(data):
    from urllib.parse import urlencode

    return urlencode(data, doseq=True)


def test_a_form_without_nul_characters_arrives_unchanged(client):
    answer = client.post("/show/", {"name": "陈\t小", "other": "\r\n"})

    assert answer.content.decode() == "POST ['name', 'other'] "


def test_a_truncated_form_is_a_bad_request_not_a_crash(client, monkeypatch):
    def broken(self, *arguments):
        raise UnreadablePostError("connection reset")

    monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest._load_post_and_files", broken)

    assert client.post("/show/", {"name": "fine"}).status_code == 400


def test_pages_may_use_no_device_feature(client):
    policy = client.get("/show/")["Permissions-Policy"]

    assert "camera=()" in policy
    assert "geolocation=()" in policy


def test_a_public_page_may_be_cached_by_the_browser(client):
    assert "Cache-Control" not in client.get("/show/")


@pytest.mark.parametrize("visit", ["sign-in", "signed-in", "post"])
def test_a_private_page_is_never_stored_on_disk(client, visit):
    if visit == "signed-in":
        client.get("/sign-in/")
    answer = (
        client.post("/show/", {}) if visit == "post" else client.get("/sign-in/" if visit == "sign-in" else "/show/")
    )

    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}


def test_the_body_is_not_parsed_for_a_page_that_only_shows():
    request = RequestFactory().get("/show/")
    request.user = AnonymousUser()

    assert RefuseNul(show).process_view(request, show, [], {}) is None
    assert not hasattr(request, "_post")
