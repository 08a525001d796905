"""The composition root: settings, addresses, workers, and the kit under the three apps."""

from icpportal.celery import app as celery_app

__all__ = ["celery_app"]
