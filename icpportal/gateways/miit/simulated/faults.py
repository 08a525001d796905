"""The fault switches: what happens to a question before the simulated authority answers it."""

import time

from icpportal.gateways.asking import seconds_for
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.simulated.models import SimulatedFault

QUESTIONS = ("status", "password", "answers", "phones")
KINDS = (SimulatedFault.DOWN, SimulatedFault.SLOW, SimulatedFault.GARBAGE)
NONSENSE = "<html><body>502 Bad Gateway</body></html>"


def switch(question: str, kind: str, *, seconds: int = 60) -> None:
    """Switches a fault on, or off with an empty `kind`."""
    if not kind:
        SimulatedFault.objects.filter(question=question).delete()
        return
    SimulatedFault.objects.update_or_create(question=question, defaults={"kind": kind, "seconds": seconds})


def pass_through(question: str, timeout: float | None) -> str:
    """Suffers the switch of `question` within the time there is; returns the nonsense to answer with, usually none."""
    ends = time.monotonic() + seconds_for(timeout)
    fault = SimulatedFault.objects.filter(question=question).first()
    if fault is None:
        return ""
    if fault.kind == SimulatedFault.DOWN:
        raise Retryable("connection refused")
    if fault.kind == SimulatedFault.GARBAGE:
        return NONSENSE
    _stall(fault.seconds, ends)
    return ""


def _stall(seconds: int, ends: float) -> None:
    left = max(0.0, ends - time.monotonic())
    time.sleep(min(seconds, left))
    if seconds >= left:
        raise Retryable("no answer in time")
