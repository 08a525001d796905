"""Where a domain points in the demo: as a file says."""

from typing import Any

import pytest

from demo.servers.names import FileResolver, save
from icpportal.gateways.errors import Retryable


def test_the_demo_reads_a_file_and_without_one_every_name_points_nowhere(tmp_path: Any, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    assert FileResolver().addresses("example.com") == []
    FileResolver().check()

    save({"example.com": ["192.0.2.10"]})
    assert FileResolver().addresses("example.com") == ["192.0.2.10"]

    (tmp_path / "names.json").write_text("{")
    with pytest.raises(Retryable):
        FileResolver().check()
