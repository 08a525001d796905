"""The HTML page of a copy: self-contained, without scripts and external resources."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from transfers.rights.exports.records import Part, Record

LOWEST = 6  # HTML's lowest heading
STYLE = SafeString("""
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; margin: 1.5em 0 .5em }
h4, h5, h6 { font-size: 1em }
section section section { border-left: 3px solid #8a93a3; padding-left: 1em; margin-bottom: 1em }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .25em .75em .25em 0; border-bottom: 1px solid #8a93a3 }
th { width: 35%; font-weight: 600 }
td { white-space: pre-line; overflow-wrap: anywhere }
""")
SHELL = """<!doctype html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title><style>{}</style></head><body>{}</body></html>
"""


def page_of(record: Record) -> str:
    """The whole page, in the active language."""
    return format_html(SHELL, "zh-Hans" if reads_chinese() else "en", record.title, STYLE, as_html(record))


def as_html(record: Record, level: int = 1) -> SafeString:
    """A record as HTML; empty values are left out."""
    rows = [(entry.label, entry.shown) for entry in record.entries if entry.label and entry.shown]
    lines = format_html_join("", "<tr><th scope=row>{}</th><td>{}</td></tr>", rows)
    table = format_html("<table>{}</table>", lines) if rows else ""
    parts = format_html_join("", "{}", ((_part(part, level + 1),) for part in record.parts if part.records))
    return format_html("{}{}{}", _heading(record.title, level), table, parts)


def _part(part: Part, level: int) -> SafeString:
    if part.is_one:
        return format_html("<section>{}</section>", as_html(part.records[0], level))
    each = format_html_join("", "<section>{}</section>", ((as_html(one, level + 1),) for one in part.records))
    return format_html("<section>{}{}</section>", _heading(part.title, level), each)


def _heading(title: Words, level: int) -> SafeString:
    tag = SafeString(f"h{min(level, LOWEST)}")
    return format_html("<{}>{}</{}>", tag, title, tag)
