"""Formats the values of messages: dates, names in both languages, lists."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

from icpportal.fields.domains import display_domain
from icpportal.fields.types import Fact, Facts, Json, JsonObject
from icpportal.privacy.masks import mask_mobile, mask_name
from icpportal.time_format import EN_MONTHS, day_words, long_words, span_words, to_beijing

LANGUAGES = {"zh": "zh-hans", "en": "en"}  # the folder of a language → its code in Django
BETWEEN = {"zh": "、", "en": ", "}
BARE_MOBILE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


def folder_of(language: str) -> str:
    """`zh` for every kind of Chinese, `en` for everything else."""
    return "zh" if language.lower().startswith("zh") else "en"


# --- for readers -----------------------------------------------------------------------------


def format_value(name: str, value: Fact, language: str) -> str:
    """The value of the placeholder `name` for a reader of `language` (zh or en)."""
    if isinstance(value, Mapping) and language in value:
        return format_value(name, value[language], language)
    if isinstance(value, (list, tuple)):
        between = "\n" if name == "reasons" else BETWEEN[language]
        return between.join(format_value(name, one, language) for one in value)
    for kind, words in KINDS:
        if isinstance(value, kind):
            return TOLD.get(name, str)(words(value, language))
    raise TypeError(f"{{{name}}} cannot be said: {type(value).__name__}")


def in_full(name: str, value: Fact, language: str) -> str:
    """The same for a date on its own: with the day of the week, a moment in Beijing time."""
    with override(LANGUAGES[language]):
        if isinstance(value, datetime):
            return long_words(value)
        if isinstance(value, date):
            return day_words(value)
    return format_value(name, value, language)


def _moment(value: datetime, language: str) -> str:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be said")
    there = to_beijing(value)
    gap = "" if language == "zh" else " "
    return f"{_day(there.date(), language)}{gap}{there:%H:%M}"


def _day(value: date, language: str) -> str:
    return f"{value.month}月{value.day}日" if language == "zh" else f"{value.day} {EN_MONTHS[value.month - 1]}"


def _span(value: timedelta, language: str) -> str:
    with override(LANGUAGES[language]):
        return span_words(max(value, timedelta(0)))


def _lazy(value: Promise, language: str) -> str:
    with override(LANGUAGES[language]):
        return str(value)


# the first matching type formats; a datetime is also a date
KINDS: list[tuple[type | tuple[type, ...], Callable[[Any, str], str]]] = [
    (Promise, _lazy),
    (str, lambda value, language: value),  # noqa: ARG005
    (datetime, _moment),
    (date, _day),
    (timedelta, _span),
    ((int, float), lambda value, language: str(value)),  # noqa: ARG005
]


def _hide_name(text: str) -> str:
    return text if "*" in text else mask_name(text)


def _hide_mobiles(text: str) -> str:
    return BARE_MOBILE.sub(lambda found: mask_mobile(found.group()), text)


# messages never contain a whole name or number
# how a value is told, by the name of its placeholder: people masked, domains as people write them
TOLD: dict[str, Callable[[str], str]] = {
    "name": _hide_name,
    "mobile": _hide_mobiles,
    "mobiles": _hide_mobiles,
    "domain": display_domain,
}


# --- for storage -----------------------------------------------------------------------------


def pack(value: Fact) -> Json:
    """`value` as JSON; `unpack` restores it."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Promise):
        return {folder: _lazy(value, folder) for folder in LANGUAGES}
    if isinstance(value, Mapping):
        return {str(name): pack(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [pack(one) for one in value]
    if isinstance(value, timedelta):
        return {"$seconds": value.total_seconds()}
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, date):
        return {"$on": value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot lie in the outbox")


UNPACKED: dict[str, Callable[[Any], Fact]] = {
    "$seconds": lambda seconds: timedelta(seconds=seconds),
    "$at": datetime.fromisoformat,
    "$on": date.fromisoformat,
}


def unpack(value: Json) -> Fact:
    """Restores what `pack` was given; a lazy translation comes back as its two languages."""
    if isinstance(value, list):
        return [unpack(one) for one in value]
    if not isinstance(value, dict):
        return value
    (name, content) = next(iter(value.items()), ("", None))
    if name in UNPACKED:
        return UNPACKED[name](content)
    return {name: unpack(one) for name, one in value.items()}


def unpack_all(context: JsonObject) -> Facts:
    """The values of a message as they were given."""
    return {name: unpack(one) for name, one in context.items()}
