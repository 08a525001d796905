from django.apps import AppConfig


class IcpportalConfig(AppConfig):
    name = "icpportal"
    label = "icpportal"
