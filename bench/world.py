"""A separate portal for measuring, with data in a folder that is deleted. Import it before any model."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="portal-bench-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ.update(
    VAR_DIR=FOLDER,
    STATICFILES_BACKEND="django.contrib.staticfiles.storage.StaticFilesStorage",
    DJANGO_SETTINGS_MODULE="icpportal.settings",
    LOG_LEVEL="ERROR",
)

import django  # noqa: E402

django.setup()
