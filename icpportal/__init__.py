"""The composition root: settings, addresses, workers, and the kit the three apps stand on."""

from icpportal.celery import app as celery_app

__all__ = ["celery_app"]
