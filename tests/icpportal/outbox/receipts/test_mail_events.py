"""Mail through the API of a service, and the bounces it reports: with the secret, and without."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import override

from icpportal.gateways.errors import Refused, Retryable, Unknown
from icpportal.gateways.registry import ESPS
from icpportal.metrics.counters import REPORTS
from icpportal.outbox.channels import esp
from icpportal.outbox.delivery import deliver
from icpportal.outbox.models import Message, State
from tests.icpportal.operations.monitoring.test_metrics import counter
from tests.icpportal.outbox.test_channels import confirm
from tests.icpportal.outbox.test_views import main_of, note, page
from tests.icpportal.production import manage

pytestmark = pytest.mark.django_db
SECRET = "portal:invented-secret-of-a-test"
ANSWERED = {"ErrorCode": 0, "Message": "OK", "MessageID": "m-1", "SubmittedAt": "2026-11-27T08:00:00Z"}


class Service:
    """A mail service: its answers, and the mails it received."""

    status, answer = 200, ANSWERED

    def __init__(self):
        self.sent = []


@pytest.fixture
def service():
    state = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.sent.append((self.headers["X-Postmark-Server-Token"], json.loads(body)))
            said = json.dumps(state.answer | {"To": "wang@example.com"}).encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args):
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def postmark(settings, service):
    settings.EMAIL_ESP, settings.EMAIL_BACKEND = "postmark", "anymail.backends.postmark.EmailBackend"
    settings.OUTBOX_CHANNELS = settings.OUTBOX_CHANNELS | {"email": "icpportal.outbox.channels.esp.deliver"}
    settings.ANYMAIL = settings.ANYMAIL | {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": service.url,
        "WEBHOOK_SECRET": SECRET,
    }
    settings.ROOT_URLCONF = "tests.icpportal.outbox.receipts.mail_urls"


def event(client, *, service="postmark", secret=SECRET, **facts):
    """The service's report about a mail."""
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
    said = {"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "m-1", "Email": "wang@example.com", "ID": 1}
    body = json.dumps(said | facts)
    return client.post(f"/mail-events/{service}/", body, content_type="application/json", headers=headers)


def test_a_mail_is_sent_untracked_and_keeps_the_services_id(service):
    confirm()

    deliver()

    message = Message.objects.get()
    ((token, mail),) = service.sent
    assert (message.state, message.receipt, token) == (State.DELIVERED, "m-1", "token")
    assert (mail["To"], mail["TrackOpens"], mail["TrackLinks"]) == ("wang@example.com", False, "None")


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (422, {"ErrorCode": 300, "Message": "invalid: wang@example.com"}, Refused),
        (401, {"ErrorCode": 10}, Retryable),
        (429, {"ErrorCode": 0}, Retryable),
        (500, {"ErrorCode": 0}, Unknown),
    ],
)
def test_each_answer_of_a_service_means_refused_later_or_unclear(service, status, answer, kind):
    service.status, service.answer = status, answer

    with pytest.raises((Refused, Retryable)) as found:
        esp.deliver(confirm())

    assert type(found.value) is kind
    assert "wang@" not in str(found.value)


def test_an_unreachable_service_accepted_nothing(settings):
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:1/"}

    with pytest.raises(Retryable) as found:
        esp.deliver(confirm())

    assert type(found.value) is Retryable
    assert str(found.value) == "mail service did not answer: no connection"


def test_a_mail_waits_while_a_setting_of_the_service_is_missing_and_staff_read_why(settings, service):
    settings.ANYMAIL = {name: value for name, value in settings.ANYMAIL.items() if name != "POSTMARK_SERVER_TOKEN"}
    confirm()

    totals = deliver()

    message = Message.objects.get()
    assert (message.state, totals.faults, service.sent) == (State.WAITING, 0, [])
    assert message.last_error == "mail service: a setting of ANYMAIL is missing or wrong"


def test_a_mail_that_bounced_later_opens_the_banner(client, people):
    wang = people("wang@example.com")
    note(wang, "e:1")
    confirm(key="e:1:email", user_id=wang.pk)
    deliver()
    client.cookies["django_language"] = "en"
    client.force_login(wang)
    assert "Our last email could not be delivered" not in main_of(page(client))

    answers = [event(client), event(client)]

    message = Message.objects.get(channel="email")
    assert [each.status_code for each in answers] == [200, 200]
    assert (message.state, message.lost, message.last_error) == (State.FAILED, "mailbox", "not delivered: bounced")
    shown = main_of(page(client))
    assert "Our last email could not be delivered" in shown
    assert "Not delivered: The mailbox does not exist or takes no mail" in shown
    client.cookies["django_language"] = "zh-hans"
    assert "未送达：邮箱不存在或拒收邮件" in main_of(page(client))


def test_a_mail_that_arrived_is_shown_as_delivered(client):
    confirm()
    deliver()

    event(client, RecordType="Delivery", DeliveredAt="2026-11-27T08:00:09Z", Recipient="wang@example.com")

    with override("en"):
        assert str(Message.objects.get().fate) == "Delivered"


@pytest.mark.parametrize("secret", ["portal:wrong", ""])
def test_without_the_secret_no_report_is_accepted(client, secret):
    confirm()
    deliver()

    answer = event(client, secret=secret)

    assert answer.status_code == 400
    assert Message.objects.get().state == State.DELIVERED


def test_a_report_about_another_mail_is_answered_and_another_service_has_no_address(client):
    confirm()
    deliver()

    before = counter(REPORTS, "email", "strange")
    assert event(client, MessageID="m-2").status_code == 200
    assert counter(REPORTS, "email", "strange") == before + 1
    assert event(client, service="mailgun").status_code == 404
    assert Message.objects.get().state == State.DELIVERED


def test_an_endless_body_is_refused_before_it_is_read(client):
    answer = event(client, Description="x" * 3_000_000)

    assert answer.status_code == 413


def test_the_address_is_the_one_in_the_docs():
    assert reverse("mail-events", args=["postal"]) == "/mail-events/postal/"


# of services that sign their reports
KEYS = {
    "POSTAL_WEBHOOK_KEY": "k",
    "MAILGUN_WEBHOOK_SIGNING_KEY": "k",
    "MAILERSEND_SIGNING_SECRET": "k",
    "MANDRILL_WEBHOOK_KEY": "k",
}


@pytest.mark.parametrize("esp", ESPS)
def test_every_available_service_can_send_and_report(client, settings, esp):
    settings.EMAIL_ESP = esp
    settings.ANYMAIL = settings.ANYMAIL | KEYS
    import_string(f"anymail.backends.{esp}.EmailBackend")

    assert client.head(f"/mail-events/{esp}/").status_code == 200


def test_a_production_portal_with_a_service_passes_the_check_and_needs_its_secret():
    service = {"POSTAL_API_URL": "https://postal.invalid", "POSTAL_API_KEY": "letters", "POSTAL_WEBHOOK_KEY": "k"}
    complete = json.dumps(service | {"WEBHOOK_SECRET": SECRET})

    fine = manage("check", "--deploy", "--fail-level", "WARNING", EMAIL_ESP="postal", ANYMAIL=complete)
    without = manage("check", EMAIL_ESP="postal", ANYMAIL=json.dumps(service))

    assert (fine.returncode, fine.stderr) == (0, "")
    assert without.returncode != 0
    assert "WEBHOOK_SECRET" in without.stderr
