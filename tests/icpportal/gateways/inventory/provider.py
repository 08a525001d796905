"""A provider's console as docs/inventory.md describes it, over real HTTP, with pagination and faults on demand."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Row = dict[str, Any]


class Provider(ThreadingHTTPServer):
    """Lists the rows of `accounts`, `page` of them at a time; `fault` is a status to answer instead."""

    daemon_threads = True

    def __init__(self, token: str = "secret-of-the-test", page: int = 100) -> None:  # noqa: S107
        super().__init__(("127.0.0.1", 0), Console)
        self.token, self.page = token, page
        self.accounts: dict[str, list[Row]] = {}
        self.fault = 0
        self.stall = 0.0
        self.asked: list[tuple[str, Row]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/filing"

    def __enter__(self) -> "Provider":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.shutdown()
        self.server_close()

    def instances(self, question: Row) -> tuple[int, Row]:
        rows = self.accounts.get(question["account"], [])
        begin = int(question.get("cursor") or 0)
        more = {"next": str(begin + self.page)} if begin + self.page < len(rows) else {}
        return 200, {"instances": rows[begin : begin + self.page], **more}

    def instance(self, question: Row) -> tuple[int, Row]:
        known = {row["id"]: row for rows in self.accounts.values() for row in rows}
        found = known.get(question["id"])
        return (200, {"instance": found}) if found else (404, {"error": "unknown instance"})


class Console(BaseHTTPRequestHandler):
    """One request."""

    server: Provider

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, question))
        time.sleep(self.server.stall)
        status, answer = self.answer(question)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            self.wfile.write(json.dumps(answer, ensure_ascii=False).encode())
        except OSError:
            self.close_connection = True  # the client stopped reading

    def answer(self, question: Row) -> tuple[int, Row]:
        if self.headers.get("Authorization") != f"Bearer {self.server.token}":
            return 401, {"error": "who are you?"}
        if self.server.fault:
            return self.server.fault, {"error": "trouble"}
        known = {"/filing/instances": self.server.instances, "/filing/instance": self.server.instance}
        ask = known.get(self.path)
        return ask(question) if ask else (404, {"error": "no such question"})

    def log_message(self, *args: object) -> None:
        """Silent."""
