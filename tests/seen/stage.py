"""The walk's world without a test around it: data in a folder that is deleted. Import before any model."""

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
from tests.transfers import states  # noqa: E402
from tests.walk import world  # noqa: E402
from transfers.models import ReturnReason  # noqa: E402
from transfers.review import leases  # noqa: E402
from transfers.review.reasons import publication  # noqa: E402


def build(profile: str = world.PROFILES[0]) -> world.World:
    """Every role, an order of each kind in each state; the rules before 2020 have the most pages.

    The reviewer has the cases in review, and a lead has started a new version of a reason.
    """
    migrated.copy_to(FOLDER / "portal.sqlite3")
    settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
    made = world.build(profile, FOLDER, settings)
    for kind in (states.TRANSFER, states.TRANSFER_ANOTHER):
        leases.assign_to_me(world.of(made, states.SUBMITTED, kind), made.people["reviewer"])
    reason = ReturnReason.objects.earliest("pk")
    words = {name: getattr(reason, name) for name in ("text_zh", "text_en", "short_zh", "short_en", "fields")}
    publication.write(reason, made.people["lead"], {**words, "because": "说法更清楚"})
    return made
