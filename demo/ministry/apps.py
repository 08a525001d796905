from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """The invented authority; installed only in its own process (`settings.py` beside this file)."""

    name = "demo.ministry"
    label = "simulator"
