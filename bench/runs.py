"""The parts of the bench: each a module of `bench/parts/` with TARGETS and `measure() -> list[Result]`."""

import importlib
import math
import signal
import sys
import traceback
from collections.abc import Callable, Sequence

from bench.harness import reports, results
from bench.harness.services import Missing
from bench.targets import Result, Target

PARTS = {
    "journeys": "whole journeys over HTTP, against a bare formtools wizard",
    "pages": "each page and post: processor time and queries",
    "pictures": "a picture made safe, against a strict decode",
    "sweep": "due orders moved, against SQL that changes the same rows",
    "outbox": "messages delivered, against tasks that do nothing",
    "lists": "lists, search and case on a large world",
    "reports": "reports for the ministry, built and parsed",
    "memory": "memory of every process, at rest and after much work",
    "waiting": "fifty people who press the same button at once",
}


def run(name: str) -> None:
    """Measures one part and writes what it found; what could not be measured is missed, with the reason."""
    results.forget(name)
    module = importlib.import_module(f"bench.parts.{name}")
    found = _measure(module.TARGETS, module.measure)
    results.write(name, found, *reports.take())


def _measure(targets: Sequence[Target], measure: Callable[[], list[Result]]) -> list[Result]:
    """The results, and every other target as missed."""
    found: list[Result] = []
    why = "the part ended without it"
    try:
        found = measure()
    except Missing as problem:
        why = str(problem)
    except Exception as problem:  # the other parts are still measured
        traceback.print_exc()
        why = f"{type(problem).__name__}: {problem}"
    known = {result.target.name for result in found}
    return found + [Result(each, math.nan, f"not measured: {why}") for each in targets if each.name not in known]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))  # what was started is stopped, as after Ctrl-C
    run(sys.argv[1])
