"""The ways an outside system can fail us, and nothing else."""


class Retryable(Exception):
    """No answer, a slow one or nonsense: the same request may succeed later; nothing is counted against anybody."""


class Unknown(Retryable):
    """The request left us and no clear answer came: it may have been taken. Sent again, it may be taken twice."""


class NotYet(Retryable):
    """Nothing is known because of us, not of them: somebody else asks just now, or more waits than one round brings.

    Never a reason to call the other system unreachable.
    """


class Refused(Exception):
    """They said no: the same request will fail again. `code` is theirs, the text is for staff."""

    def __init__(self, message: str = "", *, code: str = "") -> None:
        super().__init__(message)
        self.code = code
