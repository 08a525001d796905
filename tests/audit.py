"""Compares the pinned packages with known vulnerabilities (`make audit`): exit code 1 names them; no service, 0.

pip-audit compares the pins with the advisories of the package index. A machine that only reaches a mirror learns
nothing, which is reported and is no failure.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120


@dataclass(frozen=True)
class Verdict:
    """The text of the verdict, and whether it is a failure."""

    lines: tuple[str, ...]
    fails: bool


def files() -> list[Path]:
    """All files of pins."""
    return sorted(ROOT.glob("requirements*.txt"))


def packages_of(answer: str) -> list[dict[str, Any]] | None:
    """pip-audit's answer for each package; None if it could not ask."""
    try:
        found: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        return None
    return found


def judge(packages: list[dict[str, Any]] | None) -> Verdict:
    """The verdict: known vulnerabilities fail, packages without an answer do not."""
    known = [each for each in packages or () if "skip_reason" not in each]
    if not known:
        return Verdict(("The advisory service is not reachable: nothing was audited.",), fails=False)
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none yet'}"
        for each in known
        for hole in each["vulns"]
    ]
    counted = (
        f"{len(known)} packages audited, {len(packages or ()) - len(known)} unknown there, {len(holes)} known holes."
    )
    return Verdict((*holes, counted), fails=bool(holes))


def ask_pip_audit() -> list[dict[str, Any]] | None:
    """Asks pip-audit about all pins together."""
    pins = [word for file in files() for word in ("--requirement", str(file))]
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json"]
    quiet = ["--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*command, *quiet, *pins], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return packages_of(done.stdout)


def main() -> int:
    verdict = judge(ask_pip_audit())
    sys.stdout.write("\n".join(verdict.lines) + "\n")
    return int(verdict.fails)


if __name__ == "__main__":
    sys.exit(main())
