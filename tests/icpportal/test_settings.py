"""Without an environment it is the demo in var/; in production no secret has a default."""

import ast
import os
import re
import subprocess

import pytest
import yaml

from icpportal import settings as portal
from tests import fresh
from tests.icpportal.production import PRODUCTION, ROOT, environment, manage

EXAMPLE = ROOT / "production.env.example"
SECRETS = ("SECRET_KEY", "PII_KEYS", "BLIND_INDEX_KEY", "DATABASE_URL", "EMAIL_URL", "INVENTORY_TOKEN")


def value_of(expression, **environment):
    """The value of a setting in a new process with only this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    program = f"from icpportal import settings; print(({expression}))"
    done = fresh.run("-c", program, folder=ROOT, environment=kept | environment)
    done.check_returncode()
    return done.stdout.strip()


def raised_with(**changed):
    """The error that ends such a production start, with its cause and its context: what a collector would show."""
    program = """
try:
    import icpportal.settings
except Exception as problem:
    print(type(problem).__name__, problem.__cause__, problem.__context__)
"""
    return fresh.run("-c", program, folder=ROOT, environment=environment(PRODUCTION | changed)).stdout.strip()


def subjects():
    """The settings assigned by each module of icpportal/configuration/, by the module's name."""
    for path in sorted((ROOT / "icpportal/configuration").glob("[a-z]*.py")):
        stored = (each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(each, ast.Name))
        yield path.stem, {each.id for each in stored if isinstance(each.ctx, ast.Store) and each.id.isupper()}


def test_every_setting_belongs_to_one_subject():
    owners = {}
    for subject, names in subjects():
        for name in names:
            owners.setdefault(name, []).append(subject)

    assert {name: where for name, where in owners.items() if len(where) > 1} == {}
    assert owners["QUEUES"] == ["queues"]
    assert len(owners) > 200


def test_a_password_that_begins_with_a_dollar_is_no_reference_to_a_variable():
    assert value_of("settings.MIIT_PASSWORD", MIIT_PASSWORD="$ecret1", ecret1="another") == "$ecret1"


def test_every_subject_is_included():
    every = set().union(*(names for _subject, names in subjects()))
    without_s3_and_a_proxy = {"S3_OPTIONS", "SECURE_PROXY_SSL_HEADER"}

    assert [name for name in sorted(every - without_s3_and_a_proxy) if not hasattr(portal, name)] == []


def test_without_an_environment_everything_is_in_var():
    assert value_of("settings.DATABASES['default']['NAME']") == str(ROOT / "var" / "portal.sqlite3")
    assert value_of("str(settings.VAR_DIR), settings.DEMO, settings.SIMULATORS") == f"('{ROOT / 'var'}', True, True)"


def test_an_empty_address_of_the_database_means_the_demos_own():
    assert value_of("settings.DATABASES['default']['NAME']", DATABASE_URL="") == str(ROOT / "var" / "portal.sqlite3")


def test_the_data_folder_can_be_moved(tmp_path):
    folder = tmp_path / "elsewhere"

    assert value_of("settings.DATABASES['default']['NAME']", VAR_DIR=str(folder)) == str(folder / "portal.sqlite3")
    assert value_of("settings.CELERY_BROKER_TRANSPORT_OPTIONS['data_folder_in']", VAR_DIR=str(folder)) == str(
        folder / "broker" / "messages"
    )


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_prevents_the_start_and_is_named(name):
    done = manage("check", without=(name,))

    assert done.returncode != 0
    assert name in done.stderr


@pytest.mark.parametrize("given", ["", " "])
@pytest.mark.parametrize("name", ["MIIT_AES_KEY", "MIIT_AES_IV", "MIIT_PASSWORD", "INVENTORY_TOKEN", "PHOTO_APP_TOKEN"])
def test_whoever_leaves_a_secret_empty_is_told_which_and_nothing_starts(name, given):
    done = manage("check", **{"PHOTO_APP_URL": "https://app.invalid", "PHOTO_APP_TOKEN": "letters", name: given})

    assert (done.returncode, done.stdout) == (1, "")
    assert name in done.stderr
    assert "missing" in done.stderr


