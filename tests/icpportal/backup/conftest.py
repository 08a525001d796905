"""Storages of each test alone: a backup takes all that lies there."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def empty_places(tmp_path: Path, settings: Any) -> None:
    """Storages of this test alone."""
    backend = "django.core.files.storage.FileSystemStorage"
    places = {
        name: {"BACKEND": backend, "OPTIONS": {"location": tmp_path / name}}
        for name in ("documents", "quarantine", "ministry")
    }
    settings.STORAGES = {**settings.STORAGES, **places}
