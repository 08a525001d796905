"""Addresses of static files."""

import json

import pytest
from whitenoise.storage import CompressedManifestStaticFilesStorage

from icpportal.pages.markup.static_files import PageFiles


@pytest.fixture
def files(settings, tmp_path):
    settings.DEBUG = False
    written = {"paths": {"css/portal.css": "css/portal.0123456789ab.css"}, "version": "1.1", "hash": ""}
    (tmp_path / "staticfiles.json").write_text(json.dumps(written))
    return PageFiles(location=str(tmp_path), base_url="/static/")


def test_the_address_of_a_file_is_worked_out_once(files, monkeypatch):
    first = files.url("css/portal.css")
    monkeypatch.setattr(CompressedManifestStaticFilesStorage, "url", None)  # would raise
    assert files.url("css/portal.css") == first == "/static/css/portal.0123456789ab.css"


def test_a_file_that_was_not_collected_is_an_error_each_time(files):
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            files.url("css/lost.css")
