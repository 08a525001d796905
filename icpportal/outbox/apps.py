from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "icpportal.outbox"
    label = "outbox"
