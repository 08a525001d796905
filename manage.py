#!/usr/bin/env python
"""The one command of operations; without any environment it means the demo under `var/`."""

import errno
import gc
import io
import os
import select
import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- older ones get a sentence instead of a traceback
    sys.exit("The portal needs Python 3.11 or newer.")

INTERRUPTED = 128 + 2  # as shells say it
# a disk that takes nothing, for reasons that only its owner can end
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR)


def main() -> None:
    gc.disable()  # what is loaded stays: searching it for garbage takes a tenth of the start
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # each line reaches a pipe, a file or a log at once
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
    from django.conf import settings  # noqa: PLC0415 -- settings first
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    try:
        settings.INSTALLED_APPS  # noqa: B018 -- a setting that is missing is a sentence, not a traceback
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    execute()


def execute() -> None:
    """The command; what is no fault of the program is a sentence: a database that is away, a full disk, Ctrl-C."""
    import django  # noqa: PLC0415 -- settings first
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db import DatabaseError  # noqa: PLC0415

    try:
        if "runserver" not in sys.argv:  # it sets up by itself, and waits for a corrected file if that fails
            django.setup()
        gc.freeze()
        gc.enable()
        execute_from_command_line(sys.argv)
    except DatabaseError as problem:
        from icpportal.database import failures  # noqa: PLC0415 -- seldom

        if "--traceback" in sys.argv or not (words := failures.explain(problem)):
            raise
        sys.exit(words)
    except KeyboardInterrupt:
        if "--traceback" in sys.argv:
            raise
        sys.stderr.write("Interrupted.\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        if not is_cut_off():
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is written at the end
        sys.exit(1)
    except OSError as problem:
        if "--traceback" in sys.argv or problem.errno not in DISK:
            raise
        where = f": {problem.filename}" if problem.filename else ""
        sys.exit(f"A file cannot be read or written: {problem.strerror}{where}")


def is_cut_off() -> bool:
    """Whether what reads our output, such as `head`, has ended."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # that the other end is gone is told unasked
    return bool(poll.poll(0))


if __name__ == "__main__":
    main()
