"""No personal data and no secret reaches the log, in whatever way it is logged."""

import json
import logging
import os
from pathlib import Path

import pytest
from celery.beat import SchedulingError
from django.urls import reverse

from icpportal.accounts.models import User
from icpportal.logs import (
    JsonLines,
    PlainLines,
    Redaction,
    WithoutStacks,
    logging_settings,
    redact,
    redact_value,
    request_reference,
)
from tests import fresh


@pytest.fixture
def lines():
    """A logger with the portal's filter, and its output as JSON objects."""
    return logger_with(JsonLines())


def logger_with(formatter):
    class Kept(logging.Handler):
        def __init__(self):
            super().__init__()
            self.written = []

        def emit(self, record):
            self.written.append(self.format(record))

    handler = Kept()
    handler.addFilter(Redaction())
    handler.setFormatter(formatter)
    logger = logging.Logger("portal.test")
    logger.addHandler(handler)
    return logger, handler.written


@pytest.mark.parametrize(
    ("typed", "logged"),
    [
        ("resident 110101199003074514 typed", "resident 1101***4514 typed"),
        ("with x: 11010119900307451x", "with x: 1101***451x"),
        ("old card 110101900307451", "old card 1101***7451"),
        ("mobile 13900000002", "mobile 139****0002"),
        ("mobile +86 139-0000-0002.", "mobile 139****0002."),
        ("mobile 8613900000002", "mobile 139****0002"),
        ("wrote to wang.wei+a@example.com", "wrote to w***@example.com"),
        ("password=geheim rest", "password=*** rest"),
        ("{'password': 'two words', 'a': 1}", "{'password': ***, 'a': 1}"),
        ('{"filing_password": "x,y"}', '{"filing_password": ***}'),
        ("备案密码：abc123", "备案密码：***"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("code=482913", "code=***"),
        ('"code": "482913"', '"code": ***'),
        ("验证码: 482913", "验证码: ***"),
        ("service_code=6f9619ff-8b86-d011-b42d-00c04fc964ff", "service_code=***"),
        ("postgres://portal:secret@db:5432/portal", "postgres://***@db:5432/portal"),
        ("redis://:secret@cache:6379/0", "redis://***@cache:6379/0"),
        ("sessionid=abcdef; theme=dark", "sessionid=***; theme=dark"),
        ("GET /by-phone/AbCdEfGhIjKlMnOpQr_-/?slot=x", "GET /by-phone/***/?slot=x"),
        (
            "GET /transfers/T7Q4-M2KX/by-phone/AbCdEfGhIjKlMnOpQr_-/code.svg",
            "GET /transfers/T7Q4-M2KX/by-phone/***/code.svg",
        ),
        ("GET /phone/AbCdEfGhIjKlMnOpQr_-/", "GET /phone/***/"),
        ("GET /consent/AbCdEfGhIjKlMnOpQr_-/", "GET /consent/***/"),
        ("POST /account/invitation/AbCdEfGhIjKlMnOpQr_-/", "POST /account/invitation/***/"),
        (
            "GET /account/confirm/?next=%2Ftransfers%2FT7Q4-M2KX%2Fby-phone%2FAbCdEfGhIjKlMnOpQr_-%2F",
            "GET /account/confirm/?next=%2Ftransfers%2FT7Q4-M2KX%2Fby-phone%2F***%2F",
        ),
        (
            "GET /account/login/?next=%2Faccount%2Fconfirm%2F%3Fnext%3D%252fphone%252fAbCdEfGhIjKlMnOpQr_-%252f",
            "GET /account/login/?next=%2Faccount%2Fconfirm%2F%3Fnext%3D%252fphone%252f***%252f",
        ),
        ("GET /transfers/T7Q4-M2KX/by-phone/end/", "GET /transfers/T7Q4-M2KX/by-phone/end/"),
    ],
)
def test_personal_data_and_secrets_are_masked(typed, logged):
    assert redact(typed) == logged


@pytest.mark.django_db
def test_the_line_of_a_page_to_which_an_unconfirmed_person_is_led_has_no_one_time_link(client, lines):
    logger, written = lines
    client.force_login(User.objects.create_user("chen@example.com", "x"))
    token = "AbCdEfGhIjKlMnOpQr_-"

    led_to = client.get(reverse("hand-off", args=["T7Q4-M2KX", token]))["Location"]
    logger.info('"GET %s HTTP/1.1" 200', led_to)  # as gunicorn and `runserver` log it

    assert token in led_to
    assert token not in written[0]
    assert "by-phone%2F***" in written[0]


@pytest.mark.parametrize(
    "harmless",
    [
        "exit code 1",
        "status code: 500",
        "took 1234567890123 µs",  # 13 digits
        "reference 6Zr1Q7bTn0Q2XkDq3b1k5c0dYk3v",
        "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "京ICP备12345678号-1",
        "phone 010-0000-0001",
        "http://127.0.0.1:8000/transfers/new/",
        "12800000000",
    ],
)
def test_other_values_are_not_masked(harmless):
    assert redact(harmless) == harmless


def test_arguments_extras_and_tracebacks_are_masked(lines):
    logger, written = lines

    try:
        raise ValueError("no such mobile 13900000002")
    except ValueError:
        logger.exception(
            "refused %s",
            "wang@example.com",
            extra={"reference": "R1", "password": "x", "facts": {"mobile": "13900000002", "token": "t"}, "left": 3},
        )

    line = json.loads(written[0])
    traceback = line.pop("traceback")
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "portal.test",
        "event": "refused w***@example.com",
        "reference": "R1",
        "password": "***",
        "facts": {"mobile": "139****0002", "token": "***"},
        "left": 3,
    }
    assert traceback.startswith("Traceback")
    assert traceback.endswith("ValueError: no such mobile 139****0002")


