"""`manage.py ensure_roles`: writes what each role may do into its group, as `migrate` does."""

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from icpportal.accounts import roles


class Command(BaseCommand):
    """Creates the groups and gives them the permissions of `settings.ROLE_PERMISSIONS`; idempotent."""

    help = "Writes the roles and what each may do. `migrate` does it too."

    def handle(self, **options: bool | int | str | None) -> None:
        if Group._meta.db_table not in connection.introspection.table_names():
            raise CommandError(
                "the database has no tables yet: run manage.py migrate first, which writes the roles too"
            )
        missing = roles.ensure()
        if missing:
            raise CommandError(f"no model declares these permissions: {', '.join(sorted(set(missing)))}")
        self.stdout.write(f"ensure_roles: {len(roles.NAMES)} roles")
