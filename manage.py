#!/usr/bin/env python
"""The one command of operations; without any environment it means the demo under `var/`."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- older ones get a sentence instead of a traceback
    sys.exit("The portal needs Python 3.11 or newer.")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
