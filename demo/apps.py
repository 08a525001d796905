from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo's commands; installed if the folder exists (`icpportal/configuration/portal.py`)."""

    name = "demo"
