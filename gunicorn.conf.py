"""gunicorn's configuration, which it reads from the folder that it is started in; its flags are in the Dockerfile."""

from typing import Any


def on_reload(server: Any) -> None:
    """Sets the portal's log up again after a SIGHUP: gunicorn adds a handler, and writes its lines a second time."""
    # only here: without --preload this process serves nothing, and knows no settings
    from django.conf import settings  # noqa: PLC0415
    from django.utils.log import configure_logging  # noqa: PLC0415

    if settings.configured:
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
