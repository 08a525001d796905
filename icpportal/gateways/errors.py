"""The ways in which an outside system can fail."""

from collections import deque
from collections.abc import Iterable, Iterator


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
