"""The real worker is killed many times: between commit and delivery, and in the middle of a delivery and of an upload.

In the end every order is in its right state, every message was delivered as its key, every report is in once.
"""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.scene import ENDS, Scene, is_over, opened, wait

pytestmark = [pytest.mark.worker, pytest.mark.services, pytest.mark.long]

KILLS = 12  # each point of `DURING` is met
DURING = ("text not out", "report not in", "file not out", "text out", "report in", "file out")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    quick = {
        "MIIT_CONNECT_SECONDS": "2",
        "MIIT_FILES_SECONDS": "3",
        "DJANGO_SETTINGS_MODULE": "tests.journeys.short_lease",
        "SMS_GATEWAY": "tests.journeys.stalling.StallingSms",
        "AUTHORITY_GATEWAY": "tests.journeys.stalling.StallingAuthority",
    }
    with opened(tmp_path, **quick) as scene:
        yield scene


def killed_at_commit(scene: Scene, reference: str, *, silent: bool) -> int:
    """The worker dies as the move is committed; the queued messages stay untouched."""
    worker = scene.worker()

    scene.ask("move", reference=reference, kill=worker.pid, silent=silent)

    code = worker.wait(timeout=10)
    states = {state for _channel, state in scene.ask("owed", reference=reference)}
    assert states  # or the test proves nothing
    assert states <= {"waiting", "sending"}
    return code


def killed_in_delivery(scene: Scene, reference: str, point: str) -> int:
    """The worker dies at `point` of a delivery; the message stays reserved until its lease has expired."""
    wait(lambda: scene.ask("line_is_free"), "the line was never free")
    scene.stall_at(point)
    worker = scene.worker()
    scene.ask("move", reference=reference, kill=0, silent=False)
    scene.wait_until_stalled()

    os.killpg(worker.pid, signal.SIGKILL)

    return worker.wait(timeout=10)


def test_killed_workers_lose_no_message_and_double_none(scene: Scene, tmp_path: Path) -> None:
    references = scene.ask("place", number=KILLS)

    codes = []
    for turn, reference in enumerate(references):
        if turn % 2:
            codes.append(killed_in_delivery(scene, reference, DURING[turn // 2 % len(DURING)]))
        else:
            codes.append(killed_at_commit(scene, reference, silent=turn % 4 == 0))

    assert codes == [-signal.SIGKILL] * KILLS

    scene.worker()
    scene.run("-m", "icpportal.celery", "beat", "--schedule", str(tmp_path / "beat"), "--loglevel", "INFO")
    wait(lambda: is_over(scene.ask("summary")), "something is still owed", seconds=60)

    result = scene.ask("summary")
    assert list(result["orders"].values()).count(ENDS["12"]) == KILLS // 2
    assert list(result["orders"].values()).count(ENDS["44"]) == KILLS // 2
    sheets = Counter(json.loads(path.read_text())["key"] for path in (tmp_path / "messages").glob("*.json"))
    leaving = {key for key, (channel, _state) in result["messages"].items() if channel in ("sms", "email")}
    assert sheets == Counter(leaving)
    assert result["reports"] == result["keys_of_reports"]
    assert result["sequences"] == list(range(1, KILLS + 1))
    received = scene.ministry.client.reports(limit=2 * KILLS)
    assert sorted(row["own_id"] for row in received) == result["own_ids"]
    assert {row["stage"] for row in received} == {"waiting"}
    assert result["parked"] == 0
