"""Pins have hashes and are valid for both Pythons; the audit fails on a vulnerability, but not without the service."""

import re
from pathlib import Path

import pytest

from tests import audit

HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}
PIN = re.compile(r"^([A-Za-z0-9_.-]+(?:\[[a-z0-9,_-]+\])?)==\S+")


def package(*holes: dict, name: str = "shop") -> dict:
    return {"name": name, "version": "1.0", "vulns": list(holes)}


def test_a_known_vulnerability_fails_and_names_the_fix() -> None:
    verdict = audit.judge([package(HOLE), package(name="safe")])

    assert verdict.fails
    assert verdict.lines[0] == "shop 1.0: PYSEC-2026-1, mended in 1.1"


def test_no_vulnerability_is_no_failure() -> None:
    assert not audit.judge([package()]).fails


@pytest.mark.parametrize(
    "answer", ["", "ConnectionError: no such host", '{"dependencies": [{"name": "shop", "skip_reason": "not found"}]}']
)
def test_an_unreachable_service_is_reported_and_is_no_failure(answer: str) -> None:
    verdict = audit.judge(audit.packages_of(answer))

    assert (verdict.fails, "not reachable" in verdict.lines[0]) == (False, True)


@pytest.mark.parametrize("file", audit.files(), ids=lambda path: path.name)
def test_every_pin_has_hashes_and_no_address_of_an_index(file: Path) -> None:
    text = file.read_text("utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert pins
    assert [line for line in pins if not (PIN.match(line) and line.endswith("\\"))] == []
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|--index|--extra|--find", text)


@pytest.mark.parametrize("file", audit.files(), ids=lambda path: path.name)
def test_every_file_of_pins_matches_its_source(file: Path) -> None:
    wanted = file.with_suffix(".in").read_text("utf-8").splitlines()
    names = {
        re.split(r"[\[<>=~]", line)[0].lower().replace("_", "-") for line in wanted if line and line[0] not in "#-"
    }
    pinned = {
        name[1].split("[")[0].lower().replace("_", "-")
        for name in map(PIN.match, file.read_text().splitlines())
        if name
    }

    assert names - pinned == set()
