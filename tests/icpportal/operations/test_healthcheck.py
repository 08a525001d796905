"""A container's health check requests the portal by its public name, or checks a file's age."""

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

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
