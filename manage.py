#!/usr/bin/env python
"""The one command of operations; without any environment it means the demo under `var/`."""

import io
import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- older ones get a sentence instead of a traceback
    sys.exit("The portal needs Python 3.11 or newer.")


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)  # each line reaches a pipe, a file or a log at once
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
    from django.conf import settings  # noqa: PLC0415 -- settings first
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        settings.INSTALLED_APPS  # noqa: B018 -- a setting that is missing is a sentence, not a traceback
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
