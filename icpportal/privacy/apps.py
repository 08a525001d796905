from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "icpportal.privacy"
    label = "privacy"