def test_a_number_logged_as_a_number_is_masked_too(lines):
    logger, written = lines

    logger.warning("typed", extra={"number": 110101199003074514, "count": 7, "done": True})

    line = json.loads(written[0])
    assert (line["number"], line["count"], line["done"]) == ("1101***4514", 7, True)


@pytest.mark.parametrize(
    ("key", "value", "logged"),
    [
        ("password", "", "***"),
        ("code", "482913", "***"),
        ("code", "44", "44"),  # a province
        ("encoded", "482913", "482913"),
        ("mobiles", ["13900000002", "13900000003"], ["139****0002", "139****0003"]),
        ("nothing", None, None),
    ],
)
def test_values_are_masked_by_their_log_field_names(key, value, logged):
    assert redact_value(key, value) == logged


def test_every_line_of_a_request_has_its_reference(lines):
    logger, written = lines

    before = request_reference.set("abc123")
    logger.warning("inside")
    request_reference.reset(before)
    logger.warning("outside")

    assert [json.loads(line).get("request") for line in written] == ["abc123", None]


def test_lines_for_people_show_the_extras():
    logger, written = logger_with(PlainLines())

    logger.warning("handed over", extra={"reference": "R1", "mobile": "13900000002"})

    assert written[0].split(" ", 1)[1] == "WARNING portal.test: handed over reference=R1 mobile=139****0002"


PROGRAM = """
import logging, django
django.setup()
logging.getLogger("anything").warning("mobile 13900000002")
logging.getLogger("django.request").warning("Not Found: /secret-link/")
logging.getLogger("django.security").error("host 'a@example.com'")
logging.getLogger("celery.task").warning("mobile 13900000003")
"""


def test_the_portals_own_settings_mask_every_logger(tmp_path):
    own = {"DJANGO_SETTINGS_MODULE": "icpportal.settings", "VAR_DIR": str(tmp_path)}

    done = fresh.run("-c", PROGRAM, folder=Path.cwd(), environment={**os.environ, **own})

    assert done.returncode == 0
    told = [line.split(" ", 1)[1] for line in done.stderr.splitlines()]
    assert told == [
        "WARNING anything: mobile 139****0002",
        "ERROR   django.security: host 'a***@example.com'",
        "WARNING celery.task: mobile 139****0003",
    ]


def test_beat_logs_a_failed_task_without_stack_traces(lines):
    logger, written = lines
    logger.addFilter(WithoutStacks())

    try:
        raise SchedulingError("Couldn't apply scheduled task outbox: Connection refused")
    except SchedulingError as problem:  # as celery.beat logs it
        logger.error("Message Error: %s\n%s", problem, ["  File one"] * 50, exc_info=True)

    (line,) = map(json.loads, written)
    assert line["event"] == "Couldn't apply scheduled task outbox: Connection refused"
    assert "traceback" not in line
    assert logging_settings(readable=False, level="INFO")["loggers"]["celery.beat"]["filters"] == ["without_stacks"]


RELOADED = """
import logging, logging.config
from gunicorn.config import Config
from gunicorn.glogging import Logger
from icpportal.logs import logging_settings

gunicorn = Logger(Config())
logging.config.dictConfig(logging_settings(readable=True, level="INFO"))
gunicorn.setup(Config())  # as it does after SIGHUP
try:
    raise ValueError("password=hunter2")
except ValueError:
    gunicorn.exception("Error handling request %s", "/consent/one-time-secret-0123456789/")
"""


def test_gunicorn_masks_its_lines_also_in_the_handler_that_it_adds_after_a_reload():
    done = fresh.run("-c", RELOADED, folder=Path.cwd(), environment=dict(os.environ))

    assert done.stderr.count("Error handling request /consent/***/") == 2
    assert "secret-0123" not in done.stderr
    assert "hunter2" not in done.stderr
