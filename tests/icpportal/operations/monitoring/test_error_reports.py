"""Reports to an error collector: where it failed, and no personal data."""

import json
import os

import pytest
from django.conf import settings as portal
from django.core.exceptions import ImproperlyConfigured

from icpportal.operations.monitoring import error_reports
from tests import fresh

DSN = "https://public@errors.example.com/1"
# in a process of its own: the library hooks into Django and Celery permanently
PROGRAM = f"""
import json, logging, sys
import django
from django.core.management import call_command
django.setup()
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from sentry_sdk.transport import Transport
from icpportal import tasks, urls
from icpportal.operations.monitoring import error_reports

class Kept(Transport):
    events = []
    def capture_envelope(self, envelope):
        self.events += [item.payload.json for item in envelope.items if item.payload.json]

def broken(request, token):
    mobile = "13812345678"
    raise ValueError(f"Chen Xiaoming, {{mobile}}, {{request.POST['password']}}")

def swept():
    raise KeyError("13912345678")

urls.urlpatterns.append(path("broken/<str:token>/", broken))
tasks.deadlines.sweep = swept
tasks.pulse.record_job = lambda *told, **how: None
tasks.restored.is_held = lambda: False
tasks.clock_jumps.refuse_doubtful = lambda: None
error_reports.start({DSN!r}, transport=Kept())
client = Client(raise_request_exception=False)
client.cookies["other"] = "cookie-of-chen"
headers = {{"X-Real-IP": "203.0.113.9"}}
client.post("/broken/one-time-token/?q=query-of-chen", {{"password": "hunter2"}}, headers=headers)
tasks.sweep_deadlines.apply()
facts = {{"cause": "orders.held", "mobile": "13712345678", "password": "x1y2"}}
logging.getLogger("icpportal").error("alarm opened", extra=facts)
sys.stdout.write(json.dumps(Kept.events))
"""
PERSONAL = (
    *("Xiaoming", "query-of-chen", "cookie-of-chen", "13812345678", "13912345678", "13712345678"),
    *("hunter2", "x1y2", "one-time-token", "203.0.113.9"),
)


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    given = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given |= {"DJANGO_SETTINGS_MODULE": "icpportal.settings", "VAR_DIR": str(tmp_path_factory.mktemp("var"))}
    given["STATICFILES_BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    done = fresh.run("-c", PROGRAM, folder=portal.BASE_DIR, environment=given)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def places(event):
    return [frame["function"] for each in event["exception"]["values"] for frame in each["stacktrace"]["frames"]]


def test_a_failing_request_is_reported_by_its_route_and_its_place_in_the_code(events):
    (event,) = [each for each in events if "broken" in (places(each) if "exception" in each else [])]

    assert event["transaction"] == "/broken/{token}/"
    assert [each["type"] for each in event["exception"]["values"]] == ["ValueError"]
    assert places(event)[-1] == "broken"
    assert len(event["tags"]["request"]) == 16


def test_a_failing_task_is_reported_by_its_name(events):
    (event,) = [each for each in events if "swept" in (places(each) if "exception" in each else [])]

    assert event["transaction"] == "icpportal.tasks.sweep_deadlines"


def test_a_logged_error_is_reported_as_in_the_log(events):
    (event,) = [each for each in events if each.get("logentry", {}).get("message") == "alarm opened"]

    assert event["extra"]["cause"] == "orders.held"
    assert event["extra"]["mobile"] == "137****5678"


def test_no_personal_data_are_sent(events):
    assert len(events) >= 3
    for event in events:
        assert set(event) <= {*error_reports.PLAIN, "exception", "logentry", "extra", "tags"}
    assert [word for word in PERSONAL if word in json.dumps(events)] == []


def test_without_the_library_the_portal_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sentry_sdk", None)

    with pytest.raises(ImproperlyConfigured, match=r"requirements-sentry\.txt"):
        error_reports.start(DSN)


def test_without_an_address_nothing_is_loaded(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sentry_sdk", None)

    error_reports.start("")
