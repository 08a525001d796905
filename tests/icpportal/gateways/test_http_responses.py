"""Answers of other systems are classified in one place, for every gateway that uses HTTP."""

import socket
import ssl
import threading
from collections.abc import Iterator
from http.client import RemoteDisconnected

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3 import exceptions as wire
from urllib3.connection import HTTPConnection

from icpportal.gateways.connection_failures import failure_words
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.http_responses import check_status, json_object, post_json


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_refused_with_its_status(status):
    with pytest.raises(Refused) as refusal:
        check_status(status, "they")

    assert refusal.value.code == str(status)


@pytest.mark.parametrize("status", [302, 408, 425, 429, 500, 503])
def test_a_server_error_is_temporary(status):
    with pytest.raises(Retryable):
        check_status(status, "they")


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_passes_unless_only_one_status_is_valid(status):
    check_status(status, "they")

    if status != 200:
        with pytest.raises(Retryable):
            check_status(status, "they", good=(200,))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"\xff"])
def test_nonsense_is_temporary(body):
    with pytest.raises(Retryable):
        json_object(body, "they")


def test_an_object_is_returned():
    assert json_object(b'{"id": 1}', "they") == {"id": 1}


@pytest.fixture
def stranger() -> Iterator[int]:
    """The port of a server that speaks no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            visitor, _address = server.accept()
            with visitor:
                visitor.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_night_shift_reads_what_is_wrong_with_the_certificate_and_not_the_name_of_an_exception(stranger):
    call = post_json(f"https://127.0.0.1:{stranger}/", {}, who="the photo app", token="", ca_file="", seconds=2)

    with pytest.raises(Retryable) as trouble, call:
        raise AssertionError("it answered")

    says = "the photo app did not answer: its certificate is not trusted, or it does not speak TLS"
    assert str(trouble.value) == says


POOL = HTTPConnectionPool("secret")
NAMELESS = wire.NameResolutionError("secret", HTTPConnection("secret"), socket.gaierror(-2, "secret"))


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (requests.ConnectTimeout("https://secret"), "no connection in time"),
        (requests.ReadTimeout("https://secret"), "no answer in time"),
        (requests.ConnectionError("https://secret"), "no connection"),
        (requests.ConnectionError(wire.MaxRetryError(POOL, "/", NAMELESS)), "its name is unknown"),
        (NAMELESS, "its name is unknown"),
        (wire.NewConnectionError(HTTPConnection("secret"), "refused"), "no connection"),
        (
            requests.ConnectionError(wire.ProtocolError("Connection aborted.", RemoteDisconnected("secret"))),
            "the connection broke off",
        ),
        (requests.exceptions.ChunkedEncodingError("https://secret"), "its answer broke off"),
        (requests.exceptions.InvalidURL("https://secret"), "its address cannot be read"),
        (OSError("https://secret"), "no connection"),
        (RuntimeError(socket.gaierror(-2, "secret")), "its name is unknown"),
        (
            RuntimeError(RuntimeError(ssl.SSLError("secret"))),
            "its certificate is not trusted, or it does not speak TLS",
        ),
        (RuntimeError("https://secret"), "unexpected error (RuntimeError)"),
    ],
)
def test_a_failure_is_in_words_without_the_address(problem, says):
    assert failure_words(problem) == says
