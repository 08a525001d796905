"""Loaded before Django's settings: tests keep all their files in a folder of their own."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from _pytest import runner
from xdist.scheduler import LoadScopeScheduling

from icpportal.pages.call_stack import with_room
from tests.passwords import at_least_cost
from tests.starting_order import place, spread

worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1: run in parallel, each with its own data
if worker or "VAR_DIR" not in os.environ:
    folder = tempfile.mkdtemp(prefix="portal-test-")
    os.environ["VAR_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

if worker:  # what tests start uses memory as in production, not as `tests/run.py` has it
    for name in ("PYTHONMALLOC", "MIMALLOC_ALLOW_LARGE_OS_PAGES"):
        os.environ.pop(name, None)

# plain names of style sheets: no collected manifest is needed
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")

# a decision takes effect at once; the tests of the delay set one
os.environ.setdefault("DECISION_OPEN_SECONDS", "0")

# one person is enough; the tests of the second person turn it on
os.environ.setdefault("SECOND_PERSON", "off")

# no accepted order gets a second look; the tests of the second look turn it on
os.environ.setdefault("SECOND_LOOK_PERCENT", "0")
os.environ.setdefault("SECOND_LOOK_RISKS", "")

if worker and os.environ.get("REDIS_URL"):
    server, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(number) + int(worker.removeprefix('gw'))}"

# the shell renders like the whole browser, without a window system, for half of the computing
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), "")
# one process renders all windows and another is the browser, or each window starts its own
ONE_PROCESS = ["--in-process-gpu", "--process-per-site", "--renderer-process-limit=1"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
    *ONE_PROCESS,
    # no script runs long enough to be worth compiling, least of all on threads of its own
    "--js-flags=--single-threaded --no-turbofan --no-maglev",
]
STRICT = os.environ.get("STRICT", "") not in ("", "0")  # then missing services fail instead of being skipped
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres") and bool(os.environ.get("REDIS_URL"))
LONG = os.environ.get("LONG", "") not in ("", "0")  # more cases of what one case shows
REASONS = {
    "browser": "" if CHROMIUM else "no chromium is installed (apt-get install chromium-headless-shell)",
    "services": "" if ON_POSTGRES else "runs on PostgreSQL and Redis only",
    "sqlite": "runs on SQLite and files only" if ON_POSTGRES else "",
}


at_least_cost()  # a quarter of the time went into hashing passwords
# with Python's defaults a twentieth of the time went into garbage collection, and with 100,000 a thirtieth into memory
# that had left the processor's cache before it was used again
gc.set_threshold(30_000, 20, 100)


RUN = with_room(runner.pytest_runtest_protocol)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As always, with room for deep calls: a page in a test is called through pytest, a hundred calls deeper."""
    return RUN(item, nextitem)


def pytest_collection_finish() -> None:
    """Freezes what was collected, as it stays until the end: the garbage collector need not scan it again.

    What is garbage stays too: some hundred objects of half a million, not worth a scan of all of them.
    """
    if "botocore.loaders" in sys.modules:  # a test file has imported the library of buckets
        import_module("tests.bucket_data").install()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--real", action="store_true", help="open only files that mark tests as browser or worker")