def test_a_ministry_that_agreed_to_plain_files_gives_no_key():
    done = manage("check", without=("MIIT_AES_KEY", "MIIT_AES_IV"), MIIT_ENCRYPT="off")

    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_mode_is_refused():
    done = manage("check", PORTAL_MODE="staging")

    assert done.returncode != 0
    assert "PORTAL_MODE is 'demo' or 'production'" in done.stderr


@pytest.mark.parametrize("name", SECRETS[:4])
def test_no_secret_of_production_equals_that_of_the_demo(name, tmp_path):
    of_the_demo = value_of(f"settings.{name}", VAR_DIR=str(tmp_path))

    assert PRODUCTION[name] != of_the_demo
    assert value_of(f"settings.{name}", **PRODUCTION) == PRODUCTION[name]


def test_sqlite_uses_wal_and_immediate_transactions(tmp_path):
    options = value_of("settings.DATABASES['default']['OPTIONS']", VAR_DIR=str(tmp_path))

    assert "'transaction_mode': 'IMMEDIATE'" in options
    assert "journal_mode=WAL" in options


def test_redis_is_used_for_tasks_and_cache_when_it_is_configured(tmp_path):
    url = "redis://cache.invalid:6379/3"

    assert value_of("settings.CELERY_BROKER_URL", VAR_DIR=str(tmp_path), REDIS_URL=url) == url
    assert value_of("settings.CACHES['default']['LOCATION']", VAR_DIR=str(tmp_path), REDIS_URL=url) == url
    transport = value_of("settings.CELERY_BROKER_TRANSPORT", VAR_DIR=str(tmp_path), REDIS_URL=url)
    assert transport == "icpportal.celery.broker:Transport"


@pytest.mark.parametrize(
    ("url", "tls", "ssl"),
    [("smtp+tls://u:p@mail.invalid:587", True, False), ("smtp+ssl://u:p@mail.invalid:465", False, True)],
)
def test_mail_is_encrypted_according_to_its_url(url, tls, ssl):
    assert (
        value_of("settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL", **(PRODUCTION | {"EMAIL_URL": url}))
        == f"({tls}, {ssl})"
    )


def test_a_bucket_that_says_nothing_is_given_up_before_the_proxy_gives_the_page_up():
    found = "settings.S3_OPTIONS['client_config']"
    seconds = value_of(
        f"{found}.read_timeout * {found}.retries['total_max_attempts']", **PRODUCTION, S3_BUCKET="b",
        S3_ACCESS_KEY="a", S3_SECRET_KEY="s",
    )  # fmt: skip
    read_timeout = int(re.search(r"proxy_read_timeout (\d+)s", (ROOT / "deploy/nginx/portal.conf").read_text())[1])
    assert int(seconds) < read_timeout


def test_a_bucket_without_the_packages_for_it_stops_the_start_and_says_which():
    program = """
import sys
sys.modules["botocore.config"] = None
try:
    import icpportal.settings
except Exception as problem:
    print(type(problem).__name__, problem, problem.__cause__)
"""
    given = environment(PRODUCTION | {"S3_BUCKET": "b", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "s"})
    done = fresh.run("-c", program, folder=ROOT, environment=given)
    says = "S3_BUCKET is set, and what requirements-s3.txt names is not installed."
    assert done.stdout.strip() == f"ImproperlyConfigured {says} None"


def test_cookies_belong_to_this_host_and_travel_encrypted():
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE"

    assert value_of(names, **PRODUCTION) == "('__Host-session', '__Host-csrf', True)"


def test_no_other_host_of_the_domain_can_choose_our_language_or_theme():
    names = "settings.LANGUAGE_COOKIE_NAME, settings.THEME_COOKIE_NAME"

    assert value_of(names, **PRODUCTION) == "('__Host-language', '__Host-theme')"


def test_a_form_may_lead_to_the_host_of_staff_and_back_and_only_if_there_is_one():
    led_to = "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']"
    public = PRODUCTION | {"PUBLIC_BASE_URL": "https://beian.invalid/"}

    assert value_of(led_to, **public) == "[\"'self'\"]"
    both = "[\"'self'\", 'https://beian.invalid', 'https://desk.invalid']"
    assert value_of(led_to, **(public | {"STAFF_HOST": "desk.invalid"})) == both


