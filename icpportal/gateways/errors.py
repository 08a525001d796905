"""The ways in which an outside system can fail."""

import os
from collections import deque
from collections.abc import Iterable, Iterator

# of buckets, by name, because the library is only there where a bucket is used
BUCKET_WORDS = {
    "NoCredentialsError": "it has no key: docs/operations.md names the two settings of each bucket",
    "PartialCredentialsError": "one of its two keys is missing",
    "EndpointConnectionError": "no connection",
    "ConnectTimeoutError": "no connection in time",
    "ReadTimeoutError": "no answer in time",
    "SSLError": "its certificate is not trusted, or it does not speak TLS",
    "ConnectionClosedError": "the connection broke off",
    "RetriesExceededError": "an answer broke off",  # within the content of a file
    "InvalidEndpointError": "its address cannot be read",
    "ParamValidationError": "that is no name of a bucket",
    "InvalidRegionError": "that is no name of a region",
}
# an answer without a body, as to a HEAD, is its number alone
NUMBERS = {
    "301": "the bucket is in another region or at another address",
    "400": "it does not take the request for a valid one: check its address, region and keys",
    "401": "it does not accept our keys",
    "403": "it does not accept our keys, or they have no right to this",
    "404": "there is no such bucket",
    "429": "it is asked too often",
    "503": "it is busy",
}


class Retryable(Exception):
    """No answer, a slow or nonsensical one: the same request may succeed later; no attempt is counted."""


class Unknown(Retryable):
    """The request was sent and got no clear answer: it may have been accepted, and sending again may do it twice."""


class NotYet(Retryable):
    """Nothing is known for a reason of ours: another process is asking, or more is waiting than one round fetches.

    Never a reason to call the other system unreachable.
    """


class Refused(Exception):
    """They said no: the same request will fail again. `code` is theirs, the text is for staff."""

    def __init__(self, message: str = "", *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


def causes_of(problem: BaseException) -> Iterator[BaseException]:
    """The error and all that caused it, the nearest first; SDKs wrap what happened, each in its own way."""
    open_, seen = deque([problem]), set[int]()
    while open_:
        each = open_.popleft()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = [each.__cause__, each.__context__, *each.args]
        inner += [getattr(each, name, None) for name in ("reason", "inner_exception")]
        open_ += [one for one in inner if isinstance(one, BaseException)]


def failure_in_words(problem: BaseException, known: Iterable[tuple[type[BaseException], str]]) -> str:
    """The words of the first kind that the problem or any cause of it is; never its own text, which may quote anything.

    Narrow kinds come first in `known`: SDKs wrap them in wide ones. Of a problem that has no words, the type is named,
    so that it can be reported.
    """
    causes = tuple(causes_of(problem))
    found = (words for kind, words in known for each in causes if isinstance(each, kind))
    return next(found, f"unexpected error ({type(problem).__name__})")


def storage_failure_in_words(trouble: BaseException) -> str:
    """What the storage answered or why it did not; never the text of the error, which may quote anything."""
    answer = getattr(trouble, "response", None) or {}
    number = getattr(trouble, "errno", None)
    code = _answer_in_words(answer.get("Error", {}).get("Code", "")) or (os.strerror(number) if number else "")
    return code or BUCKET_WORDS.get(type(trouble).__name__) or failure_in_words(trouble, ())


def _answer_in_words(code: str) -> str:
    """What a bucket answered: its own word, such as NoSuchBucket, or what its number means."""
    if not code.isdecimal():
        return code
    fault = "it reports a fault of its own" if code.startswith("5") else "an answer that has no meaning here"
    return f"{NUMBERS.get(code, fault)}, HTTP {code}"
