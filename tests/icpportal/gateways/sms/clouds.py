"""Alibaba Cloud and Tencent Cloud on this machine: they check signatures as the suppliers' documents describe.

`test_signatures.py` checks the two algorithms against the examples printed there.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

KEY_ID, SECRET = "LTAI-invented", "invented-secret-of-a-test"


@dataclass
class Asked:
    """One request as received."""

    method: str
    path: str
    query: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def authorization(self) -> dict[str, str]:
        """The parts of the header: Credential, SignedHeaders, Signature."""
        _algorithm, _blank, parts = self.headers["authorization"].partition(" ")
        return dict(part.strip().split("=", 1) for part in parts.split(","))

    def canonical(self, body_digest: str) -> str:
        """The request in the canonical form that both suppliers sign."""
        signed = self.authorization["SignedHeaders"]
        query = "&".join(f"{quote(n, safe='~')}={quote(v, safe='~')}" for n, v in sorted(self.pairs))
        # Tencent signs values in lower case, which those of its SDK and of its documents are
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in signed.split(";"))
        return "\n".join([self.method, self.path, query, headers, signed, body_digest])

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query parameters."""
        return parse_qsl(self.query, keep_blank_values=True)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def aliyun_signature(asked: Asked, secret: str) -> str:
    """ACS3-HMAC-SHA256: help.aliyun.com, “V3版本请求体&签名机制”."""
    text = f"ACS3-HMAC-SHA256\n{digest(asked.canonical(digest(asked.body)).encode())}"
    return mac(secret.encode(), text).hex()


def tencent_signature(asked: Asked, secret: str) -> str:
    """TC3-HMAC-SHA256: cloud.tencent.com, “签名方法 v3”."""
    moment = asked.headers["x-tc-timestamp"]
    day = f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%d}"
    _id, day_said, service, last = asked.authorization["Credential"].split("/")
    assert (day_said, last) == (day, "tc3_request")
    text = "\n".join(
        ["TC3-HMAC-SHA256", moment, f"{day}/{service}/{last}", digest(asked.canonical(digest(asked.body)).encode())]
    )
    key = f"TC3{secret}".encode()
    for part in (day, service, last):
        key = mac(key, part)
    return mac(key, text).hex()


@dataclass
class Cloud:
    """A supplier: its answers by action, and the requests it received."""

    signature: Callable[[Asked, str], str]
    wrong: bytes  # its answer to a wrong signature
    wrong_status: int
    url: str = ""
    status: int = 200
    answers: dict[str, Any] = field(default_factory=dict)
    raw: bytes | None = None
    asked: list[Asked] = field(default_factory=list)

    def action(self, asked: Asked) -> str:
        return asked.headers.get("x-acs-action") or asked.headers["x-tc-action"]

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        """A supplier checks the signature first."""
        self.asked.append(asked)
        if not hmac.compare_digest(asked.authorization["Signature"], self.signature(asked, SECRET)):
            return self.wrong_status, self.wrong
        found = self.answers.get(self.action(asked), {})
        body = found.pop(0) if isinstance(found, list) else found
        return self.status, self.raw if self.raw is not None else json.dumps(body).encode()


@contextmanager
def served(cloud: Cloud) -> Iterator[Cloud]:
    """The supplier answers on its own port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parts.query, headers, self.rfile.read(length))
            status, body = cloud.answer(asked)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def aliyun() -> Cloud:
    wrong = {"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched.", "RequestId": "R-0"}
    return Cloud(aliyun_signature, json.dumps(wrong).encode(), 400)


def tencent() -> Cloud:
    error = {"Code": "AuthFailure.SignatureFailure", "Message": "the signature is wrong"}
    return Cloud(tencent_signature, json.dumps({"Response": {"Error": error, "RequestId": "R-0"}}).encode(), 200)


def account(settings: Any, name: str, cloud: Cloud, **more: Any) -> None:
    """The settings of an adapter that calls this supplier."""
    settings.SMS_GATEWAY = f"icpportal.gateways.sms.{name.lower()}.{name}Sms"
    settings.SMS_KEY_ID, settings.SMS_KEY_SECRET, settings.SMS_APP_ID = KEY_ID, SECRET, "1400006666"
    settings.SMS_SIGN_NAME, settings.SMS_ENDPOINT = "示例云", cloud.url
    settings.SMS_TEMPLATES = {"code_sign_up.zh": "SMS_100001", "confirm_phones.en": "SMS_100002"}
    for setting, value in more.items():
        setattr(settings, setting, value)
