from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "icpportal.approvals"
    label = "approvals"
