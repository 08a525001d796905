from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo's commands; installed where the folder is there (`icpportal/configuration/portal.py`)."""

    name = "demo"