def test_the_address_in_an_alarm_has_one_slash_however_the_operator_ended_that_of_the_portal():
    says = "settings.PUBLIC_BASE_URL + '/admin/'"

    assert value_of(says, PUBLIC_BASE_URL="https://beian.invalid/") == "https://beian.invalid/admin/"


def test_https_is_detected_from_a_proxy_only_if_there_is_one():
    proxy = "getattr(settings, 'SECURE_PROXY_SSL_HEADER', None)"

    assert value_of(proxy, **PRODUCTION) == "('HTTP_X_FORWARDED_PROTO', 'https')"
    assert value_of(proxy, **(PRODUCTION | {"TRUSTED_PROXY_COUNT": "0"})) == "None"


def test_with_an_operators_values_the_compose_file_passes_the_deployment_check():
    """The containers' environment, with the example's blanks filled in, is a complete production environment."""
    given = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["web"]["environment"]
    example = dict(line.split("=", 1) for line in EXAMPLE.read_text().splitlines() if line and line[0] != "#")
    typed = example | {name: value for name, value in PRODUCTION.items() if name in {*example, "ALERTS"}}

    decided = {name: str(value) for name, value in given.items()} | {"DATABASE_URL": PRODUCTION["DATABASE_URL"]}
    image = {"VAR_DIR": "/data", "STATIC_ROOT": "/app/static-collected"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", only=typed | decided | image)

    assert (done.returncode, done.stderr) == (0, "")


def test_an_operator_whose_customers_are_agents_lets_an_account_do_more():
    names = ("verify_type", "text_account_hour", "text_account_day")
    amounts = f"[settings.LIMITS[name][0] // settings.ROOMIER for name in {names}]"
    given = {"TYPE_CHECKS_ACCOUNT_HOUR": "40", "TEXTS_ACCOUNT_HOUR": "30", "TEXTS_ACCOUNT_DAY": "100"}

    assert value_of(amounts) == "[10, 10, 20]"
    assert value_of(amounts, **given) == "[40, 30, 100]"


def test_the_pinned_settings_of_the_image_equal_the_demos():
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] not in " #"]

    assert pins
    assert [pin for pin in pins if "==" not in pin] == []


def test_a_backup_of_the_keys_of_pictures_is_kept_for_thirty_days_at_most():
    days = "settings.PICTURE_KEY_BACKUP_DAYS"

    assert value_of(days, **PRODUCTION) == "30"
    assert value_of(days, **(PRODUCTION | {"PICTURE_KEY_BACKUP_DAYS": "7"})) == "7"
    for wrong in ("31", "0"):
        with pytest.raises(subprocess.CalledProcessError) as refused:
            value_of(days, **(PRODUCTION | {"PICTURE_KEY_BACKUP_DAYS": wrong}))
        assert "PICTURE_KEY_BACKUP_DAYS is 1 to 30" in refused.value.stderr


POSTGRES = "postgres://portal:{}@postgres.invalid:5432/portal"


@pytest.mark.parametrize(
    ("name", "url", "password"),
    [
        *(
            ("DATABASE_URL", POSTGRES, password)
            for password in ("Geheim/wort", "2026/Geheim", "/Geheim", "7#Geheim", "7?Geheim", "G@h/eim")
        ),
        ("DATABASE_URL", "postgres://portal:{}@one.invalid:5432,two.invalid:5432/portal", "Geheim/wort"),
        ("EMAIL_URL", "smtp+tls://portal:{}@mail.invalid:587", "Geheim/wort"),
        ("EMAIL_URL", "smtp+tls://portal:{}@mail.invalid:587", "2026/Geheim"),
        ("EMAIL_URL", "smpt://portal:{}@mail.invalid:587", "Geheim"),
        ("REDIS_URL", "redis://:{}@redis.invalid:6379/0", "Geheim/wort"),
        ("REDIS_URL", ":{}@redis.invalid:6379/0", "Geheim"),
        ("DATABASE_URL", "//portal:{}@postgres.invalid/portal", "Geheim"),
        ("DATABASE_URL", "portal:{}@postgres.invalid/portal", "Geheim"),
    ],
)
def test_a_password_that_makes_its_url_invalid_is_not_printed_and_the_setting_is_named(name, url, password):
    done = manage("check", **{name: url.format(password)})

    (said,) = done.stderr.splitlines()
    assert done.returncode != 0
    assert said.startswith(f"{name} is no address. Check how it begins; in its user and password write / as %2F, # as")
    assert [word for word in ("Geheim", "eim", "Traceback", "2026") if word in done.stdout + done.stderr] == []


