"""`python -m bench [PART …]`: measures, prints tables, then one line per target; exits 1 if a must is missed.

Each part runs in its own process, so that none inherits the settings of another, and writes var/bench/PART.json
and its charts beside it.
"""

import argparse
import subprocess
import sys
import time
from contextlib import ExitStack

from bench import document, runs
from bench.harness import results, shared
from bench.harness.services import Missing


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("part", nargs="*", choices=[*runs.PARTS, []], help="what to measure; everything if left out")
    arguments.add_argument("--write-docs", action="store_true", help="write what was measured into docs/performance.md")
    asked = arguments.parse_args()
    if asked.write_docs:
        document.write()
        return 0
    chosen = asked.part or list(runs.PARTS)
    with ExitStack() as stack:
        try:
            stack.enter_context(shared.prepare())
        except Missing as problem:  # each part reports it for its targets
            print(problem)
        for name in chosen:
            began = time.monotonic()
            print(f"\n=== {name}: {runs.PARTS[name]}", flush=True)
            _run(name)
            print(f"--- {name} took {time.monotonic() - began:.0f} s", flush=True)
    print()
    found = [result for name in chosen for result in results.read(name)]
    for result in found:
        print(result.line())
        if result.note:
            print(f"    {result.note}")
    return int(not found or any(result.missed for result in found))


def _run(name: str) -> None:
    """Runs a part, which stops what it started even if this process is stopped."""
    process = subprocess.Popen([sys.executable, "-m", "bench.runs", name])
    try:
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise


if __name__ == "__main__":
    sys.exit(main())
