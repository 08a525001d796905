"""`manage.py reset_demo`: deletes the data of the demo, so that the next start begins with new data."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.management.commands.demo import take_lock


class Command(BaseCommand):
    help = "Deletes the data folder of the demo (VAR_DIR); refuses while a demo runs on it."
    requires_system_checks: list[str] = []

    def handle(self, *args: str, **options: str | int | None) -> None:
        if not settings.DEMO:
            raise CommandError("This is a production environment (PORTAL_MODE=production): nothing is deleted here.")
        folder = Path(settings.VAR_DIR).resolve()
        if Path(settings.BASE_DIR).resolve().is_relative_to(folder):
            raise CommandError(f"{folder} holds the project itself, and not only data: delete what you mean by hand.")
        if not (folder / "demo.lock").exists():
            self.stdout.write(f"No demo has run on {folder}: nothing to delete.")
            return
        with take_lock(folder / "demo.lock"):
            shutil.rmtree(folder)
        self.stdout.write(f"Deleted {folder}. `make demo` fills it again.")
        if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
            self.stdout.write("The database that DATABASE_URL names is as it was.")
