"""gunicorn's configuration for portals and simulators that tests start.

There, too, an unknown template variable is an error, and passwords are hashed at the lowest cost.
"""

import sys
from pathlib import Path
from typing import Any

ARGUMENTS = {"GUNICORN_CMD_ARGS": f"--config {Path(__file__).resolve()}"}


def post_worker_init(worker: Any) -> None:
    """The page answers 500, and its log names file and variable."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from tests import passwords, strict_templates

    strict_templates.install(AssertionError)
    passwords.at_least_cost()
