"""Separate storages for each test: a backup takes everything in them."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def empty_places(tmp_path: Path, settings: Any) -> None:
    """Storages of this test only."""
    backend = "django.core.files.storage.FileSystemStorage"
    places = {
        name: {"BACKEND": backend, "OPTIONS": {"location": tmp_path / name}}
        for name in ("documents", "quarantine", "ministry")
    }
    settings.STORAGES = {**settings.STORAGES, **places}
