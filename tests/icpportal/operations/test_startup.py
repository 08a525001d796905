"""gunicorn, worker and beat do not start in production with a stand-in, or without a place of the servers.

Each is really started, in the environment of production, and ends before it speaks to anything outside.
"""

import base64
import json
import os
import signal
import subprocess
import sys

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage

from icpportal.operations.startup import EXIT_CODE, faults, static_file_problems
from tests import fresh, migrated
from tests.icpportal.production import PRODUCTION, ROOT, environment, manage

PROGRAMS = {
    "gunicorn": ("gunicorn", "icpportal.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"),
    "asgi": ("gunicorn", "icpportal.asgi:application", "--check-config"),
    "worker": ("icpportal.celery", "worker", "--concurrency", "1", "--pool", "solo"),
    "beat": ("icpportal.celery", "beat"),
    "celery worker": ("celery", "-A", "icpportal", "worker", "--concurrency", "1", "--pool", "solo"),
    "celery beat": ("celery", "-A", "icpportal", "beat"),
}
FAKES = "icpportal.gateways"
# the program, the error, and what it must name
REFUSED = [
    ("gunicorn", {"SERVER_PROVINCE": ""}, "SERVER_PROVINCE"),
    ("worker", {"SERVER_PROVINCE": ""}, "SERVER_PROVINCE"),
    ("beat", {"SERVER_PROVINCE": "99"}, "SERVER_PROVINCE"),
    ("asgi", {"SERVER_PROVINCE": ""}, "SERVER_PROVINCE"),
    ("celery worker", {"SERVER_PROVINCE": ""}, "SERVER_PROVINCE"),
    ("celery beat", {"SERVER_PROVINCE": ""}, "SERVER_PROVINCE"),
    ("worker", {"MIIT_CODES": '{"Wzjrfs": {"clouds": 5}}'}, "MIIT_CODES"),
    ("worker", {"MIIT_CODES": '{"Fjytlx": {"stamp": 1}}'}, "stamp of Fjytlx is none of statement"),
    (
        "asgi",
        {"PROVIDER_PRODUCTS": '[{"key": "vm", "zh": "云主机", "en": "Machine", "method": "clouds"}]'},
        "PROVIDER_PRODUCTS: the method clouds of vm is none of line",
    ),
    ("gunicorn", {"SMS_GATEWAY": f"{FAKES}.sms.fake.FakeSms"}, "SMS_GATEWAY"),
    ("worker", {"DNS_GATEWAY": "demo.servers.names.FileResolver"}, "DNS_GATEWAY"),
    ("beat", {"SCANNER_GATEWAY": f"{FAKES}.scanner.none.NoScanner"}, "SCANNER_GATEWAY"),
    ("asgi", {"SIMULATORS": "on"}, "SIMULATORS"),
    ("asgi", {"PII_KEYS": "2026:abc"}, "PII_KEYS is 'name:base64 of 32 bytes'"),
    ("worker", {"PII_KEYS": f"{PRODUCTION['PII_KEYS']}, old:!!!!"}, "PII_KEYS is 'name:base64 of 32 bytes'"),
]


def start(program: str, **changed: str) -> subprocess.CompletedProcess:
    return fresh.run("-m", *PROGRAMS[program], folder=ROOT, environment=environment(PRODUCTION | changed))


@pytest.mark.parametrize(("program", "changed", "name"), REFUSED, ids=[f"{row[0]}-{row[2]}" for row in REFUSED])
def test_a_process_of_production_ends_at_once_with_a_sentence(program, changed, name):
    done = start(program, **changed)

    said = [line for line in done.stderr.splitlines() if line.startswith("The portal does not start. ")]
    assert done.returncode == EXIT_CODE
    assert any(name in line for line in said)
    assert "Traceback" not in done.stderr


