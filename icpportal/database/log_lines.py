"""Failures of the database in the log of requests: one line that says what is the matter, instead of tracebacks."""

import logging

from icpportal.database.failures import is_outage, outage_words

TOLD = "outage_is_told"  # on a request whose line is written


class OutagesInWords(logging.Filter):
    """A filter on Django's log of failed requests: one line a request while the database is away or only read.

    A page that cannot be saved fails twice, in its view and when its session is written.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        if not isinstance(problem, Exception) or not is_outage(problem):
            return True
        request = getattr(record, "request", None)
        if getattr(request, TOLD, False):
            return False
        if request is not None:
            setattr(request, TOLD, True)
        record.msg, record.args, record.exc_info = outage_words(problem), (), None
        return True
