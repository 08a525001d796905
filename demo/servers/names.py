"""A file of domains' addresses for the demo: `VAR_DIR/names.json`, `{"example.cn": ["192.0.2.10"]}`."""

import json
import os

from django.conf import settings

from icpportal.gateways.errors import Retryable


class FileResolver:
    """`dns.base.Resolver` from a file that is read on every call; a name not in it has no address."""

    def addresses(self, domain: str, *, timeout: float | None = None) -> list[str]:  # noqa: ARG002 -- a file
        """The addresses of the name in the file."""
        return list(_read().get(domain, []))

    def check(self) -> None:
        """Raises when the file is unreadable; without a file no name has an address."""
        _read()


def _read() -> dict[str, list[str]]:
    try:
        raw = json.loads((settings.VAR_DIR / "names.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise Retryable("the file of names cannot be read") from problem
    return raw if isinstance(raw, dict) else {}


def save(names: dict[str, list[str]]) -> None:
    """Replaces the file atomically: a reader sees the old one or the new one."""
    draft = settings.VAR_DIR / f"names.{os.getpid()}"
    draft.write_text(json.dumps(names, indent=1), "utf-8")
    draft.replace(settings.VAR_DIR / "names.json")
