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
from functools import cache
from pathlib import Path

# what most starts of the portal import and what needs no settings
LIBRARIES = (
    "django.contrib.messages.api", "django.contrib.staticfiles.finders", "django.core.management.commands.check",
    "django.core.cache.backends.filebased", "django.core.mail.backends.smtp", "django.core.serializers.json",
    "django.db.migrations.executor", "django.forms", "django.template.loader", "django.test.signals",
    "django.urls", "django.utils.autoreload", "django.views.debug", "django.views.generic",
    "argon2", "botocore.exceptions", "celery.app.task", "celery.schedules", "chinese_calendar",
    "cryptography.fernet", "csp.middleware", "environ", "fido2.server", "lxml.html", "phonenumbers", "PIL.Image",
    "qrcode.main", "redis.asyncio", "requests", "sqlparse", "stdnum.cn.ric", "stdnum.cn.uscc", "tldextract",
    "whitenoise.middleware", "yaml", "zeep.client", "zeep.wsse",
)  # fmt: skip
OF_THE_PROGRAM = 0, 1, 2  # its standard input, output and error


def run(*arguments: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs `python` with these arguments (`-c`, `-m` or a file first), in this folder, with only this environment."""
    try:
        return _helper().run(arguments, folder, environment)
    except BaseException:  # the test's time ran out, for example: the next program gets a new helper
        atexit.unregister(_helper().close)
        _helper.cache_clear()
        raise


@contextlib.contextmanager
def started(folder: Path, environment: dict[str, str]) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Starts the project once, in this folder with only this environment; what it yields runs commands in forks of it.

    `manage.py` is run as always, but finds the project's modules imported.
    """
    helper = Helper(json.dumps({"folder": str(folder), "environment": environment}))
    try:
        yield lambda *arguments: helper.run(("manage.py", *arguments), folder, environment)
    finally:
        helper.close()


class Helper:
    """The process that programs are forked from."""

    def __init__(self, *project: str) -> None:
        plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-P", __file__, *project],
            env=plain, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(
        self, arguments: tuple[str, ...], folder: Path, environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """The program's output and exit code; if the test's time runs out first, it ends, and this process too."""
        with tempfile.TemporaryDirectory(prefix="fresh-") as kept:
            out, err = Path(kept) / "out", Path(kept) / "err"
            asked = {
                "arguments": arguments,
                "folder": str(folder),
                "environment": environment,
                "outputs": [str(out), str(err)],
            }
            try:
                self.process.stdin.write(json.dumps(asked) + "\n")
                self.process.stdin.flush()
                code = int(self.process.stdout.readline())
            except BaseException:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.close()
                raise
            return subprocess.CompletedProcess(arguments, code, out.read_text("utf-8"), err.read_text("utf-8"))

    def close(self) -> None:
        if self.process.returncode is None:
            self.process.communicate()


@cache
def _helper() -> Helper:
    helper = Helper()
    atexit.register(helper.close)
    return helper


def _serve(*project: str) -> None:
    """Runs the program of each line and answers with its exit code."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # one that is not installed is not needed
            importlib.import_module(name)
    for each in project:
        _load(**json.loads(each))
    gc.freeze()
    answers = os.dup(sys.stdout.fileno())
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if not child:
            os.close(answers)
            return _become(**json.loads(line))
        _pid, status = os.waitpid(child, 0)
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(status))
    return None


def _load(*, folder: str, environment: dict[str, str]) -> None:
    """Starts the project and checks it, as most commands do first."""
    _enter(folder, environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
    importlib.import_module("django").setup()
    importlib.import_module("django.core.checks").run_checks()


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
    _serve(*sys.argv[1:])
