"""A small OpenID issuer over HTTP: discovery, keys, tokens. Tests set the claims of its tokens."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "portal", "invented-secret"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """Its address, and the next token it issues."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = KEY
    kid: str = "k1"
    challenge: str = ""  # of the sign-in in progress (PKCE)
    refused: list[str] = field(default_factory=list)

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": "u-1", "iat": now, "exp": now + 300, **self.claims}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid})

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any] | None:
        """The answer to a request; None when there is none, or the client is not the portal."""
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
            return {"issuer": self.url, **methods, **{name: f"{self.url}/{to}" for name, to in names.items()}}
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]}
        if path == "/token" and self._is_portal(form):
            return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": self.token()}
        self.refused.append(path)
        return None

    def _is_portal(self, form: dict[str, str]) -> bool:
        digest = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        sent = (form.get("client_id"), form.get("client_secret"), form.get("code"), digest)
        return sent == (CLIENT_ID, CLIENT_SECRET, "code-1", self.challenge)


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        self._send(self.issuer.answer(self.path, {}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._send(self.issuer.answer(self.path, {name: values[0] for name, values in parse_qs(body).items()}))

    def _send(self, payload: dict[str, Any] | None) -> None:
        body = json.dumps(payload or {"error": "invalid_request"}).encode()
        self.send_response(200 if payload else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_message: Any) -> None:
        """Silent."""


def start() -> tuple[Issuer, ThreadingHTTPServer]:
    issuer = Issuer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"issuer": issuer}))
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return issuer, server
