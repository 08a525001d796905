"""What a failed request says: whether it may have been sent, as only then it was accepted, and why, in words."""

import socket
import ssl
from http.client import HTTPException

from requests import exceptions as http
from urllib3 import exceptions as wire

from icpportal.gateways.errors import Unknown, causes_of, failure_in_words

# failures before anything of a request was sent
BEFORE_LEAVING = (
    http.ConnectTimeout,
    http.SSLError,
    http.ProxyError,
    wire.NewConnectionError,
    wire.ConnectTimeoutError,
)


# the first match; exceptions of requests, of urllib3 and of Python, because each SDK lets through its own. What urllib3
# says of a name and of a new connection is a timeout to it as well.
FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    *((kind, "its certificate is not trusted, or it does not speak TLS") for kind in (http.SSLError, wire.SSLError)),
    (ssl.SSLError, "its certificate is not trusted, or it does not speak TLS"),
    *((kind, "its name is unknown") for kind in (socket.gaierror, wire.NameResolutionError)),
    *((kind, "no connection") for kind in (wire.NewConnectionError, ConnectionRefusedError)),
    *((kind, "no connection in time") for kind in (http.ConnectTimeout, wire.ConnectTimeoutError)),
    *((kind, "no answer in time") for kind in (http.Timeout, wire.TimeoutError, TimeoutError, Unknown)),
    (http.ChunkedEncodingError, "its answer broke off"),
    *((kind, "the connection broke off") for kind in (ConnectionResetError, BrokenPipeError, wire.ProtocolError)),
    *((kind, "its address cannot be read") for kind in (http.InvalidURL, http.MissingSchema, http.InvalidSchema)),
    (http.ConnectionError, "no connection"),
    *((kind, "its answer cannot be read") for kind in (HTTPException, UnicodeError, ValueError)),
    (OSError, "no connection"),
)


def failure_words(problem: BaseException) -> str:
    """Why a call got no answer, for staff; never the problem's own text, which may quote the address."""
    return failure_in_words(problem, FAILURES)


def has_left(problem: BaseException) -> bool:
    """Whether a failed request may have reached the supplier; SDKs wrap the cause."""
    return not any(isinstance(each, BEFORE_LEAVING) for each in causes_of(problem))