def test_an_error_about_a_url_contains_no_password_for_a_log_either():
    assert raised_with(DATABASE_URL=POSTGRES.format("Geheim/wort")) == "ImproperlyConfigured None None"


@pytest.mark.parametrize(
    ("url", "host", "name", "password"),
    [
        (
            "postgres://portal:Geheim%2F%23%3F%40%25%5B+@postgres.invalid/portal",
            "postgres.invalid",
            "portal",
            "Geheim/#?@%[+",
        ),
        (
            "postgres://portal:G@eim@one.invalid:5432,two.invalid:5433/portal",
            "one.invalid,two.invalid",
            "portal",
            "G@eim",
        ),
        ("postgres:////run/postgresql/portal", "/run/postgresql", "portal", ""),
    ],
)
def test_a_readable_url_is_parsed_as_before(url, host, name, password):
    found = "[settings.DATABASES['default'][each] for each in ('HOST', 'NAME', 'PASSWORD')]"

    assert value_of(found, **(PRODUCTION | {"DATABASE_URL": url})) == str([host, name, password])


HOSTS = "holds names of hosts alone, without https://, paths and spaces"
COLLECTOR = "cannot be read: it is https://KEY@HOST/NUMBER, or left out."
PRODUCTS = """cannot be read: it is JSON such as [{"key": "ecs", "zh": "云服务器", "en": "Cloud server"}]."""
NETWORKS = "cannot be read: it is networks such as 192.0.2.0/24, separated by commas."
FOLDER = "cannot be read: it is the path of a folder, such as /var/lib/portal, or left out."
NUMBER = "cannot be read: it is a whole number, such as 5000, or left out."


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SMS_BUDGET_DAY", "5,000", NUMBER),
        ("SMS_BUDGET_DAY", "", NUMBER),
        ("TRUSTED_PROXY_COUNT", "one", NUMBER),
        ("MIIT_ISP_ID", "Geheim", NUMBER),
        ("MIIT_POLL_SECONDS", "10;300", NUMBER),
        ("SECOND_LOOK_PERCENT", "five", "cannot be read: it is a number, such as 0.5, or left out."),
        ("QUIET_FROM", "25:00", "cannot be read: it is a time of day, such as 22:00, or left out."),
        ("QUIET_TO", "8", "cannot be read: it is a time of day, such as 22:00, or left out."),
        ("RETENTION_DAYS", "papers=x", "cannot be read: papers is a whole number of days, at least 1."),
        ("RETENTION_DAYS", "papers=-1", "cannot be read: papers is a whole number of days, at least 1."),
        ("RETENTION_DAYS", "papers=0", "cannot be read: papers is a whole number of days, at least 1."),
        ("RETENTION_DAYS", "papers", "cannot be read: it is NAME=VALUE, several separated by commas, or left out."),
        ("SMS_HTTP", '{"url": "Geheim}', "cannot be read: it is JSON, or left out."),
        ("SMS_TEMPLATES", "SMS_100001", "cannot be read: it is JSON, or left out."),
        ("SMS_TEMPLATES", '["SMS_100001"]', 'cannot be read: it is a JSON object, such as {"name": "value"}.'),
        ("SECOND_PERSON", "enabled", "cannot be read: it is on or off, or left out."),
        ("SEAL_FILES", "", "cannot be read: it is on or off, or left out."),
        ("STATIC_ROOT", "", FOLDER),
        ("VAR_DIR", " ", FOLDER),
        ("LOG_LEVEL", "info", "is DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("DEADMAN_URL", "ping.invalid", "is an address that begins with https://, or left out"),
        ("SENTRY_DSN", "Geheim", COLLECTOR),
        ("SENTRY_DSN", "https://errors.invalid/1", COLLECTOR),
        ("PROVIDER_PRODUCTS", '{"key": "vm"}', PRODUCTS),
        ("PROVIDER_PRODUCTS", '[{"key": "vm", "zh": "云主机"}]', PRODUCTS),
        ("PROVIDER_NETWORKS", "192.0.2.0/24,192.0.2.0/33", NETWORKS),
    ],
)
def test_an_invalid_setting_is_named_in_one_sentence_without_its_value(name, value, says):
    done = manage("check", **{name: value})

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{name} {says}\n")


