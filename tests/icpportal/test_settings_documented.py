"""Settings, example, compose file and document list the same settings.

`SETTINGS=write pytest tests/icpportal/test_settings_documented.py` writes the table of the document.
"""

import os

import pytest
import yaml

from tests.icpportal.production import manage
from tests.icpportal.settings_table import EXAMPLE, NOT_THERE, ROOT, read, settings, table

DOCUMENT = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- settings: from production.env.example -->\n", "\n<!-- end of settings -->"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
OURS = ("migrate", "web", "worker", "worker-codes", "worker-ministry", "worker-pictures", "beat")
NEEDED = [setting.name for setting in settings() if setting.is_needed]


def test_every_setting_is_in_the_example_or_says_who_else_sets_it() -> None:
    named = {setting.name for setting in settings()}

    assert read() - named - set(NOT_THERE) == set()
    assert named - read() == {"POSTGRES_PASSWORD"}  # part of DATABASE_URL
    assert set(NOT_THERE) - read() == set()
    assert named & set(NOT_THERE) == set()


def test_every_line_of_the_example_has_a_comment() -> None:
    assert [setting.name for setting in settings() if not setting.words] == []


def test_no_setting_is_in_the_example_twice() -> None:
    names = [setting.name for setting in settings()]

    assert [name for name in names if names.count(name) > 1] == []


def test_the_document_contains_the_table_of_the_example() -> None:
    text = DOCUMENT.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    if os.environ.get("SETTINGS") == "write":
        DOCUMENT.write_text(before + BEGIN + table() + END + after, "utf-8")

    assert DOCUMENT.read_text("utf-8") == before + BEGIN + table() + END + after


@pytest.mark.parametrize("name", OURS)
def test_every_process_of_the_compose_file_gets_every_setting(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["env_file"] == ["${ENV_FILE:-.env}"]
    assert set(service["environment"]) <= {*NOT_THERE, "TRUSTED_PROXY_COUNT"}


def test_the_bucket_of_the_compose_file_is_made_though_the_store_is_not_up_yet() -> None:
    """`depends_on` waits until the store was started, and its image has no program to ask whether it answers."""
    assert COMPOSE["services"]["s3-bucket"]["restart"] == "on-failure"


def test_all_missing_settings_are_named_in_one_sentence() -> None:
    done = manage("check", only={"PORTAL_MODE": "production"})

    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert [name for name in ("SECRET_KEY", "PII_KEYS", "EMAIL_URL", "MIIT_USER") if name not in done.stderr] == []


def test_every_placeholder_left_in_the_example_is_named_by_the_check() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and line[0] != "#")
    address = {"DATABASE_URL": f"postgres://portal:{example.pop('POSTGRES_PASSWORD')}@postgres:5432/portal"}
    image = {"PORTAL_MODE": "production", "VAR_DIR": "/data", "STATIC_ROOT": "/app/static", "MIIT_ISP_ID": "7"}
    province = {"SERVER_PROVINCE": "64"}  # an invalid one prevents the start by itself

    done = manage("check", only=example | address | image | province)

    named = {name for name in [*example, *address] if f"{name} still has a value of" in done.stderr}
    assert done.returncode != 0
    assert {*example, *address} - named == {
        "MIIT_ISP_ID", "SERVER_PROVINCE", "TRUSTED_PROXY_COUNT", "SMS_GATEWAY", "INVENTORY_GATEWAY", "PROVIDER_HOURS"
    }  # fmt: skip
