"""Fresh Python processes at half the price: most of their two seconds to start go into importing libraries.

A helper, one for each test process, imports the libraries and nothing of the project. Each program then runs
in a fork of it, with exactly the given environment, folder and arguments: it imports the project's
modules for the first time, as after any start.

Commands that differ only in their arguments may share more: `Portal` has also started the project, with their
environment and in their folder, and each of its commands runs in a fork of that.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import IO, Any

# what most starts of the portal import and what needs no settings
LIBRARIES = (
    "django.contrib.messages.api", "django.contrib.staticfiles.finders", "django.core.management.commands.check",
    "django.core.cache.backends.filebased", "django.core.mail.backends.smtp", "django.core.serializers.json",
    "django.db.migrations.executor", "django.forms", "django.template.loader", "django.test.signals",
    "django.urls", "django.utils.autoreload", "django.views.debug", "django.views.generic",
    "argon2", "botocore.exceptions", "celery.app.task", "celery.schedules", "chinese_calendar",
    "cryptography.fernet", "csp.middleware", "environ", "fido2.server", "lxml.html", "phonenumbers", "PIL.Image",
    "publicsuffixlist", "qrcode.main", "redis.asyncio", "requests", "sqlparse", "stdnum.cn.ric", "stdnum.cn.uscc",
    "whitenoise.middleware", "yaml", "zeep.client", "zeep.wsse",
)  # fmt: skip
OF_THE_PROGRAM = 0, 1, 2  # its standard input, output and error


def run(*arguments: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs `python` with these arguments (`-c`, `-m` or a file first), in this folder, with only this environment."""
    return _helper().run(*arguments, folder=folder, environment=environment)


@contextlib.contextmanager
def started(folder: Path, environment: dict[str, str]) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Starts the project once, in this folder with only this environment; what it yields runs programs in forks of it.

    They run as always, but find the project's modules imported.
    """
    with tempfile.TemporaryDirectory(prefix="fresh-") as kept:
        pipes = [f"{kept}/asked", f"{kept}/answers"]
        for pipe in pipes:
            os.mkfifo(pipe)
        pid = _helper().answer(folder=str(folder), environment=environment, pipes=pipes)
        with open(pipes[0], "w") as asked, open(pipes[1]) as answers:
            yield partial(Helper(pid, asked, answers).run, folder=folder, environment=environment)


@dataclass(frozen=True)
class Helper:
    """A process, and the leader of its group, that programs are forked from."""

    pid: int
    asked: IO[str]
    answers: IO[str]

    def run(self, *arguments: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory(prefix="fresh-") as kept:
            out, err = Path(kept) / "out", Path(kept) / "err"
            asked = {"arguments": arguments, "folder": str(folder), "environment": environment}
            code = self.answer(**asked, outputs=[str(out), str(err)])
            return subprocess.CompletedProcess(arguments, code, out.read_text("utf-8"), err.read_text("utf-8"))

    def answer(self, **asked: Any) -> int:
        """If the test's time runs out first, the program ends, and the next one gets a new helper."""
        try:
            self.asked.write(json.dumps(asked) + "\n")
            self.asked.flush()
            return int(self.answers.readline())
        except BaseException:
            with contextlib.suppress(ProcessLookupError):  # a project that does not start has ended
                os.killpg(self.pid, signal.SIGKILL)
            _helper.cache_clear()
            raise


@cache
def _helper() -> Helper:
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-P", __file__],
        env=plain, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    atexit.register(process.communicate)
    return Helper(process.pid, process.stdin, process.stdout)


def _load_libraries() -> None:
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # one that is not installed is not needed
            importlib.import_module(name)


def _serve(asked: IO[str], answers: int) -> None:
    """Runs the program of each line and answers with its exit code; of a project to start, with its process."""
    gc.freeze()
    for line in iter(asked.readline, ""):
        wanted = json.loads(line)
        child = os.fork()
        if not child:
            os.close(answers)
            return _start(**wanted) if "pipes" in wanted else _become(**wanted)
        code = child if "pipes" in wanted else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(answers, b"%d\n" % code)
    return None


def _start(*, folder: str, environment: dict[str, str], pipes: list[str]) -> None:
    """Starts the project and checks it, as most commands do first, and serves."""
    os.setsid()
    asked, answers = os.fdopen(os.open(pipes[0], os.O_RDONLY)), os.open(pipes[1], os.O_WRONLY)
    _enter(folder, environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
    importlib.import_module("django").setup()
    importlib.import_module("django.core.checks").run_checks()
    _serve(asked, answers)


def _enter(folder: str, environment: dict[str, str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if folder not in sys.path:
        sys.path.insert(0, folder)


def _become(*, arguments: list[str], folder: str, environment: dict[str, str], outputs: list[str]) -> None:
    """Turns this process into that program."""
    for place, file in zip(OF_THE_PROGRAM, (os.devnull, *outputs), strict=True):
        opened = os.open(file, os.O_RDONLY if file == os.devnull else os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, place)
        os.close(opened)
    _enter(folder, environment)
    kind, *rest = arguments
    sys.argv = rest if kind == "-m" else [kind, *(rest[1:] if kind == "-c" else rest)]
    if kind == "-c":
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif kind == "-m":
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    _load_libraries()
    _serve(sys.stdin, os.dup(sys.stdout.fileno()))
