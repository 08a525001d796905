"""Keeps a few processes running until told to stop, and leaves none behind.

Each runs under `run_with_parent` in its own session, so that Ctrl-C reaches the supervisor only, and anything that ends
the supervisor ends them too.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from demo.supervisor.run_with_parent import GRACE_SECONDS

BACK_OFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 60.0
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Part:
    """A process to keep running: its name, which its log bears, its command, and its settings beside everybody's.

    `niceness` is by how much it gives way to the others, as of `nice`.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    niceness: int = 0


@dataclass
class Child:
    """A running part: started, ended, restarted."""

    part: Part
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    deaths: int = field(default=0)

    def start(self) -> None:
        """Starts it in a session of its own, with its output in its log."""
        command = [sys.executable, "-m", "demo.supervisor.run_with_parent", *self.part.command]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 -- commands of demo.py
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self.environment, **self.part.environment},
                start_new_session=True,
                preexec_fn=partial(os.nice, self.part.niceness) if self.part.niceness else None,
            )
        self.started = time.monotonic()

    def death(self) -> int | None:
        """Its exit code if it has ended since the last call; ends what it left behind."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        self._forget()
        return code

    def ask_to_stop(self) -> None:
        """Sends TERM to the process we started, and no other."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Waits until `deadline`, then sends KILL to its whole group."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self._kill_group(self.process)
        self.process.wait()
        self._forget()

    def _forget(self) -> None:
        if self.process is not None:
            self._kill_group(self.process)
            if self.process.stdin is not None:
                self.process.stdin.close()
        self.process = None

    @staticmethod
    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


class Supervisor:
    """Starts the parts, restarts those that die, stops all when asked; asking twice changes nothing."""

    def __init__(self, parts: list[Part], *, logs: Path, environment: dict[str, str], say: Callable[[str], None]):
        self.say = say
        self.asked_to_stop = False
        logs.mkdir(parents=True, exist_ok=True)
        self.children = [Child(part, logs / f"{part.name}.log", environment) for part in parts]
        for child in self.children:
            child.log.write_bytes(b"")

    def listen(self) -> None:
        """From now on Ctrl-C, TERM and HUP ask to stop; an ignored HUP (nohup) stays ignored."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)

    def start(self, name: str) -> None:
        """Starts one part before the others that need it; `run` watches it like the rest."""
        for child in self.children:
            if child.part.name == name:
                child.start()

    def run(self, *, ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Returns once asked to stop and every child is gone."""
        announced = False
        try:
            for child in self.children:
                if child.process is None:
                    child.start()
            while not self.asked_to_stop:
                self._look_after()
                if not announced and ready():
                    announced = True
                    when_ready()
                time.sleep(POLL_SECONDS)
        finally:
            self.stop()

    def stop(self) -> None:
        """Sends TERM to each main process at once, KILL to the rest after the grace period."""
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + GRACE_SECONDS + 1.0  # the watch kills after the grace; this is for a stuck watch
        for child in self.children:
            child.end(deadline)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def _look_after(self) -> None:
        now = time.monotonic()
        for child in self.children:
            code = child.death()
            if code is not None:
                self._plan_restart(child, code, now)
            elif child.process is None and now >= child.due:
                child.start()

    def _plan_restart(self, child: Child, code: int, now: float) -> None:
        child.deaths = 1 if now - child.started > STEADY_SECONDS else child.deaths + 1
        pause = BACK_OFF_SECONDS[min(child.deaths, len(BACK_OFF_SECONDS)) - 1]
        child.due = now + pause
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self.say(f"{child.part.name} {how}; starting it again in {pause:.0f} s (see {child.log})")
