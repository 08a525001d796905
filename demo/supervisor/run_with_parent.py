"""Runs one process and ends it when its parent has gone: `python -m demo.supervisor.run_with_parent COMMAND …`.

Standard input is a pipe whose other end only the supervisor holds. However the supervisor ends, the pipe
closes, the process gets TERM and, four seconds later, our whole process group gets KILL. TERM to us does the same.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time

GRACE_SECONDS = 4.0
POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1


def main(command: list[str]) -> int:
    """Returns the exit code of `command`, which is stopped when standard input closes or TERM arrives."""
    asked_to_stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: asked_to_stop.append(received))
    child = subprocess.Popen(  # noqa: S603 -- our own supervisor's command
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_end_with_us if sys.platform == "linux" else None,
    )
    while child.poll() is None and not asked_to_stop:
        if _supervisor_gone(POLL_SECONDS):
            asked_to_stop.append(signal.SIGPIPE)
    return _stop(child) if child.poll() is None else child.returncode


def _end_with_us() -> None:
    """Makes Linux send the process TERM if we are killed ourselves."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _supervisor_gone(seconds: float) -> bool:
    """Waits up to so many seconds for the pipe to close; nobody ever writes into it."""
    readable, _, _ = select.select([sys.stdin.fileno()], [], [], seconds)
    return bool(readable) and os.read(sys.stdin.fileno(), 1) == b""


def _stop(child: subprocess.Popen[bytes]) -> int:
    """TERM to the main process only, which ends its own workers; KILL for what still runs after that."""
    child.terminate()
    ends = time.monotonic() + GRACE_SECONDS
    while child.poll() is None and time.monotonic() < ends:
        time.sleep(POLL_SECONDS)
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)  # the rest of the group, and ourselves
    child.kill()
    return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
