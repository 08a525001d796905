"""Whether the outside systems answer: `manage.py check_gateways` asks them, the health page uses recent answers."""

import logging
import time
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from icpportal.gateways.connection_failures import FAILURES
from icpportal.gateways.errors import Refused, Retryable, failure_in_words
from icpportal.gateways.registry import Gateway, checkable_gateways

logger = logging.getLogger(__name__)
WORDS: tuple[tuple[type[BaseException], str], ...] = (*FAILURES, (ImportError, "its class cannot be loaded"))
STATES = {Retryable: "down", Refused: "refused"}


@dataclass(frozen=True)
class Health:
    """The answer of one outside system."""

    name: str
    gateway: str
    state: str  # ok, down, refused
    words: str
    milliseconds: int
    is_advice: bool = False  # its silence blocks nothing

    @property
    def answers(self) -> bool:
        """Whether it can be used."""
        return self.state == "ok"

    @property
    def is_missed(self) -> bool:
        """Whether it does not answer and something needs it."""
        return not self.answers and not self.is_advice


def examine(*, ask: bool = True) -> list[Health]:
    """Asks every configured gateway in turn; a slow one takes up to its own timeout.

    Unless told to `ask`, gateways that record their answers (`check_last_answer`) are not asked.
    """
    return [_examine(each, ask) for each in checkable_gateways()]


def _examine(named: Gateway, ask: bool) -> Health:
    path = named.path
    begun = time.monotonic()
    state, words = "ok", ""
    try:
        gateway = import_string(path)()
        judge = gateway.check if ask else getattr(gateway, "check_last_answer", gateway.check)
        judge()
        words = getattr(gateway, "notice", "")
    except (Retryable, Refused) as problem:
        state = next(word for kind, word in STATES.items() if isinstance(problem, kind))
        words = str(problem)
    except Exception as fault:  # a failing one must not stop the others
        logger.error("gateway broke when it was asked", extra={"gateway": named.name, "trouble": type(fault).__name__})
        is_ours = isinstance(fault, ImproperlyConfigured)  # the message is about a setting and contains no value
        state, words = "down", str(fault) if is_ours else failure_in_words(fault, WORDS)
    took = round((time.monotonic() - begun) * 1000)
    return Health(named.name, path, state, words, took, named.is_advice)