def test_an_error_about_a_value_does_not_log_it_either():
    assert raised_with(SMS_HTTP='{"token": "Geheim}') == "ImproperlyConfigured None None"


KEPT = (
    "claims, consents, corrections, details, exports, filed_details, filed_papers, looks, messages, own_copies, papers"
)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("RETENTION_DAYS", "paper=60,messages=90", f"names paper: it may name {KEPT}, staff_log."),
        ("RETENTION_DAYS", "reports=1,audit=1", f"names audit, reports: it may name {KEPT}, staff_log."),
        ("BACKUP_KEPT_DAYS", "-1", "is a whole number from 0 to 36,500, or left out"),
        ("WAITS_KEPT_DAYS", "0", "is a whole number from 2 to 3,650, or left out"),
        ("WAITS_KEPT_DAYS", "9999999999", "is a whole number from 2 to 3,650, or left out"),
        ("DECISION_OPEN_SECONDS", "-5", "is a whole number from 0 to 86,400, or left out"),
        ("SMS_BUDGET_DAY", "0", "is a whole number from 1 to 1,000,000,000, or left out"),
        ("SMS_ENTERED_PERCENT", "250", "is a whole number from 0 to 100, or left out"),
        ("MIIT_CONNECT_SECONDS", "0", "is a whole number from 1 to 1,000,000,000, or left out"),
        ("UPLOADS_ORDER", "-1", "is a whole number from 1 to 1,000,000,000, or left out"),
        ("WEB_THREADS", "0", "is a whole number from 1 to 1,000, or left out"),
        ("ALLOWED_HOSTS", "beian.invalid,https://www.invalid", HOSTS),
        ("ALLOWED_HOSTS", "beian.invalid, www.invalid", HOSTS),
        ("STAFF_HOST", "https://desk.invalid", HOSTS),
    ],
)
def test_a_typing_error_that_would_weaken_a_rule_prevents_the_start(name, value, says):
    done = manage("check", **{name: value})

    assert (done.returncode, done.stderr) == (1, f"{name} {says}\n")


def test_valid_periods_and_switches_are_accepted():
    days = "[settings.RETENTION[each].days for each in ('papers', 'messages', 'details')]"

    assert value_of(days, RETENTION_DAYS="papers=60, messages=91") == "[60, 91, 90]"
    for word, means in (("On", "True"), ("1", "True"), ("YES", "True"), ("off", "False"), ("0", "False")):
        assert value_of("settings.SECOND_PERSON", SECOND_PERSON=word) == means


def test_quiet_hours_are_parsed_as_before():
    assert value_of("[str(each) for each in settings.QUIET_HOURS]", QUIET_TO="07:30") == "['22:00:00', '07:30:00']"


@pytest.mark.parametrize(
    ("alerts", "secret", "says"),
    [
        ("operations@example.com", "", "ALERTS names targets such as mailto:"),
        ("http://hooks.example.com", "s" * 16, "ALERTS names targets such as mailto:"),
        ("https://hooks.example.com", "short", "ALERTS_SECRET signs what goes to a webhook"),
    ],
)
def test_alarms_need_valid_addresses_and_signed_webhooks_or_the_portal_does_not_start(alerts, secret, says):
    done = manage("check", ALERTS=alerts, ALERTS_SECRET=secret)

    assert done.returncode != 0
    assert says in done.stderr


@pytest.mark.parametrize(
    "target", ["mailto:", "mailto:night-shift", "mailto:a@b.invalid, mailto:c@d.invalid", "https://"]
)
def test_an_alarm_that_would_reach_nobody_is_refused_before_it_is_needed(target):
    done = manage("check", ALERTS=target, ALERTS_SECRET="s" * 16)

    assert done.returncode == 1
    assert done.stderr.startswith("ALERTS names targets such as mailto:somebody@example.com")
