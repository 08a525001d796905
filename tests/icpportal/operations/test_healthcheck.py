"""A container's health check requests the portal by its public name, or checks a file's age."""

import os
import shelve
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from icpportal.operations.healthcheck import main


@pytest.fixture
def server():
    """Answers 200 to /readyz for portal.example.com, anything else with 400."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802 -- the library's name
            asked.append((self.path, self.headers["Host"]))
            self.send_response(200 if asked[-1] == ("/readyz", "portal.example.com") else 400)
            self.end_headers()

        def log_message(self, *arguments):
            """Silent."""

    http = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield str(http.server_port), asked
    http.shutdown()
    http.server_close()


def test_it_uses_the_first_host_name_of_the_portal(server, monkeypatch):
    port, asked = server
    monkeypatch.setenv("ALLOWED_HOSTS", "portal.example.com, other.example.com")

    assert main(["/readyz", "--port", port]) == 0
    assert asked == [("/readyz", "portal.example.com")]


def test_any_other_answer_is_unhealthy(server, monkeypatch):
    port, asked = server
    monkeypatch.setenv("ALLOWED_HOSTS", "other.example.com")

    assert main(["/readyz", "--port", port]) == 1
    assert asked == [("/readyz", "other.example.com")]


def test_no_answer_is_unhealthy():
    assert main(["--port", "1"]) == 1


def test_a_file_is_healthy_while_it_is_young(tmp_path):
    schedule = tmp_path / "beat-schedule"
    schedule.write_text("")

    assert main(["--file", str(schedule), "--younger-than", "600"]) == 0

    before = time.time() - 601
    os.utime(schedule, (before, before))
    assert main(["--file", str(schedule), "--younger-than", "600"]) == 1
    assert main(["--file", str(tmp_path / "none")]) == 1


def test_beat_is_healthy_while_it_writes_its_schedule_whatever_files_python_keeps_it_in(tmp_path):
    """SQLite, since Python 3.13, writes to a log beside the file, which itself grows old."""
    schedule = tmp_path / "beat-schedule"
    with closing(shelve.open(str(schedule))) as store:  # noqa: S301 -- ours
        store["first"] = 1
        store.sync()
        age(tmp_path)
        assert main(["--file", str(schedule)]) == 1

        store["next"] = 2
        store.sync()
        assert main(["--file", str(schedule)]) == 0


def age(folder: Path) -> None:
    before = time.time() - 601
    for file in folder.iterdir():
        os.utime(file, (before, before))
