from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    name = "icpportal.workdays"
    label = "workdays"
