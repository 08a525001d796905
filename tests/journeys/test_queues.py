"""Workers of several queues: a task that waits delays no other queue."""

import time
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.portal import QUIET
from tests.journeys.test_killed_worker import Scene, is_stalled, opened, wait

pytestmark = pytest.mark.worker


def worker(scene: Scene, queues: str) -> Any:
    return scene.run("-m", "icpportal.celery", "worker", "--queues", queues, "--concurrency", "1", *QUIET)


def test_a_code_is_delivered_while_the_ministry_hangs_and_pictures_wait(tmp_path: Path) -> None:
    """All four children of the one worker could be waiting for the ministry or for pictures."""
    with opened(tmp_path) as scene:
        scene.ministry.client.fault("download", "slow", value="100", times=1)
        worker(scene, "ministry,pictures,rest")
        worker(scene, "codes")
        # repeatedly: after a poll the line pauses for a moment
        scene.run("-m", "icpportal.celery", "beat", "--schedule", str(tmp_path / "beat"))
        wait(lambda: is_stalled(scene), "nobody asked the ministry")

        began = time.monotonic()
        assert scene.ask("owe_pictures_and_a_code") is None
        wait(lambda: list((tmp_path / "messages").glob("*.json")), "the code did not leave", seconds=20)

        assert time.monotonic() - began < 20
        assert is_stalled(scene)
        assert scene.ask("holders").keys() == {"fetching"}  # still
        scene.ministry.process.kill()  # it would wait for the call that it still stalls
