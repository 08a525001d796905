"""Several processes on one outbox, one of them killed: every message arrives, and none twice on the page."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from icpportal.outbox import delivery
from tests import fresh, migrated

ROOT = Path(__file__).resolve().parents[3]
NUMBER = 40
QUEUE = f"""
from icpportal.outbox.actions import notify
for number in range({NUMBER}):
    notify(key=f"code:{{number}}", template="code_sign_in", channel="sms", to="13900000001", language="en",
         context={{"code": f"{{number:06}}"}})
"""


@pytest.fixture
def own(tmp_path):
    """The environment of a portal with its own database."""
    return {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        "SMS_GATEWAY": "tests.icpportal.outbox.slow_page.SlowPage",
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "icpportal.settings",
    }


def begin(own: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """`manage.py` as a process running beside the test."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    out, _err = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return out


def ran(own: dict[str, str], *arguments: str) -> str:
    """The output of `manage.py` once it has ended."""
    done = fresh.run("manage.py", *arguments, folder=ROOT, environment=own)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sheets(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in (folder / "messages").glob("*.json")]


def wait_for(number: int, folder: Path) -> None:
    ends = time.monotonic() + 60
    while len(list((folder / "messages").glob("*.json"))) < number:
        assert time.monotonic() < ends, "nothing is being delivered"
        time.sleep(0.02)


def test_a_killed_process_loses_no_message_and_the_others_duplicate_none(own, tmp_path):
    migrated.copy_to(tmp_path / "portal.sqlite3")
    ran(own, "shell", "-v0", "-c", QUEUE)
    processes = [begin(own, "deliver_outbox", "--json") for _ in range(3)]
    wait_for(5, tmp_path)

    processes[0].kill()
    totals = [json.loads(finish(process)) for process in processes[1:]]
    processes[0].communicate()

    after_lease = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 90))
    last = json.loads(ran(own, "deliver_outbox", "--json", "--at", after_lease))
    delivered = {sheet["key"]: sheet["text"] for sheet in sheets(tmp_path)}
    assert set(delivered) == {f"code:{number}" for number in range(NUMBER)}
    assert len(sheets(tmp_path)) == NUMBER
    assert last["left"] == 0
    assert last["delivered"] <= 4 * delivery.FEW  # at most what the killed process had reserved
    assert sum(one["failed"] + one["faults"] for one in [*totals, last]) == 0
