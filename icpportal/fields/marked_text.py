"""Text for pages: Chinese words marked, times in Beijing time, differences between old and new."""

from collections.abc import Callable
from datetime import date, datetime
from difflib import SequenceMatcher

from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from icpportal import time_format
from icpportal.fields.language_marks import (
    ENDS,
    number_mark,
    number_runs,
    reads_chinese,
    sign,
    zh_mark,
    zh_runs,
    zh_words,
)
from icpportal.fields.types import Words

Mark = Callable[[Words], SafeString]
MARKED = "_marked"


def _mark(text: Words, *, chinese: Mark, other: Mark) -> SafeString:
    # str() of a lazy translation keeps its safe mark: it is marked already
    words = text if isinstance(text, str) else str(text)
    if isinstance(words, SafeString):
        return words
    return chinese(words) if reads_chinese() else other(words)


def zh(text: Words) -> SafeString:
    """Marks Chinese text (a name, a legal term, user data) in a page of another language."""
    return _mark(text, chinese=number_mark, other=zh_mark)


def zh_parts(text: Words) -> SafeString:
    """Marks only the Chinese words of a sentence in the page's language."""
    return _kept(text) if isinstance(text, Promise) else _mark(text, chinese=number_runs, other=zh_runs)


def _kept(text: Promise) -> SafeString:
    """A label of ours is marked once in each language; kept with the lazy text itself, for as long as there is one."""
    marked: dict[str | None, SafeString] = text.__dict__.setdefault(MARKED, {})
    language = get_language()
    found = marked.get(language)
    if found is None:
        found = marked[language] = _mark(str(text), chinese=number_runs, other=zh_runs)
    return found


def zh_in_mail(text: Words) -> SafeString:
    """As `zh_parts`, in a mail: no style sheet keeps its numbers on one line."""
    return _mark(text, chinese=lambda words: conditional_escape(str(words)), other=zh_words)


def with_full_stop(text: Words) -> SafeString:
    """A sentence of a table as running text: as `zh_parts`, with the full stop of the page's language."""
    words = zh_parts(text)
    return words if str(text).endswith(ENDS) else format_html("{}{}", words, sign("."))


STYLES = {
    "long": time_format.long_words,
    "short": time_format.short_words,
    "day": lambda moment: time_format.day_words(time_format.to_beijing(moment).date()),
    "clock": lambda moment: f"{time_format.to_beijing(moment):%H:%M}",
}


def beijing(moment: datetime | date | None, style: str = "long") -> SafeString | str:
    """A moment in Beijing time in `<time>`; styles long (default), short, day, clock.

    The script adds the reader's own time to the long one, if their clock differs.
    """
    if not moment:
        return ""
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), time_format.day_words(moment))
    marked = '<time datetime="{}" data-local>{}</time>' if style == "long" else '<time datetime="{}">{}</time>'
    return format_html(marked, moment.isoformat(), STYLES[style](moment))


def spans(old: str, new: str) -> list[tuple[str, str]]:
    """Unchanged, removed and added text, character by character: `[("same", "示例"), ("out", "3"), ("in", "8")]`."""
    found = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", old[a1:a2]))
            continue
        found += [(kind, text) for kind, text in (("out", old[a1:a2]), ("in", new[b1:b2])) if text]
    return found


MARKS = {"same": "{}", "out": "<del>{}</del>", "in": "<ins>{}</ins>"}


def difference(old: Words, new: Words) -> SafeString:
    """The change from the old text to the new, with `<del>` and `<ins>`."""
    return format_html_join("", "{}", ((format_html(MARKS[kind], text),) for kind, text in spans(str(old), str(new))))


def only_old(old: Words, new: Words) -> SafeString:
    """The old text, with removed characters marked."""
    parts = (part for part in spans(str(old), str(new)) if part[0] != "in")
    return format_html_join("", "{}", ((format_html(MARKS[kind], text),) for kind, text in parts))


def only_new(old: Words, new: Words) -> SafeString:
    """The new text, with added characters marked; called on the old text."""
    parts = (part for part in spans(str(old), str(new)) if part[0] != "out")
    return format_html_join("", "{}", ((format_html(MARKS[kind], text),) for kind, text in parts))
