"""The settings of an operator: the names that the settings modules read, and production.env.example as a table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "production.env.example"
READ = re.compile(r"(?:env(?:\.\w+)?|secret|json_object)\(\s*\"([A-Z][A-Z0-9_]+)\"")
LINE = re.compile(r"^(# ?)?([A-Z][A-Z0-9_]+)=(.*)$")
# read, but not for an operator to set: who sets it instead
NOT_THERE = {
    "PORTAL_MODE": "the image and docker-compose.yml: production",
    "DATABASE_URL": "docker-compose.yml, from POSTGRES_PASSWORD; without containers it is set by hand",
    "REDIS_URL": "docker-compose.yml; without containers it is set by hand",
    "SCANNER_ADDRESS": "docker-compose.yml; without containers it is set by hand",
    "VAR_DIR": "the image; without containers it is set by hand",
    "STATIC_ROOT": "the image; without containers it is set by hand",
    "STATICFILES_BACKEND": "tests",
    "SIMULATORS": "the demo; refused in production",
    "SIMULATOR_URL": "the demo",
    "HTTPS": "the demo; off is refused in production",
    "STAFF_SECOND_FACTOR": "the demo; off is refused in production",
    "AUTHORITY_GATEWAY": "tests; a fake is refused in production",
    "PHOTO_APP_GATEWAY": "tests; follows PHOTO_APP_URL",
    "SCANNER_GATEWAY": "tests; none is refused in production",
    "DNS_GATEWAY": "tests",
    "WEB_PAGES_GATEWAY": "tests",
}


@dataclass(frozen=True)
class Setting:
    """One line of the example with its comment."""

    name: str
    value: str
    words: str
    is_needed: bool

    def row(self) -> str:
        value = f"`{self.value}`" if self.value else ""
        return f"| `{self.name}`{' **needed**' if self.is_needed else ''} | {value} | {self.words} |"


def read() -> set[str]:
    """The variables that the settings modules read."""
    folder = ROOT / "icpportal" / "configuration"
    return {name for path in folder.glob("*.py") for name in READ.findall(path.read_text("utf-8"))}


def settings() -> Iterator[Setting]:
    """The settings of the example, in order."""
    comment: list[str] = []
    is_over = False
    for line in EXAMPLE.read_text("utf-8").splitlines():
        found = LINE.match(line)
        if found:
            yield Setting(found[2], found[3].strip(), " ".join(comment), not found[1])
            is_over = True
        elif line.startswith("#"):
            comment = [*([] if is_over else comment), line[1:].strip()]
            is_over = False
        else:
            comment, is_over = [], False


def table() -> str:
    rows = [setting.row().replace("||", "|") for setting in settings()]
    return "\n".join(["| setting | example | what |", "|---|---|---|", *rows])
