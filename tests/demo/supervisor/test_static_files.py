"""A demo that is started again collects style sheets only if one of them is another."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from demo.supervisor import static_files

BLACK, WHITE, PURPLE = "p { color: black }", "p { color: white }", "p { color: rebeccapurple }"


@pytest.fixture
def collected(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The commands that were called; of a folder with one style sheet."""
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "portal.css").write_text(BLACK)
    called: list[str] = []

    def call(name: str, **options: Any) -> None:
        called.append(name)
        call_command(name, **options)

    monkeypatch.setattr(static_files, "call_command", call)
    finders.get_finder.cache_clear()
    yield called
    finders.get_finder.cache_clear()


def test_the_same_files_are_collected_once(collected: list[str], tmp_path: Path):
    for _start in range(3):
        static_files.collect()

    assert collected == ["collectstatic"]
    assert (tmp_path / "collected" / "portal.css").read_text() == BLACK


@pytest.mark.parametrize("when", ["as long", "as old", "added"])
def test_another_file_is_collected(collected: list[str], tmp_path: Path, when: str):
    style = tmp_path / "static" / ("further.css" if when == "added" else "portal.css")
    static_files.collect()
    before = (tmp_path / "static" / "portal.css").stat()

    style.write_text(WHITE if when == "as long" else PURPLE)
    if when == "as old":
        os.utime(style, ns=(before.st_atime_ns, before.st_mtime_ns))
    static_files.collect()

    assert len(collected) == 2
    assert (tmp_path / "collected" / style.name).exists()


def test_what_a_failed_start_left_is_collected_again(
    collected: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    style = tmp_path / "static" / "portal.css"
    static_files.collect()
    before = style.stat()
    style.write_text(PURPLE)
    with monkeypatch.context() as full:
        full.setattr(static_files, "call_command", Mock(side_effect=OSError("No space left on device")))
        with pytest.raises(OSError, match="No space"):
            static_files.collect()
    style.write_text(BLACK)
    os.utime(style, ns=(before.st_atime_ns, before.st_mtime_ns))

    static_files.collect()

    assert (tmp_path / "collected" / "portal.css").read_text() == BLACK
    assert len(collected) == 2
