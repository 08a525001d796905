"""The Celery application; `python -m icpportal.celery worker` and `… beat` start what serves beside the web."""

from icpportal.celery.application import app

__all__ = ["app"]
