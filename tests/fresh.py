"""Fresh Python processes at half the price: most of their two seconds to start go into importing libraries.

A helper, one for each test process, imports the libraries and nothing of the project. Each program then runs
in a fork of it, with exactly the given environment, folder and arguments: it imports the project's
modules for the first time, as after any start.
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
    with tempfile.TemporaryDirectory(prefix="fresh-") as kept:
        out, err = Path(kept) / "out", Path(kept) / "err"
        asked = {
            "arguments": arguments,
            "folder": str(folder),
            "environment": environment,
            "outputs": [str(out), str(err)],
        }
        code = _answer(json.dumps(asked))
        return subprocess.CompletedProcess(arguments, code, out.read_text("utf-8"), err.read_text("utf-8"))


def _answer(asked: str) -> int:
    """The exit code; if the test's time runs out first, the program ends, and the next one gets a new helper."""
    helper = _helper()
    try:
        helper.stdin.write(asked + "\n")
        helper.stdin.flush()
        return int(helper.stdout.readline())
    except BaseException:
        _helper.cache_clear()
        atexit.unregister(helper.communicate)
        os.killpg(helper.pid, signal.SIGKILL)
        helper.communicate()
        raise


@cache
def _helper() -> subprocess.Popen[str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    helper = subprocess.Popen(
        [sys.executable, "-P", __file__],
        env=plain, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    atexit.register(helper.communicate)
    return helper


def _serve() -> None:
    """Runs the program of each line and answers with its exit code."""
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # one that is not installed is not needed
            importlib.import_module(name)
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


def _become(*, arguments: list[str], folder: str, environment: dict[str, str], outputs: list[str]) -> None:
    """Turns this process into that program."""
    for place, file in zip(OF_THE_PROGRAM, (os.devnull, *outputs), strict=True):
        opened = os.open(file, os.O_RDONLY if file == os.devnull else os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, place)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path.insert(0, folder)
    kind, *rest = arguments
    sys.argv = rest if kind == "-m" else [kind, *(rest[1:] if kind == "-c" else rest)]
    if kind == "-c":
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif kind == "-m":
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    _serve()
