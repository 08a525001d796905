"""Do the outside systems answer? Asked by `manage.py check_gateways` and the health page."""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.errors import Refused, Retryable

logger = logging.getLogger(__name__)
GATEWAYS = (
    ("authority", "AUTHORITY_GATEWAY"),
    ("inventory", "INVENTORY_GATEWAY"),
    ("sms", "SMS_GATEWAY"),
    ("scanner", "SCANNER_GATEWAY"),
    ("photo_app", "PHOTO_APP_GATEWAY"),
)
STATES = {Retryable: "down", Refused: "refused"}


@dataclass(frozen=True)
class Health:
    """How one outside system answered."""

    name: str
    gateway: str
    state: str  # ok, down, refused
    words: str
    milliseconds: int

    @property
    def answers(self) -> bool:
        """True when it can be used."""
        return self.state == "ok"


def examine() -> list[Health]:
    """Asks every gateway that is set, one after the other; a slow one takes as long as its own timeout."""
    named = [(name, getattr(settings, setting)) for name, setting in GATEWAYS]
    return [_examine(name, path) for name, path in named if path]


def _examine(name: str, path: str) -> Health:
    begun = time.monotonic()
    state, words = "ok", ""
    try:
        gateway = import_string(path)()
        words = getattr(gateway, "notice", "")
        gateway.check()
    except (Retryable, Refused) as problem:
        state = next(word for kind, word in STATES.items() if isinstance(problem, kind))
        words = str(problem)
    except Exception as fault:  # one that breaks keeps no other from being asked
        logger.error("gateway broke when it was asked", extra={"gateway": name, "trouble": type(fault).__name__})
        state, words = "down", type(fault).__name__
    return Health(name, path, state, words, round((time.monotonic() - begun) * 1000))
