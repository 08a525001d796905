"""The portal's log: one line for each event, with the request's reference, nothing personal."""

import json
import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache

from icpportal.fields.types import Fact, Json
from icpportal.privacy.masks import mask_email, mask_mobile, mask_number

request_reference: ContextVar[str] = ContextVar("request_reference", default="")

HIDDEN = "***"
PRIVATE_WORD = r"(?:password|passwd|passphrase|pwd|secret|token|cookie|authorization|session_?id|api_?key|密码)"
CODE_WORD = r"(?:code|otp|captcha|验证码|服务号)"
ASSIGNED = r"""["']?\s*[:=：]\s*"""
SLASH = "(?:/|%(?:25)*2[Ff])"  # encoded where an address is part of another one's query (`next=`)


def value(length: str) -> str:
    """A quoted or bare value of so many characters."""
    return rf"""(?:"[^"]{length}"|'[^']{length}'|[^\s,;&}}\])"']{length})"""


SECRET_KEY = re.compile(PRIVATE_WORD, re.IGNORECASE)
CODE_KEY = re.compile(rf"(?:^|[_-]){CODE_WORD}$", re.IGNORECASE)

# Each pattern with its replacement; the order matters: a secret may look like a number.
RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # one-time secrets in an address: a phone's link, a request for consent, a phone upload, an invitation
    (
        re.compile(rf"({SLASH}(?:by-phone|consent|invitation|phone){SLASH})[\w-]{{16,}}"),
        lambda found: found[1] + HIDDEN,
    ),
    (re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"), lambda _found: HIDDEN),
    (
        re.compile(rf"([\w-]*{PRIVATE_WORD}[\w-]*{ASSIGNED})(?:Bearer\s+|Basic\s+)?{value('*')}", re.IGNORECASE),
        lambda found: found[1] + HIDDEN,
    ),
    (
        re.compile(rf"(\b[\w-]*{CODE_WORD}{ASSIGNED}){value('{4,}')}", re.IGNORECASE),
        lambda found: found[1] + HIDDEN,
    ),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), lambda found: mask_email(found[0])),
    (re.compile(r"(?<![0-9A-Za-z])[0-9]{14,17}[0-9Xx](?![0-9A-Za-z])"), lambda found: mask_number(found[0])),
    (
        re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9A-Za-z])"),
        lambda found: mask_mobile(re.sub(r"[ -]", "", found[1])),
    ),
)
# each request logs the same few words: those in which nothing had to be hidden
_CLEAN: set[str] = set()
SHORT, MOST_CLEAN = 80, 2000
PLAIN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request"}


def redact(text: str) -> str:
    """`text` without identity numbers, mobiles, email addresses, passwords and codes."""
    if text in _CLEAN:
        return text
    found = text
    for pattern, instead in RULES:
        found = pattern.sub(instead, found)
    if found == text and len(text) <= SHORT and len(_CLEAN) < MOST_CLEAN:
        _CLEAN.add(text)
    return found


def redact_value(key: str, value: Fact) -> Fact:
    """What may be logged of `value`, which was logged under the name `key`."""
    is_secret, is_code = _names(key)
    if is_secret or (is_code and len(str(value)) > 3):
        return HIDDEN
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {redact(str(name)): redact_value(str(name), inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact_value("", inner) for inner in value]
    masked = redact(str(value))
    return value if isinstance(value, (int, float)) and masked == str(value) else masked


@lru_cache(256)
def _names(key: str) -> tuple[bool, bool]:
    """Whether a secret is logged under this name, and whether a code is."""
    return bool(SECRET_KEY.search(key)), bool(CODE_KEY.search(key))


def extras(record: logging.LogRecord) -> dict[str, Fact]:
    """The caller's `extra=`."""
    return {key: value for key, value in record.__dict__.items() if key not in PLAIN_FIELDS}


class Redaction(logging.Filter):
    """A filter on every handler: masks the message, its extras and the traceback, and adds the request's reference."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        record.__dict__.update({key: redact_value(key, value) for key, value in extras(record).items()})
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        record.request = request_reference.get()
        return True


class WithoutStacks(logging.Filter):
    """A filter on beat's logger: drops the two stacks that Celery logs for a job it cannot publish.

    They are a gigabyte a day while the broker is down. The error names the job and the reason.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        if type(problem).__name__ == "SchedulingError":  # of celery.beat, which web processes do not load
            record.msg, record.args, record.exc_info = str(problem), (), None
        return True


class PlainLines(logging.Formatter):
    """For a person at a terminal: time, level, event, then `key=value`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's name
        reference = getattr(record, "request", "")
        pairs = extras(record) | ({"request": reference} if reference else {})
        return super().formatMessage(record) + "".join(f" {key}={value}" for key, value in pairs.items())


class JsonLines(logging.Formatter):
    """For a log collector: one JSON object for each line, in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Fact] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if reference := getattr(record, "request", ""):
            line["request"] = reference
        if record.exc_info:
            line["traceback"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(line | extras(record), ensure_ascii=False, default=str)


def logging_settings(*, readable: bool, level: str) -> dict[str, Json]:
    """Django's `LOGGING`: everything goes to standard error, through the redaction."""
    ours: dict[str, Json] = {"handlers": ["stderr"], "level": level, "propagate": False}
    through_root: dict[str, Json] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "private": {"()": "icpportal.logs.Redaction"},
            "without_stacks": {"()": "icpportal.logs.WithoutStacks"},
            "outages": {"()": "icpportal.database.log_lines.OutagesInWords"},
        },
        "formatters": {"plain": {"()": "icpportal.logs.PlainLines"}, "json": {"()": "icpportal.logs.JsonLines"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "filters": ["private"],
                "formatter": "plain" if readable else "json",
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": through_root,
            "django.server": through_root,
            # a path may contain a one-time link; responses are logged by route instead (middleware.py)
            "django.request": {**through_root, "level": "ERROR", "filters": ["outages"]},
            # a wrong Host header gets a logged 400 and is no fault of ours with a traceback
            "django.security.DisallowedHost": {**through_root, "level": "CRITICAL"},
            # at DEBUG they log what is sent
            "urllib3": {**through_root, "level": "WARNING"},
            "zeep": {**through_root, "level": "WARNING"},
            "celery": {**through_root, "level": "WARNING"},
            "celery.beat": {"filters": ["without_stacks"]},
            "celery.task": ours,
            "gunicorn.error": ours,
        },
    }
