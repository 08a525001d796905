"""The demo's DNS, read from a file."""

from typing import Any

import pytest

from demo.servers.names import FileResolver, save
from icpportal.gateways.errors import Retryable


def test_the_demo_reads_a_file_and_without_one_no_name_has_an_address(tmp_path: Any, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    assert FileResolver().addresses("example.com") == []
    FileResolver().check()

    save({"example.com": ["192.0.2.10"]})
    assert FileResolver().addresses("example.com") == ["192.0.2.10"]

    (tmp_path / "names.json").write_text("{")
    with pytest.raises(Retryable):
        FileResolver().check()
