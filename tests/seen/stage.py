"""The walk's world without a test around it: data in a folder that goes away. Import before any model."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="portal-seen-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ.pop("DATABASE_URL", None)
os.environ.update(
    VAR_DIR=str(FOLDER),
    STATICFILES_BACKEND="django.contrib.staticfiles.storage.StaticFilesStorage",
    DJANGO_SETTINGS_MODULE="icpportal.settings",
    DJANGO_ALLOW_ASYNC_UNSAFE="true",  # playwright runs a loop in this thread
    LOG_LEVEL="ERROR",
)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402

from tests import migrated  # noqa: E402
from tests.walk import world  # noqa: E402


def build(profile: str = world.PROFILES[0]) -> world.World:
    """Every role, an order of each kind in each state; the rules before 2020 have the most pages."""
    migrated.copy_to(FOLDER / "portal.sqlite3")
    settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
    return world.build(profile, FOLDER, settings)
