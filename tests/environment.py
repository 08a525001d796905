"""Loaded before Django's settings: tests keep every byte they write in a folder of their own."""

import atexit
import os
import shutil
import tempfile

if "VAR_DIR" not in os.environ:
    folder = tempfile.mkdtemp(prefix="portal-test-")
    os.environ["VAR_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

# pages name their style sheets plainly: no collected manifest is needed
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")
