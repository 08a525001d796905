"""The portal's settings with a sandbox that can be taken over, in the folder `TAKEN_OVER`."""

import os
from pathlib import Path

from icpportal.settings import *  # noqa: F403

BASE_DIR = Path(os.environ["TAKEN_OVER"])
