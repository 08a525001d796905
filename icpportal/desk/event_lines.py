"""What happened to a row of the desk, a line an event."""

from datetime import datetime

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from icpportal.fields.marked_text import beijing
from icpportal.fields.types import Words


def event_line(at: datetime, *said: Words) -> SafeString:
    """When it happened, what, and by whom, as far as that is known."""
    parts = [beijing(at, "short"), *(words for words in said if words)]
    return format_html_join(" · ", "{}", ((part,) for part in parts))
