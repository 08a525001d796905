"""Production does not start with incomplete settings: each missing or unsafe one is named."""

import os
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from storages.backends.s3 import S3Storage

from icpportal.accounts import roles
from icpportal.configuration.security import RETENTION
from icpportal.metrics import reserved
from icpportal.operations.checks.registered import (
    alarms_are_sent,
    duties_are_apart,
    fit_for_production,
    index_key_is_long,
)
from icpportal.operations.checks.rules import RULES
from icpportal.outbox.texts.registered import registered_texts
from icpportal.privacy.key_change import marks
from tests.icpportal.production import PRODUCTION, manage
from tests.transfers.builders import make_lead_reviewer, make_reviewer, make_user


def findings(settings, **changed):
    settings.DEMO = False
    for name, value in (SAFE | changed).items():
        setattr(settings, name, value)
    return [message.id for message in fit_for_production(None)]


SAFE = {
    "SECRET_KEY": "s" * 60,
    "PII_KEYS": "2026:c29tZXRoaW5nLXRoYXQtaXMtbm90LXRoZS1kZW1vISE=",
    "BLIND_INDEX_KEY": "b" * 32,
    "DEBUG": False,
    "HTTPS": True,
    "SMS_GATEWAY": "icpportal.gateways.sms.http.HttpSms",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "STAFF_SECOND_FACTOR": True,
    "TRUSTED_PROXY_COUNT": 1,
    "DEFAULT_FROM_EMAIL": "filing@beian.example.com",
    "SMS_HTTP": {"url": "https://sms.example.com/send"},
    "PUBLIC_BASE_URL": "https://beian.example.com",
    "ALLOWED_HOSTS": ["beian.example.com"],
    "S3_BUCKET": "",
    "PRIVATE_ROOT": "/var/lib/portal/documents",
    "QUARANTINE_ROOT": "/var/lib/portal/quarantine",
    "MINISTRY_ROOT": "/var/lib/portal/ministry",
    "STATIC_ROOT": "/usr/share/portal/static",
    "REDIS_URL": "redis://redis:6379/0",
    "SERVER_PROVINCE": "31",
}
DEMO_KEY = "demo:ZGVtby1vbmx5LWtleS0wMDAwMDAwMDAwMDAwMDAwMDA="
BUCKET = {"region_name": None, "endpoint_url": None, "access_key": "k", "secret_key": "s"}
MAINLAND = BUCKET | {"region_name": "cn-beijing"}
NO_ENDPOINT = (
    *("s3:9000", "oss-cn-beijing.example.com", "https://[oss-cn-beijing]", "http://my_store:9000", "http://存储:9000"),
    *("http://s3-:9000", "https://oss-cn-beijing..example.com", "https://oss-cn-beijing.example.com/?x"),
)
OF_BACKUPS = {"BACKUPS_HAVE_BUCKET": True}
NO_BUCKET = ("My Bucket", "s3://documents", "documents/2026", "文档", "documents--x-s3")
NO_REGION = ("北京", "cn_beijing", "cn beijing", "cn-", "11")
ALIYUN = {
    "SMS_GATEWAY": "icpportal.gateways.sms.aliyun.AliyunSms",
    "SMS_SIGN_NAME": "我们的云",
    "SMS_KEY_ID": "LTAI",
    "SMS_KEY_SECRET": "secret",
    "SMS_TEMPLATES": {each.name: "SMS_1" for each in registered_texts("aliyun")},
}
WRONG_SUPPLIERS: list[dict[str, Any]] = [
    {},
    {"URL": "https://sms.example.com"},
    {"url": "sms.example.com/send"},
    {"url": "https://sms.example.com", "headers": "Bearer"},
    {"url": "https://sms.example.com", "seconds": "ten"},
    {"url": "https://[sms.example.com]/send"},
    {"url": "https://sms.example.com", "check_url": "https://[sms.example.com/balance"},
    {"url": "https://sms.example.com", "check_url": 5},
]
CLEAR_TEXTS: list[dict[str, Any]] = [
    {"url": "http://sms.example.com/send"},
    {"url": "http://192.0.2.7/send"},
    {"url": "https://sms.example.com/send", "check_url": "http://sms.example.com/balance"},
]
UNREADABLE = ("https://[x", "https://[mail.example.com]/", "mail.example.com", "https://", "https://x:port/", "")
CLEAR_MAIL = {"EMAIL_HOST": "mail.example.com", "EMAIL_HOST_USER": "portal", "EMAIL_USE_TLS": False}
POSTAL_KEYS = {"POSTAL_API_KEY": "k", "POSTAL_WEBHOOK_KEY": "k"}
POSTAL = {"EMAIL_ESP": "postal", "EMAIL_BACKEND": "anymail.backends.postal.EmailBackend"}

