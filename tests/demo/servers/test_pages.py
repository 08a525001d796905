"""The demo's home pages, read from a file."""

from pathlib import Path
from typing import Any

import pytest

from demo.servers.pages import FilePages
from icpportal.gateways.errors import Retryable


def test_a_page_of_the_file_is_read_and_every_other_has_no_number(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    without_a_file = FilePages().fetch("https://example.com/").body.decode()
    (tmp_path / "pages.json").write_text('{"https://example.com/": "<p>here</p>"}')

    assert "号" not in without_a_file
    assert FilePages().fetch("https://example.com/").body == b"<p>here</p>"


def test_an_invalid_file_does_not_answer(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "pages.json").write_text("{")

    with pytest.raises(Retryable):
        FilePages().check()
