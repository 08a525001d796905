"""Settings for the type checker only: the portal's, and the simulator's app, which runs in its own process."""

from demo.ministry.settings import LARGEST_REQUEST  # noqa: F401 -- the simulator's one additional setting
from icpportal.settings import *  # noqa: F403
from icpportal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "demo.ministry"]
