"""Marks Chinese text in pages of another language, so that browsers and screen readers read it as Chinese."""

import re
from collections.abc import Iterable
from html import escape

from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from icpportal.fields.types import Words

HAN = "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
HAS_HAN = re.compile(f"[{HAN}]")
# a run may contain Chinese punctuation and digits between characters, as in 示例路1号2号楼
HAN_RUN = re.compile(f"(?:[{HAN}](?:[{HAN}\u3001-\u301f\uff01-\uff5e·0-9-]*[{HAN}])?)")
SPAN = '<span lang="zh-Hans">{}</span>'
# what never breaks and is not spaced like words: filing numbers such as 粤ICP备50466696号-1 or 京ICP证060001号,
NUMBER = re.compile(f"[{HAN}]ICP[备证][0-9]+号(?:-[0-9]+)?")
# telephone numbers such as 010-0000-0001 and 400-000-0000, references of orders, hours such as 9:00–18:00
KINDS = (r"0\d{2,3}-\d{3,4}-?\d{4}", r"\d{3}-\d{3}-\d{4}", "[2-9A-Z]{4}-[2-9A-Z]{4}", r"\d{1,2}:\d\d–\d{1,2}:\d\d")
CODE = re.compile(rf"(?<![\w-])(?:{'|'.join(KINDS)})(?![\w-])", re.ASCII)
KEPT = re.compile(f"{NUMBER.pattern}|{CODE.pattern}", re.ASCII)
MARKED = re.compile(f"(?P<number>{NUMBER.pattern})|(?P<code>{CODE.pattern})|{HAN_RUN.pattern}", re.ASCII)
SIGNS = {" ": "", ": ": "：", "; ": "；", ", ": "、", ".": "。"}  # between two texts: English, Chinese
FULL_STOPS = ".。"
ENDS = tuple(f"{FULL_STOPS}!！?？:：;；,，")  # a sentence that ends with one needs no full stop before the next
NUMBER_SPAN, CODE_SPAN = '<span lang="zh-Hans" class="num">{}</span>', '<span class="num">{}</span>'


def reads_chinese() -> bool:
    """Whether the page or message being written is Chinese."""
    return (get_language() or "").startswith("zh")


def comma_list(found: Iterable[Words]) -> str:
    """`licence, statement`, with the separator of the page's language."""
    return sign(", ").join(map(str, found))


def sign(english: str) -> str:
    """The separator of two texts in the language of the page; no space follows a Chinese sentence."""
    return SIGNS[english] if reads_chinese() else english


def labelled(label: Words, words: Words) -> str:
    """A label and its text, such as `closed: 3`, with the colon of the language of the page."""
    return f"{label}{sign(': ')}{words}"


lazily_labelled = lazy(labelled, str)


def has_han(text: Words) -> bool:
    """Whether the text contains a Chinese character, rare ones included."""
    return HAS_HAN.search(str(text)) is not None


def zh_mark(text: Words) -> SafeString:
    """The whole text in a Chinese mark if it contains Chinese; otherwise only escaped."""
    span = NUMBER_SPAN if NUMBER.fullmatch(str(text)) else SPAN
    return format_html(span, text) if has_han(text) else format_html("{}", text)


def zh_words(text: Words) -> SafeString:
    """A sentence with only its Chinese words marked."""
    # runs contain no escaped characters, and escapes contain no runs
    marked = HAN_RUN.sub(lambda run: SPAN.format(run.group()), escape(str(text)))
    return SafeString(marked)  # escaped above


def zh_runs(text: Words) -> SafeString:
    """A sentence with only its Chinese words and its numbers marked: for messages that quote what somebody typed."""
    spans = {"number": NUMBER_SPAN, "code": CODE_SPAN, None: SPAN}
    words = str(text)
    pattern = MARKED if _may_have_number(words) else HAN_RUN
    marked = pattern.sub(lambda run: spans[run.lastgroup].format(run.group()), escape(words))
    return SafeString(marked)  # escaped above


def number_mark(text: Words) -> SafeString:
    """A text of a Chinese page, marked if it is a number that never breaks; otherwise only escaped."""
    words = str(text)
    is_number = _may_have_number(words) and KEPT.fullmatch(words)
    return format_html(CODE_SPAN, words) if is_number else SafeString(escape(words))


def number_runs(text: Words) -> SafeString:
    """A sentence of a Chinese page with only such numbers marked."""
    words = escape(str(text))
    if _may_have_number(words):
        words = KEPT.sub(lambda run: CODE_SPAN.format(run.group()), words)
    return SafeString(words)  # escaped above


def _may_have_number(words: str) -> bool:
    """Cheaper than the patterns: most texts of a page have none of these."""
    return "-" in words or ":" in words or "ICP" in words


def zh_lang(text: Words) -> SafeString:
    """The attribute that marks a whole element as Chinese, for an option, which can contain no mark.

    Empty on a Chinese page, which is marked as a whole.
    """
    return SafeString(' lang="zh-Hans"' if has_han(text) and not reads_chinese() else "")
