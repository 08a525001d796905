"""The ministry is down for a while in the middle of everything: the order is late, and nothing is lost or doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.ministry.api.client import SimulatorClient
from demo.rehearsal.http_browser import Browser
from tests.journeys.portal import ROOT, Portal, run_wide, running

pytestmark = pytest.mark.worker
AWAY_SECONDS = 8
KILLS = 2


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running(tmp_path_factory.mktemp("away"), common=run_wide(tmp_path_factory)) as started:
        yield started


def ministry(portal: Portal) -> SimulatorClient:
    return SimulatorClient(Browser(portal.url).get("/demo/authority/").url)


def simulator_processes(portal: Portal) -> list[int]:
    """Every process of the demo's simulator, found by its database."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            environment = (entry / "environ").read_bytes().decode(errors="replace")
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        ours = f"VAR_DIR={portal.environment['VAR_DIR']}\0" in environment
        if ours and "simulator" in command and "run_with_parent" not in command:
            found.append(int(entry.name))
    return found


def kill(portal: Portal) -> None:
    for process in simulator_processes(portal):
        os.kill(process, signal.SIGKILL)


def rehearsal(portal: Portal) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "manage.py", "rehearse", "--base-url", portal.url, "--province", "12", "--json"],
        cwd=ROOT,
        env=portal.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def reports(portal: Portal) -> list[dict[str, Any]]:
    return json.loads(portal.manage("miit", "queue", "--json"))["reports"]


def test_a_ministry_that_drops_every_call_for_a_while_only_delays_the_order(portal: Portal) -> None:
    before = len(reports(portal))
    desk = ministry(portal)
    walk = rehearsal(portal)
    while not any(row["domain"].startswith("rehearsal") for row in desk.reports()):  # until its report has arrived
        assert walk.poll() is None, walk.communicate()
        time.sleep(0.2)
    for method in ("upload", "download", "acknowledge", "previous"):
        desk.fault(method, "down")

    time.sleep(AWAY_SECONDS)
    desk.lift_faults()
    out, problem = walk.communicate(timeout=150)

    assert json.loads(out)["state"] == "approved", problem
    assert [row["state"] for row in reports(portal)][0] in ("answered", "accepted")
    assert len(reports(portal)) == before + 1


@pytest.mark.long
def test_a_simulator_killed_again_and_again_only_delays_the_order(portal: Portal) -> None:
    walk = rehearsal(portal)
    for _ in range(KILLS):
        time.sleep(4)
        kill(portal)
    out, problem = walk.communicate(timeout=200)

    assert json.loads(out)["state"] == "approved", problem
    sequences = sorted(row["sequence"] for row in reports(portal))
    assert sequences == list(range(1, len(sequences) + 1))
    own = [row["own_id"] for row in ministry(portal).reports(limit=1000)]
    assert len(own) == len(set(own)) == len(sequences)
