"""How a failed rehearsal ends: one line that says where and why, and an exit code."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from demo.rehearsal.scenario import Scenario


def end_of(**options: Any) -> tuple[CommandError, dict[str, Any]]:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("rehearse", json=True, stdout=out, **options)
    return error.value, json.loads(out.getvalue())


@pytest.mark.parametrize("address", ["nonsense", "ftp://portal.example", "http://"])
def test_an_invalid_address_is_reported_as_such(address: str) -> None:
    error, told = end_of(base_url=address)

    assert (str(error), error.returncode) == (
        f"prepare: {address} is no address of a portal: it begins with http:// or https://",
        1,
    )
    assert told["failed"] == "prepare"


def test_an_address_where_nobody_listens_is_reported_as_not_answering() -> None:
    error, _told = end_of(base_url="http://127.0.0.1:9")

    assert str(error) == "prepare: http://127.0.0.1:9 does not answer: no connection"


def test_ctrl_c_ends_it_with_the_finished_steps_and_130(monkeypatch: Any) -> None:
    def stopped(walk: Scenario, _steps: Any) -> None:
        walk.reference = "QKX4-UNN8"
        raise KeyboardInterrupt

    monkeypatch.setattr(Scenario, "run", stopped)

    error, told = end_of()

    assert (str(error), error.returncode) == ("prepare: stopped by Ctrl-C", 130)
    assert (told["reference"], told["problem"]) == ("QKX4-UNN8", "stopped by Ctrl-C")
