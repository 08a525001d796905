"""What happened to a row of the desk, a line an event; what the log of the desk keeps is in every language."""

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
    """When it happened, what, and by whom, as far as that is known."""
    parts = [beijing(at, "short"), *(words for words in said if words)]
    return format_html_join(" · ", "{}", ((part,) for part in parts))


def logged(say: Callable[[], str]) -> str:
    """What was done, for the log of the desk: in each language, for who reads it may read another than who acts."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = say()
    return json.dumps(found, ensure_ascii=False)


def in_each_language(kept: str) -> dict[str, str] | None:
    """The same by language; None of what was written before it was kept so, or by Django."""
    return json.loads(kept) if kept.startswith("{") else None


def read_of_log(kept: str) -> str:
    """The same in the language of the page; what was kept in one language as it stands."""
    found = in_each_language(kept)
    if found is None:
        return kept
    return found.get(get_language() or "") or next(iter(found.values()), "")
