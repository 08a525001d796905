"""Loaded before Django's settings: tests keep every byte they write in a folder of their own."""

import atexit
import gc
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1: beside each other, each with data of its own
if worker or "VAR_DIR" not in os.environ:
    folder = tempfile.mkdtemp(prefix="portal-test-")
    os.environ["VAR_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

# pages name their style sheets plainly: no collected manifest is needed
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")

if worker and os.environ.get("REDIS_URL"):
    server, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(number) + int(worker.removeprefix('gw'))}"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
STRICT = os.environ.get("STRICT", "") not in ("", "0")  # then what is missing fails instead of being skipped
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres") and bool(os.environ.get("REDIS_URL"))
REASONS = {
    "browser": "" if CHROMIUM else "chromium is not installed (apt-get install chromium)",
    "services": "" if ON_POSTGRES else "runs on PostgreSQL and Redis only",
    "sqlite": "runs on SQLite and files only" if ON_POSTGRES else "",
}


# the real algorithm at its least cost: a quarter of the time went into the passwords of invented people
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


def pytest_collection_finish() -> None:
    """What was collected stays until the end: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real", action="store_true", help="open only files that mark tests as browser or worker")


def is_real(path: Path) -> bool:
    """Whether the text of a test file marks something as needing a browser or a worker."""
    text = path.read_text("utf-8")
    return any(f"mark.{name}" in text for name in REAL)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Opening all files takes longer than some of the phases that want a few of them."""
    unwanted = config.getoption("real") and collection_path.name.startswith("test_") and collection_path.is_file()
    return True if unwanted and not is_real(collection_path) else None


def pytest_sessionstart() -> None:
    """Addresses are read with the settings as they are, not as the first test that needs them has changed them."""
    import_module("icpportal.urls")
    import_module("tests.strict_templates").install()


# these touch a database or a worker, but what they prove does not lie in it
ONCE = tuple(
    str(Path(__file__).parent / place)
    for place in (
        "icpportal/gateways/miit/simulator",
        "icpportal/test_look",
        "icpportal/test_demo_command.py",
        "icpportal/test_supervisor.py",
        # forms, texts and templates: races and whole walks of the same pages run on both
        "transfers/views/",
        "transfers/steps/",
        "transfers/review/test_enter.py",
        "transfers/test_what_differs.py",
        "transfers/test_licence_numbers.py",
        "filings/legacy/views/",
        "filings/test_rules_pages.py",
        "icpportal/accounts/test_declared_lookups.py",
        "icpportal/accounts/test_admin.py",
        "icpportal/accounts/test_contact.py",
        "icpportal/accounts/test_reset.py",
        "icpportal/accounts/test_roles.py",
        "icpportal/accounts/test_security.py",
        "icpportal/accounts/test_sign_in.py",
        "icpportal/accounts/test_sign_up.py",
        "icpportal/gateways/miit/test_admin.py",
        "icpportal/gateways/miit/test_correlation.py",
        "icpportal/gateways/miit/test_damage.py",
        "icpportal/gateways/miit/test_polling.py",
        "icpportal/gateways/miit/test_reactions.py",
        "icpportal/gateways/miit/test_resync.py",
        "icpportal/gateways/miit/test_sending_over_http.py",
        "icpportal/management/commands/test_miit.py",
        "icpportal/outbox/test_channels.py",
        "icpportal/workdays",
        "filings/legacy/test_admin.py",
        "filings/test_admin.py",
        "test_han_in_english.py",
        "transfers/review/test_typed.py",
        "transfers/test_again_over_the_wire.py",
        "transfers/test_asking_type.py",
        "transfers/test_authority_words.py",
        "transfers/test_bad_orders.py",
        "transfers/test_cancel_over_the_wire.py",
        "transfers/test_for_cause.py",
        "transfers/test_opening.py",
        "transfers/test_outcomes.py",
        "transfers/test_refused.py",
        "transfers/test_reuse.py",
        "transfers/test_several_reports.py",
        "transfers/test_waits_for_other_decision.py",
        "transfers/test_stages.py",
        "walk/test_rules.py",
        "icpportal/outbox/test_views.py",
        "icpportal/outbox/test_catalogue.py",
        "icpportal/outbox/test_demo_views.py",
        "verification/documents/",
        "verification/photos/",
        "verification/statement/",
        "journeys/test_ministry_away.py",
        "journeys/test_transfer.py",  # the rehearsal walks the same without a browser
        "journeys/test_another.py",
        "journeys/test_cancel.py",
        "journeys/test_stalled_gateways.py",
        "journeys/test_by_phone.py",
        "journeys/test_import.py",
        "journeys/test_offered.py",
        "journeys/test_order_row.py",
        "journeys/test_rehearse_2020.py",
    )
)
DATABASE = {"db", "transactional_db"}
REAL = ("browser", "worker")
# begun in this order, so that the longest are not the last to end; the others follow
LONGEST_FIRST = (
    "axe",
    "offered",
    "killed_often",
    "ministry_away",
    "transfer",
    "rehearse_2020",
    "killed_worker",
    "rehearse",
    "look_browser",
)

LONG = ("test_walk.py", "test_years.py")  # the same for what runs side by side


def runs_once(item: pytest.Item) -> bool:
    """Whether a second run on other services would prove nothing new: no database, no worker, or said so above."""
    if str(item.path).startswith(ONCE):
        return True
    real = any(item.get_closest_marker(name) for name in ("django_db", "worker", "browser", "services"))
    return not real and not DATABASE & set(getattr(item, "fixturenames", ()))


def place(path: Path) -> int:
    """How early a file of browsers and workers is begun."""
    name = path.stem.removeprefix("test_")
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what runs once; says why a test cannot run here, unless nothing may be skipped."""
    if config.getoption("real"):
        items.sort(key=lambda item: place(item.path))
    else:
        items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        if any(item.get_closest_marker(name) for name in REAL) and not is_real(item.path):
            raise pytest.UsageError(f"{item.nodeid}: where a browser or worker is used, the file itself must say so")
        if runs_once(item):
            item.add_marker(pytest.mark.once)
        for marker, reason in REASONS.items():
            if reason and not STRICT and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
