"""`manage.py ensure_roles`: write what each role may do into its group. Run after every migrate."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from icpportal.accounts import roles


class Command(BaseCommand):
    """Make the groups and give them the permissions of `settings.ROLE_PERMISSIONS`; may run any number of times."""

    help = "Make the groups of the roles and give them their permissions. Run after every migrate."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 -- Django's signature
        missing = roles.ensure()
        if missing:
            raise CommandError(f"no model declares these permissions: {', '.join(sorted(set(missing)))}")
        self.stdout.write(f"ensure_roles: {len(roles.NAMES)} roles")
