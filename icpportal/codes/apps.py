from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "icpportal.codes"
    label = "codes"
