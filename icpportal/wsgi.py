"""The WSGI application for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from icpportal.operations.startup import bound_statements, preload, refuse_unfit
from icpportal.pages.call_stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icpportal.settings")
refuse_unfit()
application = with_room(get_wsgi_application())
bound_statements()
preload()
