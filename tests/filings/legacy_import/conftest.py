"""Fixtures for the tests of the old platform."""

import pytest

from tests.filings.legacy_import.dumps import load_rows
from tests.transfers.builders import make_user


@pytest.fixture
def old(tmp_path, db):
    """Loads rows into the old platform's records."""
    return lambda *rows: load_rows(tmp_path / "dump.json", *rows)


@pytest.fixture
def lin(db):
    return make_user("lin@example.net")


@pytest.fixture
def chen(db):
    return make_user("chen@example.net")