def test_a_key_that_does_not_open_the_database_prevents_the_start_and_the_right_one_does_not(tmp_path):
    migrated.copy_to(tmp_path / "portal.sqlite3")
    there = {"DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}", "VAR_DIR": str(tmp_path)}
    first, wrong = (
        start("asgi", **there),
        start("asgi", **there, PII_KEYS=f"2026:{base64.b64encode(b'w' * 32).decode()}"),
    )

    assert (first.returncode, start("asgi", **there).returncode) == (0, 0)
    assert wrong.returncode == EXIT_CODE
    (said,) = wrong.stderr.splitlines()
    assert said.startswith(
        "The portal does not start. PII_KEYS does not open what this database holds under the key “2026”"
    )


def test_a_complete_production_environment_may_serve():
    done = start("asgi")

    assert (done.returncode, "does not start" in done.stderr) == (0, False)


def test_gunicorn_writes_each_line_once_and_in_our_format_also_after_a_reload(tmp_path):
    """As the image starts it; it reads gunicorn.conf.py from the folder of the portal."""
    flags = ("--preload", "--workers", "1", "--worker-class", "gthread", "--graceful-timeout", "1")
    given = environment(PRODUCTION | {"LOG_LEVEL": "INFO", "VAR_DIR": str(tmp_path)})
    command = [sys.executable, "-m", *PROGRAMS["gunicorn"], *flags]
    written, booted = [], []
    with subprocess.Popen(command, cwd=ROOT, env=given, stderr=subprocess.PIPE, text=True) as web:
        for line in web.stderr:
            written.append(line)
            if "Booting worker" in line:
                booted.append(line)
                web.send_signal(signal.SIGHUP if len(booted) == 1 else signal.SIGTERM)

    after = written[written.index(booted[0]) :]
    events = [json.loads(line)["event"] for line in after]
    assert [event.partition(":")[0] for event in events if event.startswith(("Booting", "Handling"))] == [
        "Booting worker with pid",
        "Handling signal",
        "Booting worker with pid",
        "Handling signal",
    ]


def test_commands_run_with_a_stand_in_so_that_it_can_be_fixed_and_the_deployment_check_names_it():
    stand_ins = {"SMS_GATEWAY": f"{FAKES}.sms.fake.FakeSms", "DNS_GATEWAY": f"{FAKES}.dns.fake.FakeResolver"}
    helped = manage("rules", "--province", "44", **stand_ins)
    checked = manage("check", "--deploy", **stand_ins)

    assert helped.returncode == 0
    assert checked.returncode == 1
    assert [name in checked.stderr for name in ("portal.E006", "DNS_GATEWAY")] == [True, True]


EVERY = [
    ("AUTHORITY_GATEWAY", f"{FAKES}.miit.fake.FakeAuthority"),
    ("AUTHORITY_GATEWAY", "tests.transfers.filing_type.test_facts.AsksNoCertificates"),
    ("INVENTORY_GATEWAY", f"{FAKES}.inventory.fake.Stalling"),
    ("INVENTORY_GATEWAY", "demo.servers.inventory.FileInventory"),
    ("SMS_GATEWAY", "demo.messages.sms.PageSms"),
    ("SMS_GATEWAY", ""),
    ("SCANNER_GATEWAY", f"{FAKES}.scanner.fake.FakeScanner"),
    ("PHOTO_APP_GATEWAY", "demo.photo_app.gateway.PageApp"),
    ("PHOTO_APP_GATEWAY", f"{FAKES}.photo_app.fake.Down"),
    ("DNS_GATEWAY", f"{FAKES}.dns.fake.FakeResolver"),
    ("DNS_GATEWAY", "provider.dns.FakeResolver"),
    ("DNS_GATEWAY", "demo.somewhere.NewResolver"),
    ("WEB_PAGES_GATEWAY", f"{FAKES}.web_pages.fake.FakePages"),
    ("EMAIL_BACKEND", "demo.messages.mail.PageEmailBackend"),
    ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"),
    ("EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend"),
    ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend"),
    ("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend"),
    ("SIMULATORS", True),
]
REAL = {
    "DEMO": False,
    "SIMULATORS": False,
    "AUTHORITY_GATEWAY": f"{FAKES}.miit.gateway.MinistryAuthority",
    "INVENTORY_GATEWAY": f"{FAKES}.inventory.http.HttpInventory",
    "SMS_GATEWAY": "provider.texts.OurSupplier",
    "SCANNER_GATEWAY": f"{FAKES}.scanner.clamd.Clamd",
    "PHOTO_APP_GATEWAY": "",
    "DNS_GATEWAY": f"{FAKES}.dns.system.SystemResolver",
    "WEB_PAGES_GATEWAY": f"{FAKES}.web_pages.http.HttpPages",
    "EMAIL_BACKEND": "icpportal.outbox.channels.smtp.EmailBackend",
}


