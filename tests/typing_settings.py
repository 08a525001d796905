"""Settings for the type checker alone: the portal's, and the simulator's app, which runs in a process of its own."""

from demo.ministry.settings import LARGEST_REQUEST  # noqa: F401 -- the one setting of its own
from icpportal.settings import *  # noqa: F403
from icpportal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "demo.ministry"]