def is_real(path: Path) -> bool:
    """Whether a test file's text marks something as needing a browser or a worker."""
    text = path.read_text("utf-8")
    return any(f"mark.{name}" in text for name in REAL)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skips files by their text: importing all of them takes longer than some phases that run only a few."""
    if not collection_path.name.startswith("test_") or not collection_path.is_file():
        return None
    unwanted = config.getoption("real") and not is_real(collection_path)
    again = config.getoption("markexpr").startswith(AGAIN) and str(collection_path).startswith(ONCE)
    return True if unwanted or again else None


def pytest_sessionstart(session: pytest.Session) -> None:
    """Reads the URL patterns with the unchanged settings, not with those of the first test that needs them.

    Django caches them for the next test of the portal, even after one that has patterns of its own.
    """
    import_module("icpportal.urls")
    import_module("tests.addresses").keep()
    import_module("tests.strict_templates").install()
    import_module("tests.contexts").install()
    import_module("tests.flush").install()
    import_module("tests.logins").install()
    import_module("tests.refused_forms").install()
    if worker and session.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        import_from_own_part_on(int(worker.removeprefix("gw")), session.config)


def import_from_own_part_on(number: int, config: pytest.Config) -> None:
    """Imports the test files, beginning with another part of them in each process, so that no two compile the same.

    Compiling takes longer than everything else of collecting them.
    """
    tests = Path(__file__).parent
    files = [path for path in sorted(tests.rglob("test_*.py")) if not pytest_ignore_collect(path, config)]
    begin = len(files) * number // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for path in files[begin:] + files[:begin]:
        with suppress(Exception):  # collecting it reports what is wrong
            import_module(".".join(path.relative_to(tests.parent).with_suffix("").parts))


# these touch a database or a worker, but what they prove does not depend on it
ONCE = tuple(
    str(Path(__file__).parent / place)
    for place in (
        "demo/ministry/",
        "icpportal/test_look",
        "demo/management/test_demo.py",
        "demo/supervisor/test_processes.py",
        "demo/old_platform/",
        # forms, texts and templates: races and whole walks of the same pages run on both databases
        "transfers/views/",
        "transfers/steps/",
        "transfers/authority/test_again_over_the_wire.py",
        "transfers/authority/test_refused.py",
        "transfers/authority/test_several_reports.py",
        "transfers/authority/test_waits_for_other_decision.py",
        "transfers/cancellation/test_cause.py",
        "transfers/cancellation/test_over_the_wire.py",
        "transfers/cancellation/test_views.py",
        "transfers/check/test_views.py",
        "transfers/dashboard/test_views.py",
        "transfers/phone_upload/test_pages.py",
        "transfers/documents/test_reuse.py",
        "transfers/documents/views/",
        "transfers/filing_type/test_facts.py",
        "transfers/filing_type/test_outcomes.py",
        "transfers/filing_type/test_start_views.py",
        "transfers/filing_type/test_transfer_another_views.py",
        "transfers/filing_type/test_views.py",
        "transfers/order_page/test_move_views.py",
        "transfers/order_page/test_views.py",
        "transfers/pages/",
        "transfers/phones/test_views.py",
        "transfers/photo/views/",
        "transfers/service_codes/",
        "filings/legacy_import/test_admin.py",
        "filings/legacy_import/views/",
        "transfers/review/test_enter.py",
        "transfers/test_what_differs.py",
        "transfers/test_licence_numbers.py",
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
        "icpportal/gateways/miit/codes/test_return_codes.py",
        "icpportal/gateways/miit/incoming/test_correlation.py",
        "icpportal/gateways/miit/incoming/test_damage.py",
        "icpportal/gateways/miit/line/test_polling.py",
        "icpportal/outbox/texts/test_catalogue.py",
        "icpportal/gateways/miit/test_resync.py",
        "icpportal/gateways/miit/test_sending_over_http.py",
        "icpportal/management/commands/test_miit.py",
        "icpportal/outbox/test_channels.py",
        "icpportal/workdays",
        "filings/test_admin.py",
        "test_han_in_english.py",
        "transfers/review/test_typed.py",
        "transfers/test_bad_orders.py",
        "walk/test_rules.py",
        "icpportal/outbox/test_views.py",
        "demo/messages/test_views.py",
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
        "transfers/review/test_admin.py",
        "transfers/orders/test_every_move.py",
        "transfers/order_page/test_words_of_states.py",
        "transfers/notifications/",
        "transfers/footer/",
        "transfers/authority/test_codes_over_the_wire.py",
        "icpportal/pages/",
        "icpportal/gateways/miit/codes/",
        "icpportal/gateways/miit/test_phones.py",
        "icpportal/accounts/sign_in/",
        "icpportal/accounts/test_guards.py",
        "icpportal/accounts/test_letters.py",
        "icpportal/accounts/test_languages.py",
        "verification/test_models.py",
    )
)
AGAIN = "(not sqlite and not once"  # the marker expression of the second run in `tests/run.py`
DATABASE = {"db", "transactional_db"}
REAL = ("browser", "worker")
BY_TEST = ("test_axe.py", "test_killed_worker.py")  # the tests of these files share nothing

# half of the time of tests without browser and worker: left out of `make test-fast`
SLOW = tuple(
    str(Path(__file__).parent / place)
    for place in (
        "demo/ministry/",
        "demo/supervisor/",
        "icpportal/accounts/test_declared_lookups.py",
        "icpportal/accounts/test_without_redis.py",
        "icpportal/gateways/miit/client/test_client.py",
        "icpportal/gateways/miit/client/test_transport.py",
        "icpportal/gateways/miit/incoming/test_damage.py",
        "icpportal/gateways/miit/incoming/test_inbox.py",
        "icpportal/gateways/miit/line/test_lease.py",
        "icpportal/gateways/miit/line/test_polling.py",
        "icpportal/gateways/miit/test_resync.py",
        "icpportal/gateways/miit/test_sending_killed.py",
        "icpportal/gateways/miit/test_sending_over_http.py",
        "icpportal/gateways/test_request_budget.py",
        "icpportal/management/commands/test_check_gateways.py",
        "icpportal/operations/monitoring/test_error_reports.py",
        "icpportal/operations/test_checks.py",
        "icpportal/operations/test_file_broker.py",
        "icpportal/operations/test_startup.py",
        "icpportal/outbox/receipts/test_mail_events.py",
        "icpportal/outbox/test_killed_process.py",
        "icpportal/outbox/test_together.py",
        "icpportal/outbox/test_unknown.py",
        "icpportal/privacy/key_change/test_rotation.py",
        "icpportal/privacy/test_dump.py",
        "icpportal/backup/test_drill.py",
        "icpportal/celery/",
        "icpportal/database/test_silence.py",
        "icpportal/test_settings.py",
        "icpportal/test_without_demo.py",
        "icpportal/test_years.py",
        "journeys/test_counted.py",
        "previous_version/",
        "test_documents.py",
        "test_han_in_english.py",
        "test_run.py",
        "transfers/authority/test_again_over_the_wire.py",
        "transfers/authority/test_codes_over_the_wire.py",
        "transfers/authority/test_over_the_simulator.py",
        "transfers/authority/test_restored_backup.py",
        "transfers/authority/test_several_reports.py",
        "transfers/authority/test_waits_for_other_decision.py",
        "transfers/cancellation/test_over_the_wire.py",
        "transfers/deadlines/test_backlog.py",
        "transfers/documents/test_picture_advice.py",
        "transfers/phones/test_windows.py",
        "transfers/retention/test_three_years.py",
        "transfers/review/search/test_search.py",
        "transfers/review/test_races.py",
        "transfers/review/test_second_look.py",
        "transfers/review/test_typed.py",
        "transfers/test_indexes.py",
        "transfers/test_licence_numbers.py",
        "transfers/test_many.py",
        "transfers/views/test_back.py",
        "verification/documents/sandbox/",
        "verification/documents/test_s3.py",
        "verification/pictures/test_checks.py",
        "verification/pictures/test_web_processes.py",
        "verification/test_filing_passwords.py",
        "walk/",
    )
)


def runs_once(item: pytest.Item) -> bool:
    """Whether a second run on other services would prove nothing new: no database, no worker, or listed above."""
    if str(item.path).startswith(ONCE):
        return True
    real = any(item.get_closest_marker(name) for name in ("django_db", "worker", "browser", "services"))
    return not real and not DATABASE & set(getattr(item, "fixturenames", ()))


class ByFile(LoadScopeScheduling):
    """One process runs the tests of a file, because they share a portal; those of `BY_TEST` go to any free process."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if Path(file).name in BY_TEST else file


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return ByFile(config, log) if config.getoption("real") else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Marks the tests before `-m` chooses, and puts the chosen ones into the order in which they start."""
    mark(items)
    yield
    if config.getoption("real"):
        items.sort(key=lambda item: place(item.path))
    elif worker:
        items[:] = spread(items, int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))


def mark(items: list[pytest.Item]) -> None:
    """Marks what runs once and what is slow; skips tests that cannot run here with a reason, unless STRICT is set."""
    for item in items:
        if any(item.get_closest_marker(name) for name in REAL) and not is_real(item.path):
            raise pytest.UsageError(f"{item.nodeid}: where a browser or worker is used, the file itself must say so")
        if runs_once(item):
            item.add_marker(pytest.mark.once)
        elif item.get_closest_marker("alone"):
            raise pytest.UsageError(f"{item.nodeid}: what runs alone runs once, for everything else waits for it")
        if str(item.path).startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        for marker, reason in REASONS.items():
            if reason and not STRICT and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