@pytest.mark.parametrize(("name", "value"), EVERY)
def test_each_stand_in_is_named_by_itself(settings, name, value):
    for setting, real in (REAL | {name: value}).items():
        setattr(settings, setting, real)

    (words,) = faults()

    assert words.startswith(name)


@pytest.mark.django_db
def test_real_gateways_and_a_providers_own_may_serve_and_the_demo_may_have_all_of_them(settings):
    in_the_demo = faults()
    settings.BLIND_INDEX_KEY = PRODUCTION["BLIND_INDEX_KEY"]
    for setting, real in REAL.items():
        setattr(settings, setting, real)

    assert (faults(), in_the_demo) == ([], [])


def test_the_web_server_reports_at_its_start_that_static_files_were_not_collected(settings, tmp_path):
    settings.DEMO, settings.STATIC_ROOT = False, str(tmp_path)
    manifest = {"BACKEND": "icpportal.pages.markup.static_files.PageFiles"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": manifest}
    says = f"{tmp_path} lacks files that pages name: run manage.py collectstatic --noinput, as after each upgrade."
    every = {name: name for finder in get_finders() for name, _storage in finder.list([])}

    def with_collected(paths: dict[str, str]) -> list[str]:
        written = {"paths": paths, "version": "1.1", "hash": ""}
        (tmp_path / "staticfiles.json").write_text(json.dumps(written))
        staticfiles_storage.hashed_files, _digest = staticfiles_storage.load_manifest()
        return static_file_problems()

    assert static_file_problems() == [says]
    assert with_collected(every) == []
    assert with_collected(dict(list(every.items())[1:])) == [says]


def test_a_server_starts_where_the_data_folder_has_no_room(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR, settings.STATIC_BUNDLES_ROOT = False, tmp_path, tmp_path / "file" / "bundles"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "icpportal.pages.markup.static_files.PageFiles"}
    }
    (tmp_path / "file").write_bytes(b"")
    (says,) = static_file_problems()
    assert says.startswith(f"VAR_DIR ({tmp_path}) has no room or cannot be written: ")


FIRST_REQUEST = """
import gc, sys
import icpportal.wsgi
from django.db import connection
from django.test import Client
before = set(sys.modules)
answer = Client().get("/nothing-here/")
libraries = {"redis", "celery", "kombu", "phonenumbers", "publicsuffixlist", "zeep"}
late = {name for name in set(sys.modules) - before if name.split(".")[0] in libraries}
print(answer.status_code, gc.get_freeze_count() > 100_000, connection.connection, sorted(late))
"""


A_FEW_PAGES = """
import gc, sys
hooks = []
sys.addaudithook = lambda hook: hooks.append(hook.__module__)
import icpportal.wsgi
before = gc.get_stats()[0]["collections"]
made = [[] for _object in range(20_000)]
print(gc.isenabled(), gc.get_stats()[0]["collections"] - before, hooks)
"""


def _printed_by(program: str) -> str:
    """The last line of a program that starts as the web server does."""
    environment = {**os.environ, "PORTAL_MODE": "demo"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.splitlines()[-1]


def test_neither_the_garbage_collector_nor_an_audit_of_the_interpreter_runs_several_times_a_page():
    is_enabled, runs, hooks = _printed_by(A_FEW_PAGES).split(maxsplit=2)

    assert (is_enabled, int(runs) <= 1) == ("True", True)
    assert hooks == "[]", "a hook is called for every file, import and `id()`: 1 % of a page's time"


def test_a_server_has_imported_its_libraries_and_opened_no_connection_before_its_first_request():
    assert _printed_by(FIRST_REQUEST) == "404 True None []"
