"""The mode of the portal, and functions that read settings from the environment.

PORTAL_MODE is "demo": everything lies under `var/`, simulators are on, keys are invented. Or it is "production":
nothing secret has a default.
"""

import json
import os
import re
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]
CERTIFICATE = "ssl_cert_reqs"  # of the URL of a Redis with TLS


SWITCH = dict.fromkeys(("on", "true", "yes", "y", "ok", "1"), True)
SWITCH |= dict.fromkeys(("off", "false", "no", "n", "0"), False)


def on_or_off(text: str) -> bool:
    """Reads a switch. The library would take every unknown word for off."""
    if text.lower().strip() not in SWITCH:
        raise ValueError
    return SWITCH[text.lower().strip()]


def folder_path(text: str) -> Path:
    """Reads the path of a folder. An empty one would be the folder that the process happens to be started in."""
    if not text.strip():
        raise ValueError
    return Path(text)


KINDS: dict[Callable[..., Any], str] = {
    on_or_off: "on or off",
    folder_path: "the path of a folder, such as /var/lib/portal",
    int: "a whole number, such as 5000",
    float: "a number, such as 0.5",
    dict: "NAME=VALUE, several separated by commas",
    json.loads: "JSON",
    time.fromisoformat: "a time of day, such as 22:00",
}


class Environment(environ.Env):
    """The environment; remembers the names it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        """The value of `var`; an invalid one is named but not shown, because it may be a secret on a wrong line."""
        self.names.add(var)
        cast = on_or_off if cast is bool else cast
        given = self.ENVIRON.get(var, "")
        try:
            if given.startswith("$"):  # a password may start so; it does not name another variable
                return self.parse_value(given, cast or str)
            return super().get_value(var, cast, default, **options)
        except (ValueError, TypeError):
            kind = KINDS[cast[0] if isinstance(cast, list) else cast]
        raise ImproperlyConfigured(f"{var} cannot be read: it is {kind}, or left out.")

    def whole(self, name: str, default: int, *, least: int = 1, most: int = 1_000_000_000) -> int:
        """A whole number; one outside of these ends the start: a wait of no days closes every order that waits."""
        found = int(self.int(name, default=default))
        if not least <= found <= most:
            raise ImproperlyConfigured(f"{name} is a whole number from {least:,} to {most:,}, or left out")
        return found

    def folder(self, name: str, default: Path) -> Path:
        """A folder."""
        return Path(self.get_value(name, folder_path, default=default))


env = Environment()
Taken = TypeVar("Taken")

VERSION = "0.2.0"  # version of the portal; see CHANGELOG.md

PORTAL_MODE = env.str("PORTAL_MODE", default="demo")
if PORTAL_MODE not in ("demo", "production"):
    raise ImproperlyConfigured("PORTAL_MODE is 'demo' or 'production'")
DEMO = PORTAL_MODE == "demo"
DEMO_FOLDER = BASE_DIR / "demo"  # in a checkout, not in the production image
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")
SIMULATORS = env.bool("SIMULATORS", default=DEMO and DEMO_FOLDER.is_dir())
DEMO_URLS = "demo.urls" if SIMULATORS and DEMO_FOLDER.is_dir() else ""  # their addresses
if DEMO:
    try:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise ImproperlyConfigured(
            f"VAR_DIR is {VAR_DIR}, and that folder cannot be made ({trouble.strerror}): name one that you may write."
        ) from None


# required in production; an outside system's own settings are in its row of the registry
REQUIRED = (
    "SECRET_KEY",
    "PII_KEYS",
    "BLIND_INDEX_KEY",
    "DATABASE_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "ALLOWED_HOSTS",
    "PUBLIC_BASE_URL",
    "SERVER_PROVINCE",
    "PROVIDER_NAME_ZH",
    "PROVIDER_NAME_EN",
    "PROVIDER_HOTLINE",
    "PROVIDER_HOURS",
    "PROVIDER_CALLER_NUMBERS",
    "MIIT_ISP_ID",
    "MIIT_USER",
    "MIIT_PASSWORD",
    "MIIT_FILES_URL",
    "MIIT_STATUS_URL",
    "MIIT_PASSWORD_URL",
)
MISSING = () if DEMO else tuple(name for name in REQUIRED if not env.str(name, default="").strip())
if MISSING:
    raise ImproperlyConfigured(
        f"These settings are missing: {', '.join(MISSING)}. production.env.example says what each of them is."
    )
# placeholders in production.env.example
EXAMPLES = ("change-me", "changeme", "example.com", "400-000-0000", "010-0000-000", "示例云", "Example Cloud")


def placeholders_left() -> list[str]:
    """The variables that still have a placeholder of the example; never their values."""
    return sorted(name for name in env.names if any(word in env.str(name, default="") for word in EXAMPLES))


def secret(name: str, *, demo: str) -> str:
    """The secret `name`. A missing or empty one prevents the start; in the demo it has a value, also if it is empty."""
    found = env.str(name, default="")
    if DEMO or found.strip():
        return found or demo
    raise ImproperlyConfigured(f"{name} is missing or empty. production.env.example says what it is.")


def address(name: str, url: str, take_apart: Callable[[str], Taken]) -> Taken:
    """The parsed URL of `name`; one that cannot be parsed with certainty is refused without quoting it."""
    found = None if _is_doubtful(url) else _parts_or_none(url, take_apart)
    if found is None:  # not chained to the original error, which would quote the password
        raise ImproperlyConfigured(
            f"{name} is no address. Check how it begins; in its user and password write / as %2F, # as %23, ? as %3F, "
            "@ as %40, [ as %5B and % as %25."
        )
    return found


def _is_doubtful(url: str) -> bool:
    """Whether its password may end early, at a character with a meaning in URLs."""
    behind = url.partition("://")[2]
    server = re.split("[/?#]", behind, maxsplit=1)[0]
    rest = behind.removeprefix(server)
    return bool(server) and ("#" in rest or "@" in rest.partition("?")[0] or ("@" in rest and "@" not in server))


def _parts_or_none(url: str, take_apart: Callable[[str], Taken]) -> Taken | None:
    try:
        return take_apart(url)
    except (ValueError, ImproperlyConfigured):
        return None


def database(url: str) -> dict[str, Any]:
    """A parsed database URL; the library's warning about an invalid one would quote the password."""
    if not re.match("(postgres|postgresql|psql|pgsql|sqlite)://", url):
        raise ValueError
    found = dict(env.db_url_config(url))
    if not found.get("NAME"):
        raise ValueError
    return found


