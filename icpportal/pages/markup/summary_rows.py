"""The rows of what was answered, of which the last look has forty: each kind is drawn once and filled in."""

from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from icpportal.fields.marked_text import zh, zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate

ROW = RepeatedTemplate("partials/summary_row.html", "label", may_be_empty=("is_changed", "value", "change_url"))


def markup(row: Mapping[str, Words | None]) -> SafeString:
    """A row: label, value; optional change_url, old (what stood there before: differences are marked)."""
    old, value = row.get("old"), row["value"]
    return ROW.fill(
        label=zh_parts(row["label"] or ""),
        is_changed=bool(old),
        value=_difference(old, value) if old else zh(value) if value else "",
        change_url=row.get("change_url") or "",
    )


def _difference(old: Words, new: Words | None) -> SafeString:
    return SafeString(render_to_string("partials/difference.html", {"old": old, "new": new}))
