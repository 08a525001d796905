"""The Celery application; `python -m icpportal.celery worker` and `… beat` start the background processes."""

from icpportal.celery.application import app

__all__ = ["app"]
