"""All settings, by subject; without environment variables it is the demo under `var/`."""

from icpportal.configuration.accounts import *
from icpportal.configuration.database import *
from icpportal.configuration.environment import *
from icpportal.configuration.gateways import *
from icpportal.configuration.messages import *
from icpportal.configuration.ministry import *
from icpportal.configuration.orders import *
from icpportal.configuration.portal import *
from icpportal.configuration.provider import *
from icpportal.configuration.queues import *
from icpportal.configuration.security import *
from icpportal.configuration.storage import *
