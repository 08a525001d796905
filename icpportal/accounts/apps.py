from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "icpportal.accounts"
    label = "accounts"
