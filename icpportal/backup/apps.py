from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "icpportal.backup"
    label = "backup"
