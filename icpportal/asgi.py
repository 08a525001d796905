"""For hosts that require ASGI; the image runs WSGI."""

import os

from django.core.asgi import get_asgi_application

from icpportal.operations.startup import bound_statements, refuse_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
refuse_unfit()
application = get_asgi_application()
bound_statements()
