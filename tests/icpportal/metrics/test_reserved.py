"""Counting where the data folder has no room."""

import json
import os
from pathlib import Path

from prometheus_client.multiprocess import MultiProcessCollector

from icpportal.metrics import reserved
from tests import fresh
from tests.icpportal.production import manage

ROOT = Path(__file__).resolve().parents[3]
# a process that may write no more than so many bytes of a file, as on a volume that is full
COUNTING = """
import json, resource, sys
least, answers, later = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_FSIZE, (least, resource.RLIM_INFINITY))
from icpportal.metrics import counters, reserved
for number in range(answers):
    counters.count_request(f"page/{number}/", "GET", 200, 0.1)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if later:
    reserved.TRIED_AGAIN_SECONDS = 0
    counters.count_request("page/0/", "GET", 200, 0.1)
print(json.dumps(counters.REQUESTS.labels("page/0/", "GET", "200")._value.get()))
"""


def counts_of(folder: Path, room: int, answers: int, later: int = 0) -> tuple[float, dict[str, float]]:
    """What a process counted of the first page, and what others read of all pages in its files."""
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    done = fresh.run("-c", COUNTING, str(room), str(answers), str(later), folder=ROOT, environment=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), read(folder)


def read(folder: Path) -> dict[str, float]:
    families = MultiProcessCollector.merge([str(file) for file in folder.glob("*.db")])
    samples = [sample for family in families for sample in family.samples if sample.name == "portal_requests_total"]
    return {sample.labels["route"]: sample.value for sample in samples}


def test_a_process_counts_on_where_the_volume_is_full(tmp_path):
    assert counts_of(tmp_path, room=0, answers=2) == (1.0, {})
    assert not list(tmp_path.iterdir())


def test_a_process_counts_in_a_folder_that_is_not_there_yet(tmp_path):
    assert counts_of(tmp_path / "metrics" / "host", room=1 << 20, answers=1)[1] == {"page/0/": 1.0}


def test_a_portal_starts_where_the_folder_of_its_counters_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()

    done = manage("check", VAR_DIR=str(tmp_path / "file"), METRICS_TOKEN="letters")

    assert (done.returncode, done.stderr) == (0, "")
    assert counts_of(tmp_path / "file" / "metrics", room=1 << 20, answers=2) == (1.0, {})


def test_a_process_counts_on_where_the_volume_fills_up(tmp_path):
    assert counts_of(tmp_path, room=1 << 16, answers=900) == (1.0, {})


def test_what_was_counted_without_room_is_there_once_there_is_room(tmp_path):
    own, others = counts_of(tmp_path, room=0, answers=300, later=1)
    assert own == 2.0
    assert (len(others), others["page/0/"], others["page/299/"]) == (300, 2.0, 1.0)


def test_the_room_of_a_file_is_reserved_when_it_is_made(tmp_path):
    counts_of(tmp_path, room=1 << 20, answers=1)
    files = [file.stat() for file in tmp_path.iterdir()]
    assert files
    assert all(file.st_blocks * 512 >= file.st_size for file in files)


def test_a_command_of_root_leaves_no_file_that_the_processes_cannot_write(tmp_path, monkeypatch):
    of_the_processes = tmp_path / "data"
    of_the_processes.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(reserved, "owner_of", lambda folder: 10001 if folder == of_the_processes else 0)

    counted = reserved.ReservedDict(str(of_the_processes / "metrics" / "host" / "counter_7.db"))
    counted.write_value("answers", 3.0, 0.0)

    assert counted.read_value("answers") == (3.0, 0.0)
    assert list(of_the_processes.iterdir()) == []


def test_a_process_says_once_why_its_counters_are_missing(tmp_path, caplog):
    (tmp_path / "metrics").touch()  # a folder of root's says Permission denied, but not to root, who may run this test

    for kind in ("counter", "histogram"):
        reserved.ReservedDict(str(tmp_path / "metrics" / f"{kind}_7.db"))

    (said,) = caplog.records
    assert (said.levelname, said.why) == ("WARNING", f"{tmp_path / 'metrics'}: File exists")
