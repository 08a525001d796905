"""The volume of a portal on SQLite is full: reading works, writing is refused in words, and it recovers by itself."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from demo.rehearsal.http_browser import Browser, Form, UnexpectedPage
from tests import fresh, migrated
from tests.icpportal.processes import resume, stop, with_word
from tests.journeys import volume
from tests.journeys.portal import ROOT, Portal, run_wide, running
from tests.journeys.scene import wait

pytestmark = [pytest.mark.worker, pytest.mark.sqlite]
LIN = {"login": "lin@example.com", "password": "demo-Beian-2026"}
RENAMED = {"site_name": "新名称示例"}
CALLED = "ops@example.com"
LITTLE = 100 * 1024 * 1024
LOG = 8 * 1024 * 1024  # more than SQLite writes before it moves its log into the database by itself
CELERY = "icpportal.celery"  # in the commands of worker and beat
KNOWN = """
import json
from transfers.models import Order
mine = Order.objects.filter(owner__email="lin@example.com", state="returned")
print(json.dumps([[each.reference, each.version, each.answers] for each in mine]))
"""
# the session was last recorded before the pause in which nobody writes it
IDLE = """
from importlib import import_module
from django.conf import settings
from django.contrib.sessions.models import Session
for row in Session.objects.all():
    store = import_module(settings.SESSION_ENGINE).SessionStore(row.session_key)
    if "seen_at" in store:
        store["seen_at"] -= 600
        store.save()
"""
LOOK = "from icpportal.operations.monitoring.watch import watch_health; from django.utils import timezone; {}"
ALARMS = """
import json
from icpportal.alarms.models import Alarm
print(json.dumps([[each.cause, each.cleared_at is None] for each in Alarm.objects.filter(cause="health.disk")]))
"""


@dataclass
class Filled:
    """A portal, its volume, and a signed-in person with an open form."""

    portal: Portal
    volume: volume.Mounted
    lin: Browser

    def asked(self, code: str) -> list:
        return json.loads(self.portal.manage("shell", "-v", "0", "-c", code).strip().splitlines()[-1])

    def look(self) -> None:
        """What beat sends every minute."""
        self.portal.manage("shell", "-v", "0", "-c", LOOK.format("watch_health(timezone.now())"))

    def fill(self) -> None:
        """No room for another byte, not even in SQLite's log, which is written where it was already read."""
        with self.kept_full():
            pass

    @contextmanager
    def kept_full(self) -> Iterator[None]:
        """Keeps it so while somebody presses a button: only the web runs, and what it deletes is taken at once.

        What worker and beat delete becomes free, and on a busy machine the web wrote there before we did.
        """
        stopped: set[int] = set()

        def is_written() -> bool:
            resume(stopped)
            stopped.update(with_word(str(self.volume.folder)) & with_word(CELERY))
            assert stopped, "neither worker nor beat was found"
            stop(stopped)
            return self._wrote_log()

        try:
            wait(is_written, "the log was never written into the database", 60)
            with self.volume.kept_full():
                yield
        finally:
            resume(stopped)

    def _wrote_log(self) -> bool:
        """Moves all of SQLite's log into the database, and whether nobody held a lock, as a stopped process might."""
        self.volume.leave(LOG)
        with closing(sqlite3.connect(self.volume.folder / "portal.sqlite3", timeout=2)) as connection:
            (busy, _pages, _moved) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def page_of(self, order: str) -> Form:
        return self.lin.get(f"/transfers/{order}/website/").form("site_name")


@pytest.fixture
def filled(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path / "volume"
    folder.mkdir()
    with (
        volume.small(folder) as small,
        running(folder, common=run_wide(tmp_path_factory), ALERTS=f"mailto:{CALLED}") as portal,
    ):
        lin = Browser(portal.url)
        lin.send(lin.get("/account/login/").form("login", "password"), LIN)
        yield Filled(portal, small, lin)


def test_a_full_volume_is_reported_then_read_only_and_then_forgotten(filled: Filled) -> None:
    (order, version, answers), *_others = filled.asked(KNOWN)
    page = filled.page_of(order)
    filled.portal.manage("shell", "-v", "0", "-c", IDLE)
    if filled.volume.shows_room:
        filled.volume.leave(LITTLE)
        filled.look()
        filled.look()
        assert filled.asked(ALARMS) == [["health.disk", True]]

    filled.fill()

    for _turn in range(2):
        for path in ("/", "/help/", "/rules/", "/filings/", f"/transfers/{order}/", "/account/", "/healthz", "/readyz"):
            assert filled.lin.get(path).status == 200, path
    stranger = Browser(filled.portal.url)
    for browser, form, typed, says in (
        (filled.lin, page, RENAMED, "刚才提交的内容未保存，浏览器中仍保留：请返回上一页"),
        (stranger, stranger.get("/account/login/").form("login", "password"), LIN, "was not saved. Your browser still"),
    ):
        with filled.kept_full(), pytest.raises(UnexpectedPage, match="503"):
            browser.send(form, typed)
        assert says in browser.page.html
    if filled.volume.shows_room:
        health = requests.get(f"{filled.portal.url}/healthz/deep", timeout=10)
        assert health.status_code == 503
        assert health.json()["checks"]["disk"] == {"ok": False, "free_mb": 0}

    filled.volume.empty()

    assert filled.asked(KNOWN)[0] == [order, version, answers]
    saved = filled.lin.send(page, **RENAMED)
    assert saved.status == 200, saved.trouble()
    assert filled.asked(KNOWN)[0][2]["website"]["site_name"] == RENAMED["site_name"]
    wait(lambda: requests.get(f"{filled.portal.url}/healthz/deep", timeout=10).status_code == 200, "it stays red", 60)
    if filled.volume.shows_room:
        filled.look()
        assert filled.asked(ALARMS) == [["health.disk", False]]


# one request of a process with no other beside it, as in the night
LONE = """
import django
django.setup()
from django.core.signals import request_finished
from django.db import connection
connection.cursor().execute("SELECT 1 FROM transfers_order")
request_finished.send(sender=None)
"""


def test_the_files_beside_the_database_survive_a_request(tmp_path: Path) -> None:
    migrated.copy_to(tmp_path / "portal.sqlite3")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "icpportal.settings"}
    looks = "import os; print(*sorted(os.listdir(os.environ['VAR_DIR'])))"

    seen = fresh.run("-c", LONE + looks, folder=ROOT, environment=environment)

    assert "portal.sqlite3-shm" in seen.stdout.split(), seen.stderr