UNSAFE = [
    ("portal.E001", {"SECRET_KEY": "demo-only-secret-key-never-for-production-0000000000000000"}),
    ("portal.E001", {"PII_KEYS": DEMO_KEY}),
    ("portal.E001", {"PII_KEYS": f"{SAFE['PII_KEYS']},{DEMO_KEY}"}),
    *(
        ("portal.E022", {"PII_KEYS": keys})
        for keys in ("", "2026", "2026:abc", "2026:!!!!", "2026:ключ", f"{SAFE['PII_KEYS']},{SAFE['PII_KEYS'][5:]}")
    ),
    *(("portal.E022", {"PII_KEYS": SAFE["PII_KEYS"] + more}) for more in ("IQ==", "!", "abcd", ",old:abc")),
    ("portal.E002", {"DEBUG": True}),
    ("portal.E003", {"HTTPS": False}),
    ("portal.E006", {"SMS_GATEWAY": "demo.messages.sms.PageSms"}),
    ("portal.E006", {"SMS_GATEWAY": "icpportal.gateways.sms.fake.FakeSms"}),
    ("portal.E018", ALIYUN | {"SMS_KEY_SECRET": ""}),
    ("portal.E018", ALIYUN | {"SMS_TEMPLATES": {}}),
    ("portal.E018", ALIYUN | {"SMS_GATEWAY": "icpportal.gateways.sms.tencent.TencentSms"}),
    ("portal.E019", POSTAL | {"ANYMAIL": {"POSTAL_API_URL": "https://postal.invalid", "POSTAL_API_KEY": "k"}}),
    ("portal.E019", POSTAL | {"ANYMAIL": {"POSTAL_WEBHOOK_KEY": "k"}}),
    ("portal.W005", ALIYUN | {"SMS_TEMPLATES": {"code_sign_up.zh": "SMS_1"}}),
    ("portal.E007", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
    ("portal.E007", {"EMAIL_BACKEND": "demo.messages.mail.PageEmailBackend"}),
    ("portal.E008", {"STAFF_SECOND_FACTOR": False}),
    ("portal.E009", {"PUBLIC_BASE_URL": "http://beian.example.com"}),
    ("portal.E023", {"TRUSTED_PROXY_COUNT": 0}),
    ("portal.E024", {"PUBLIC_BASE_URL": "https://elsewhere.example.com"}),
    ("portal.E024", {"ALLOWED_HOSTS": []}),
    ("portal.E030", {"PUBLIC_BASE_URL": "https://beian.example.com/filing"}),
    ("portal.E030", {"PUBLIC_BASE_URL": "https://beian.example.com/?x"}),
    ("portal.E025", {"DEFAULT_FROM_EMAIL": "filing"}),
    ("portal.E025", {"DEFAULT_FROM_EMAIL": "网站备案 <filing>"}),
    *(("portal.E026", {"SMS_HTTP": wrong}) for wrong in WRONG_SUPPLIERS),
    *(("portal.E032", {"SMS_HTTP": clear}) for clear in CLEAR_TEXTS),
    ("portal.E032", POSTAL | {"ANYMAIL": POSTAL_KEYS | {"POSTAL_API_URL": "http://postal.example.com"}}),
    ("portal.E033", ALIYUN | {"SMS_ENDPOINT": "http://dysmsapi.aliyuncs.com"}),
    ("portal.E033", ALIYUN | {"SMS_ENDPOINT": "dysmsapi.aliyuncs.com"}),
    ("portal.E033", ALIYUN | {"SMS_ENDPOINT": "https://[dysmsapi.aliyuncs.com]"}),
    *(("portal.E034", POSTAL | {"ANYMAIL": POSTAL_KEYS | {"POSTAL_API_URL": url}}) for url in UNREADABLE),
    ("portal.W006", CLEAR_MAIL),
    ("portal.E028", {"INVENTORY_CA_FILE": "/nowhere/ca.pem"}),
    ("portal.E028", {"PHOTO_APP_CA_FILE": "/"}),
    ("portal.E010", {"PRIVATE_ROOT": "/usr/share/portal/static/documents"}),
    ("portal.E010", {"QUARANTINE_ROOT": "/usr/share/portal/static"}),
    ("portal.E010", {"MINISTRY_ROOT": "/usr/share/portal/static/ministry"}),
    ("portal.E011", {"ALLOWED_HOSTS": ["*"]}),
    ("portal.E012", {"SERVER_PROVINCE": ""}),
    ("portal.E012", {"SERVER_PROVINCE": "71"}),
    ("portal.E012", {"SERVER_PLACES": {"cn-beijing": "11"}}),
    ("portal.E016", {"RETENTION": RETENTION | {"looks": replace(RETENTION["looks"], days=179)}}),
    ("portal.W007", {"VAR_DIR": "var"}),
    ("portal.W007", {"STATIC_ROOT": "collected"}),
    ("portal.W002", {"S3_BUCKET": "b", "S3_OPTIONS": BUCKET}),
    ("portal.W002", {"S3_BUCKET": "b", "S3_OPTIONS": BUCKET | {"region_name": "eu-central-1"}}),
    *(("portal.E035", {"S3_BUCKET": "b", "S3_OPTIONS": MAINLAND | {"endpoint_url": url}}) for url in NO_ENDPOINT),
    *(("portal.E035", OF_BACKUPS | {"BACKUP_S3": MAINLAND | {"endpoint_url": url}}) for url in NO_ENDPOINT),
    *(("portal.E036", {"S3_BUCKET": name, "S3_OPTIONS": MAINLAND}) for name in NO_BUCKET),
    *(("portal.E036", OF_BACKUPS | {"BACKUP_S3": BUCKET | {"region_name": name}}) for name in NO_REGION),
    ("portal.E037", {"S3_BUCKET": "b", "S3_OPTIONS": MAINLAND | {"secret_key": ""}}),
    ("portal.E037", {"S3_BUCKET": "b", "S3_OPTIONS": MAINLAND | {"access_key": ""}}),
    ("portal.E037", OF_BACKUPS | {"BACKUP_S3": MAINLAND | {"secret_key": None}}),
    ("portal.W003", {"REDIS_URL": ""}),
    ("portal.W008", {"REDIS_URL": "rediss://redis.example.com:6380/0?ssl_cert_reqs=none"}),
    ("portal.W008", {"REDIS_URL": "rediss://redis.example.com:6380/0?ssl_cert_reqs=CERT_NONE"}),
    ("portal.W004", {"SEAL_FILES": False}),
]


@pytest.mark.parametrize(("rule", "changed"), UNSAFE)
def test_each_unsafe_setting_is_reported_and_nothing_else(settings, rule, changed):
    assert findings(settings, **changed) == [rule]


@pytest.mark.django_db
def test_a_short_key_of_blind_indexes_starts_only_a_portal_that_has_run_with_it(settings):
    def outcome(key: str, *earlier: str) -> tuple[list[str], bool]:
        settings.BLIND_INDEX_KEY, settings.BLIND_INDEX_KEY_FALLBACKS = key, list(earlier)
        return [message.id for message in index_key_is_long(None)], bool(marks.short_index_key())

    settings.DEMO = False
    assert outcome("x") == (["portal.E029"], True)
    settings.BLIND_INDEX_KEY = "x"
    make_user()  # by an earlier version, which marked nothing
    assert outcome("x") == (["portal.I001"], False)
    assert marks.fault() == ""
    assert outcome("x") == (["portal.I001"], False)

    assert outcome("y", "x") == (["portal.E029"], True)
    assert outcome("b" * 32, "x") == ([], False)


def test_whoever_deploys_without_alerts_reads_that_alarms_go_to_nobody(settings):
    settings.DEMO, settings.ALERTS = False, []
    [remark] = alarms_are_sent(None)
    assert (remark.id, remark.is_serious(), "ALERTS" in remark.msg) == ("portal.I002", False, True)

    settings.ALERTS = ["mailto:operations@example.com"]
    assert alarms_are_sent(None) == []
    assert "(portal.I002) ALERTS names nobody" in manage("check", "--deploy", ALERTS="").stderr


def test_documents_inside_the_programs_folder_are_a_warning(settings):
    assert findings(settings, PRIVATE_ROOT=settings.BASE_DIR / "var" / "documents") == ["portal.W001"]


@pytest.mark.parametrize(
    "keys",
    ["2026", "2026:abc", "2026:!!!!", f"{PRODUCTION['PII_KEYS'][:-1]}AAA="],
    ids=["no key", "short", "no base64", "long"],
)
def test_invalid_keys_are_reported_by_the_deployment_check_without_being_shown(keys):
    done = manage("check", "--deploy", PII_KEYS=keys)

    assert done.returncode == 1
    assert "(portal.E022) PII_KEYS is not 'name:base64 of 32 bytes'" in done.stderr
    assert (keys in done.stderr, "Traceback" in done.stderr) == (False, False)


def test_keys_are_read_with_spaces_around_them(settings):
    assert findings(settings, PII_KEYS=f"{SAFE['PII_KEYS']} , old: {SAFE['PII_KEYS'][5:]}") == []


def test_root_is_warned_whose_files_the_processes_could_not_change(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(reserved, "owner_of", lambda folder: 10001 if folder == tmp_path else 0)

    assert findings(settings, VAR_DIR=tmp_path) == ["portal.W009"]
    assert findings(settings, VAR_DIR=tmp_path / "not" / "there" / "yet") == ["portal.W009"]
    assert findings(settings, VAR_DIR="/") == []
    monkeypatch.setattr(os, "geteuid", lambda: 10001)
    assert findings(settings, VAR_DIR=tmp_path) == []


def test_every_rule_has_a_setting_that_breaks_it():
    broken = {rule for rule, _ in UNSAFE} | {"portal.W001", "portal.W009"}

    assert broken == {rule.id for rule in RULES}


@pytest.mark.parametrize(
    "bucket",
    [
        {"region_name": "cn-north-1"},
        {"region_name": "oss-cn-beijing"},
        {"region_name": "ap-guangzhou"},
        {"endpoint_url": "https://oss-cn-shanghai.example.com"},
    ],
)
def test_a_bucket_in_the_mainland_is_accepted_and_the_disk_does_not_matter_then(settings, bucket):
    private = {"PRIVATE_ROOT": settings.BASE_DIR}

    assert findings(settings, S3_BUCKET="documents", S3_OPTIONS=BUCKET | bucket, **private) == []


def test_safe_settings_are_silent(settings):
    assert findings(settings) == []
    assert findings(settings, **ALIYUN) == []
    assert findings(settings, ALLOWED_HOSTS=[".example.com"], DEFAULT_FROM_EMAIL="网站备案 <filing@example.com>") == []


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost", "[::1]:9000", "relay.localhost"])
def test_a_program_on_the_same_machine_may_be_asked_without_encryption(settings, host):
    addresses = {"url": f"http://{host}/send", "check_url": f"http://{host}/"}

    assert findings(settings, SMS_HTTP=addresses, **CLEAR_MAIL | {"EMAIL_HOST": "localhost"}) == []


def test_mail_without_a_password_or_with_tls_is_as_good_as_its_server(settings):
    assert findings(settings, **CLEAR_MAIL | {"EMAIL_HOST_USER": ""}) == []
    assert findings(settings, **CLEAR_MAIL | {"EMAIL_USE_TLS": True}) == []
    assert findings(settings, **CLEAR_MAIL | {"EMAIL_USE_SSL": True}) == []


def test_the_deployment_check_names_a_supplier_of_texts_that_is_asked_in_the_clear():
    done = manage("check", "--deploy", SMS_HTTP='{"url": "http://sms.invalid/send"}')

    assert done.returncode == 1
    assert "(portal.E032) SMS_HTTP or ANYMAIL has an address with http://" in done.stderr


def test_an_address_that_nobody_can_read_stops_no_command_with_a_bare_error(settings):
    unreadable = {"ANYMAIL": POSTAL_KEYS | {"POSTAL_API_URL": "https://[postal.example.com]/"}}

    assert "portal.E032" not in findings(settings, **POSTAL | unreadable)


def test_the_deployment_check_says_that_it_checked_a_demo():
    done = manage("check", "--deploy", without=("PORTAL_MODE",))

    assert done.returncode == 1
    assert (
        "(portal.E027) PORTAL_MODE is not production: this is a demo, and none of its settings was judged."
        in done.stderr
    )


def test_the_demo_may_have_all_of_them(settings):
    settings.DEBUG = True

    assert settings.DEMO
    assert fit_for_production(None) == []


@pytest.mark.django_db
def test_the_rules_are_part_of_every_check(settings):
    settings.DEMO, settings.BLIND_INDEX_KEY = False, SAFE["BLIND_INDEX_KEY"]

    assert {"portal.E001", "portal.E003"} <= {message.id for message in run_checks()}


def test_a_complete_production_environment_passes_the_deployment_check():
    done = manage("check", "--deploy", "--fail-level", "WARNING")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (0 silenced).\n"


def test_the_deployment_check_stops_what_is_unsafe():
    done = manage("check", "--deploy", HTTPS="off", SIMULATORS="on", PUBLIC_BASE_URL="http://beian.example.com")

    assert done.returncode == 1
    for rule in ("portal.E003", "miit.E001", "portal.E009"):
        assert rule in done.stderr


@pytest.mark.django_db
def test_the_deployment_check_names_two_duties_in_one_account_and_superusers(settings):
    settings.DEMO, settings.BLIND_INDEX_KEY = False, SAFE["BLIND_INDEX_KEY"]
    settings.ALERTS = ["mailto:operations@example.com"]
    both, everything, closed = make_reviewer(email="both@example.com"), make_user("every@example.com"), make_reviewer()
    make_lead_reviewer()
    assert run_checks(include_deployment_checks=True, tags=["portal"]) == fit_for_production(None)

    for user in (both, closed):
        user.groups.add(Group.objects.get(name=roles.OPERATIONS))
    type(both).objects.filter(pk=everything.pk).update(is_superuser=True)
    type(both).objects.filter(pk=closed.pk).update(is_active=False)

    said = [(each.id, each.msg) for each in duties_are_apart(None)]
    assert said == [
        ("portal.E020", "The account b***@example.com holds roles of two duties."),
        ("portal.E021", "The account e***@example.com is a superuser: it holds every duty."),
    ]
    settings.DEMO = True
    assert duties_are_apart(None) == []


@pytest.mark.parametrize(
    "address", [*NO_ENDPOINT, "http://s3:9000", "https://oss-cn-beijing.invalid", "http://[::1]:9"]
)
@pytest.mark.parametrize("bucket", [*NO_BUCKET[:-1], "documents", "My_Bucket"])
def test_the_check_refuses_what_the_library_of_buckets_refuses(settings, address, bucket):
    """The request is signed and not sent. (The library takes an `--x-s3` for a bucket that it has to sign in to.)"""
    options = MAINLAND | {"endpoint_url": address}
    found = findings(settings, S3_BUCKET=bucket, S3_OPTIONS=options)

    try:
        S3Storage(**options, bucket_name=bucket).url("a.jpg")
    except (ValueError, BotoCoreError):
        assert set(found) & {"portal.E035", "portal.E036"}
    else:
        assert found == []


S3_SETTINGS = {"S3_REGION": "cn-beijing", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "s"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"S3_ENDPOINT_URL": "http://my_store:9000"}, "(portal.E035) S3_ENDPOINT_URL or BACKUP_S3_ENDPOINT_URL"),
        ({"S3_BUCKET": "My Bucket"}, "(portal.E036) S3_BUCKET, S3_REGION or BACKUP_S3_REGION"),
        ({"S3_SECRET_KEY": ""}, "(portal.E037) A bucket lacks one of its two keys"),
        ({"BACKUP_S3_ACCESS_KEY": "k", "S3_BUCKET": "", "S3_SECRET_KEY": ""}, "(portal.E037) A bucket lacks one"),
    ],
)
def test_the_check_names_a_setting_of_a_bucket_that_would_store_nothing(wrong, says):
    done = manage("check", **{"S3_BUCKET": "documents", **S3_SETTINGS, **wrong})

    assert done.returncode == 1
    assert says in done.stderr
    assert done.stderr.count("(portal.") == 1


def test_an_address_of_a_bucket_that_nothing_uses_stops_no_command():
    done = manage("check", "--deploy", S3_ENDPOINT_URL="s3:9000", S3_BUCKET="")

    assert (done.returncode, "portal." in done.stdout + done.stderr) == (0, False)


def test_a_setting_of_a_bucket_without_a_value_is_as_if_it_were_left_out():
    empty = dict.fromkeys(("BACKUP_S3_ENDPOINT_URL", "BACKUP_S3_REGION", "BACKUP_S3_ACCESS_KEY"), "")
    done = manage(
        *("shell", "--verbosity", "0", "-c"),
        "from django.conf import settings; print(settings.S3_OPTIONS['endpoint_url'], settings.BACKUP_S3)",
        **{"S3_BUCKET": "documents", **S3_SETTINGS, "S3_ENDPOINT_URL": "", **empty},
    )

    account = {"endpoint_url": None, "region_name": "cn-beijing", "access_key": "k", "secret_key": "s"}
    assert done.stdout.strip() == f"None {account}", done.stderr
