"""The simulator's WSGI application; creates its tables before the first request."""

import os

from django.core.wsgi import get_wsgi_application

# assigned, not a default: importing `icpportal` has already set the portal's settings
os.environ["DJANGO_SETTINGS_MODULE"] = "demo.ministry.settings"

application = get_wsgi_application()

from demo.ministry import examples, tables  # noqa: E402 -- after the applications are ready

tables.prepare()
examples.fill()
