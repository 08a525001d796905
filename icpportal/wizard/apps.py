from django.apps import AppConfig


class WizardConfig(AppConfig):
    name = "icpportal.wizard"
    label = "wizard"
