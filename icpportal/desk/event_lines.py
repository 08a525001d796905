"""Events of a row of the desk, one line each; entries of the desk's log, stored in every language."""

import json
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from icpportal.fields.marked_text import beijing
from icpportal.fields.types import Words


def event_line(at: datetime, *said: Words) -> SafeString:
    """When it happened, what, and by whom if known."""
    parts = [beijing(at, "short"), *(words for words in said if words)]
    return format_html_join(" · ", "{}", ((part,) for part in parts))


def log_text(say: Callable[[], str]) -> str:
    """A log entry in each language, because its reader's language may differ from the actor's."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = say()
    return json.dumps(found, ensure_ascii=False)


def in_each_language(kept: str) -> dict[str, str] | None:
    """A log entry by language; None for one in a single language: an old one, or one of Django's."""
    return json.loads(kept) if kept.startswith("{") else None


def read_of_log(kept: str) -> str:
    """A log entry in the language of the page; one stored in a single language unchanged."""
    found = in_each_language(kept)
    if found is None:
        return kept
    return found.get(get_language() or "") or next(iter(found.values()), "")
