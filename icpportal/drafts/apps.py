from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "icpportal.drafts"
    label = "drafts"
