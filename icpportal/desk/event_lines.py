"""Events of a row of the desk, one line each; entries of the desk's log, stored in every language."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from icpportal.fields.marked_text import beijing
from icpportal.fields.types import Words

if TYPE_CHECKING:
    from icpportal.accounts.models import User


def event_line(at: datetime, *said: Words) -> SafeString:
    """When it happened, what, and by whom if known."""
    parts = [beijing(at, "short"), *(words for words in said if words)]
    return format_html_join(" · ", "{}", ((part,) for part in parts))


def log_change(row: Model, actor: "User", say: Callable[[], str]) -> None:
    """Records in the desk's log what the actor did to the row; `say` is called once for each language.

    One row at a time: Django sends no signal for several, and the audit log listens to it.
    """
    LogEntry.objects.log_actions(actor.pk, [row], CHANGE, in_all_languages(say), single_object=True)


def in_all_languages(say: Callable[[], str]) -> str:
    """The text in each language, because its reader's language may differ from the actor's."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[language] = say()
    return json.dumps(found, ensure_ascii=False)


def in_each_language(kept: str) -> dict[str, str] | None:
    """A log entry by language; None for one in a single language: an old one, or one of Django's."""
    return json.loads(kept) if kept.startswith("{") else None


def read_of_log(kept: str) -> str:
    """A log entry in the language of the page: fields that a form changed in words, a single language unchanged."""
    found = in_each_language(kept)
    if found is None:
        return LogEntry(change_message=kept).get_change_message()
    return found.get(get_language() or "") or next(iter(found.values()), "")
