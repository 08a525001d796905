"""The ways in which an outside system can fail."""

from collections.abc import Iterable


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


def failure_in_words(problem: Exception, known: Iterable[tuple[type[Exception], str]]) -> str:
    """The words of the first kind that the problem is, else its type; never its own text, which may quote anything."""
    return next((words for kind, words in known if isinstance(problem, kind)), type(problem).__name__)