def redis(url: str) -> str:
    """The URL of Redis, or ""; Celery would take another scheme for another broker.

    With TLS, the certificate is asked for: Celery's library believes any one where the URL says nothing about it.
    """
    if url and not re.match("(redis|rediss|redis[+]socket|sentinel|unix)://", url):
        raise ValueError
    parts = urlsplit(url)
    _ = parts.port  # raises where it is no number
    if parts.scheme != "rediss" or CERTIFICATE in parse_qs(parts.query):
        return url
    return f"{url}{'&' if parts.query else '?'}{CERTIFICATE}=required"


def takes_any_certificate(url: str) -> bool:
    """Whether whoever answers in place of this Redis would be believed."""
    parts = urlsplit(url)
    return parts.scheme == "rediss" and parse_qs(parts.query).get(CERTIFICATE, [""])[0].lower().endswith("none")


def demo_url(note: Path, default: str) -> str:
    """The URL that the running demo wrote into its data folder, so that other commands use the same one."""
    return note.read_text("utf-8").strip() if DEMO and note.exists() else default


def share_counters(folder: Path) -> None:
    """Makes processes count in files of this folder: prometheus-client reads this variable when it is imported.

    The folder is made with the first file: where that fails, a process counts in memory and works.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def json_object(name: str) -> Any:
    """The JSON object of `name`, {} when empty."""
    found = env.json(name) if env.str(name, default="").strip() else {}
    if not isinstance(found, dict):
        raise ImproperlyConfigured(f'{name} cannot be read: it is a JSON object, such as {{"name": "value"}}.')
    return found
