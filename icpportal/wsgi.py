"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver

from icpportal.operations.startup import refuse_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
refuse_unfit()
application = get_wsgi_application()
# With --preload all this is done once, and the workers share its memory: every page's modules are read, no connection
# is handed on to two processes, and the collector does not touch what stays for good.
get_resolver().url_patterns  # noqa: B018
connections.close_all()
gc.collect()
gc.freeze()
