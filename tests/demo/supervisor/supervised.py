"""A supervisor by itself, for tests to stop and kill: `python -m tests.demo.supervisor.supervised LOGS PART…`.

PART is `meek` (ends on TERM), `stubborn` (ignores TERM, as does its own child) or `mortal` (ends at once, code 3).
"""

import os
import signal
import sys
from pathlib import Path

from demo.supervisor.processes import Part, Supervisor

SLEEPERS = {
    "meek": "import time; time.sleep(600)",
    "stubborn": ("import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.fork(); time.sleep(600)"),
    "mortal": "raise SystemExit(3)",
}


def main(logs: str, *names: str) -> None:
    parts = [Part(name, (sys.executable, "-c", f"{SLEEPERS[name]} # {logs}")) for name in names]
    supervisor = Supervisor(parts, logs=Path(logs), environment=dict(os.environ), say=say)
    signal.signal(signal.SIGHUP, signal.SIG_IGN if os.environ.get("NOHUP") else signal.SIG_DFL)
    supervisor.listen()
    supervisor.run(ready=lambda: True, when_ready=lambda: say("ready"))
    say("stopped")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
