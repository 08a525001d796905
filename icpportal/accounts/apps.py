from django.apps import AppConfig, apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Fact


class AccountsConfig(AppConfig):
    name = "icpportal.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        # by the last app: earlier, not all permissions exist
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(_write_roles, sender=last, dispatch_uid="roles_after_migrate")


def _write_roles(sender: AppConfig, using: str, apps: Apps, **_said: Fact) -> None:  # noqa: ARG001 -- the signal's
    """Writes what each role may do after every `migrate`, as `ensure_roles` does."""
    from icpportal.accounts import roles  # noqa: PLC0415 -- app ready

    has_groups = "group" in apps.all_models["auth"]  # not after migrating back to zero
    if using == DEFAULT_DB_ALIAS and has_groups:
        roles.ensure()
