"""Where gunicorn finds the simulator; its tables are there before the first request."""

import os

from django.core.wsgi import get_wsgi_application

# assigned, not a default: importing `icpportal` has named the portal's settings already
os.environ["DJANGO_SETTINGS_MODULE"] = "icpportal.gateways.miit.simulator.settings"

application = get_wsgi_application()

from icpportal.gateways.miit.simulator import examples, tables  # noqa: E402 -- after the applications are ready

tables.prepare()
examples.fill()
