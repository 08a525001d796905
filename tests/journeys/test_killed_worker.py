"""The processes that send and fetch are killed while the ministry keeps them waiting, with production settings."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.journeys.scene import ENDS, Scene, is_over, opened, wait

pytestmark = pytest.mark.worker

SETTLED = 60  # seconds, where 180 are required


@pytest.mark.parametrize("victims", ["those who call", pytest.param("the whole worker", marks=pytest.mark.long)])
def test_killed_during_a_download_and_an_upload_everything_settles_within_a_minute(
    tmp_path: Path, victims: str
) -> None:
    """It took four minutes, as long as the longest call and a minute more."""
    with opened(tmp_path) as scene:
        references = scene.ask("place", number=2)
        for method in ("download", "upload"):
            scene.ministry.client.fault(method, "slow", value="100", times=1)
        worker = scene.worker()
        scene.run("-m", "icpportal.celery", "beat", "--schedule", str(tmp_path / "beat"))
        for reference in references:
            scene.ask("move", reference=reference, kill=0, silent=False)
        wait(lambda: len(scene.ask("holders")) == 2 and is_stalled(scene), "nobody called the ministry")
        holders = scene.ask("holders")

        killed_at = time.monotonic()
        if victims == "those who call":
            for pid in holders.values():
                os.kill(pid, signal.SIGKILL)
        else:
            os.killpg(worker.pid, signal.SIGKILL)
            scene.worker()

        ends = killed_at + SETTLED - time.monotonic()
        wait(lambda: scene.ask("fetched") and is_over(scene.ask("summary")), "it did not settle", seconds=ends)
        result = scene.ask("summary")
        assert sorted(result["orders"].values()) == sorted(ENDS.values())
        assert (result["sequences"], result["parked"]) == ([1, 2], 0)
        assert not set(scene.ask("holders").values()) & set(holders.values())
        scene.ministry.process.kill()  # it would wait for the calls that it still stalls


def is_stalled(scene: Scene) -> bool:
    """Both calls have reached the ministry, which does not answer."""
    return not any(fault["left"] for fault in scene.ministry.client.faults())
