"""Tells whether a failed request may have been sent: only then may it have been accepted."""

from collections.abc import Iterator

from requests import exceptions as http
from urllib3 import exceptions as wire

# failures before anything of a request was sent
BEFORE_LEAVING = (
    http.ConnectTimeout,
    http.SSLError,
    http.ProxyError,
    wire.NewConnectionError,
    wire.ConnectTimeoutError,
)


def has_left(problem: BaseException) -> bool:
    """Whether a failed request may have reached the supplier; SDKs wrap the cause."""
    return not any(isinstance(each, BEFORE_LEAVING) for each in _behind(problem))


def _behind(problem: BaseException) -> Iterator[object]:
    """The error and all its causes."""
    open_, seen = [problem], set[int]()
    while open_:
        each = open_.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = [each.__cause__, each.__context__, *each.args]
        inner += [getattr(each, name, None) for name in ("reason", "inner_exception")]
        open_ += [one for one in inner if isinstance(one, BaseException)]
