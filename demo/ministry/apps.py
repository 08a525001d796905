from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    """The simulated authority; installed in its own process only (`settings.py` beside this file)."""

    name = "demo.ministry"
    label = "simulator"
