"""An upgrade while the portal runs: old processes serve and deliver, the new version migrates, new ones take over."""

import io
import os
import subprocess
import sys
import tarfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.journeys.portal import ROOT, own_redis
from tests.journeys.scene import ENDS, Scene, is_over, wait

pytestmark = [pytest.mark.worker, pytest.mark.services, pytest.mark.long]

# the last commit of the version before (CHANGELOG.md): the next version names its own
BEFORE = "106037a9"


@pytest.fixture(scope="module")
def old_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The previous version's code."""
    asked = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True, check=False)
    if asked.returncode:
        pytest.skip(f"this checkout has no history: {BEFORE} is not there")
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(asked.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@contextmanager
def empty_database() -> Iterator[str]:
    url = os.environ["DATABASE_URL"]
    name = f"rolling_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def version(root: Path, scene: Scene) -> Scene:
    """Processes of one version, on the data of another scene."""
    one = Scene.__new__(Scene)
    one.folder, one.environment, one.log = scene.folder, scene.environment, scene.log
    one.ministry, one.started, one.root = scene.ministry, scene.started, root
    one.mover = one.run("-m", "tests.journeys.mover", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return one


def manage(root: Path, environment: dict[str, str], *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def set_off(scene: Scene, references: list[str]) -> None:
    for reference in references:
        scene.ask("move", reference=reference, kill=0, silent=False)


def count_reports(scene: Scene) -> int:
    """The number of reports accepted by the ministry."""
    return len(scene.ask("summary")["reports"])


def beat(scene: Scene, name: str) -> subprocess.Popen:
    return scene.run("-m", "celery", "-A", "icpportal", "beat", "--schedule", str(scene.folder / name))


def test_old_processes_work_while_the_new_version_migrates_and_new_ones_take_over(
    old_tree: Path, tmp_path: Path
) -> None:
    with empty_database() as url:
        environment = {**os.environ, "DATABASE_URL": url, **own_redis(), "VAR_DIR": str(tmp_path)}
        manage(old_tree, environment, "migrate", "-v0")
        first = Scene(tmp_path, environment, root=old_tree)
        try:
            old_worker, old_beat = first.worker(), beat(first, "old-beat")
            placed = first.ask("place", number=8)
            set_off(first, placed[:2])

            manage(ROOT, environment, "migrate", "-v0")
            set_off(first, placed[2:4])  # the old version, on the new tables
            wait(lambda: count_reports(first) == 4, "the old version does not go on", seconds=90)

            new = version(ROOT, first)
            new_worker = new.worker()
            beat(new, "new-beat")
            set_off(first, placed[4:6])
            set_off(new, placed[6:])  # both at the same time
            for process in (old_beat, old_worker):
                process.terminate()
                process.wait(30)
            wait(lambda: is_over(new.ask("summary")), "something was lost", seconds=90)

            result = new.ask("summary")
            assert new_worker.poll() is None
            assert Counter(map(tuple, result["orders"].values())) == {tuple(ENDS["12"]): 4, tuple(ENDS["44"]): 4}
            assert result["reports"] == result["keys_of_reports"]
            assert result["parked"] == 0
            manage(ROOT, environment, "seal_papers")
        finally:
            first.end()
