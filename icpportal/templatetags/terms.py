"""Help in place: `{% load terms %}` explains legal terms on a page, and links to its section of help."""

from functools import lru_cache

from django import template
from django.http import HttpRequest
from django.template import loader
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.help import topics
from icpportal.pages.help.glossary import BY_KEY

register = template.Library()
PAGE_HELP = RepeatedTemplate("partials/page_help.html", "url", "words")
EXPLAINED = "_explained_words"


@register.simple_tag(takes_context=True)
def page_help(context: Context) -> SafeString:
    """Below the page: its section of help, and its terms; nothing where help has none."""
    request = context.get("request")
    found = topics.help_of(request)
    if found is None:
        return SafeString()
    first = tuple([_is_first(request, word.key) for word in found.words])
    return _page_help(get_language() or "", found.url, tuple([word.key for word in found.words]), first)


@lru_cache(256)  # two dozen pages in two languages, and which of their terms are explained above
def _page_help(language: str, url: str, keys: tuple[str, ...], first: tuple[bool, ...]) -> SafeString:
    words = [_word(language, key, opens=True, is_first=is_first) for key, is_first in zip(keys, first, strict=True)]
    listed = format_html_join("", "<li>{}</li>", [(word,) for word in words])
    return PAGE_HELP.fill(url=url, words=format_html("<ul>{}</ul>", listed) if listed else "")


@register.simple_tag(takes_context=True)
def term(context: Context, key: str, *, opens: bool = False) -> SafeString:
    """A word of the glossary, explained on a tap the first time it appears on a page; plain afterwards.

    `opens` where it begins a line. Within a sentence:
    `{% term "backdrop" as backdrop %}{% blocktranslate %}… {{ backdrop }} …{% endblocktranslate %}`.
    """
    return _word(get_language() or "", key, opens=opens, is_first=_is_first(context.get("request"), key))


def _word(language: str, key: str, *, opens: bool, is_first: bool) -> SafeString:
    entry = BY_KEY[key]
    word = entry.alone if opens else entry.in_sentence
    if not is_first:
        return format_html("{}", word)
    return _term_link(language, key, str(word), topics.address_of(f"word-{key}"))


@lru_cache(256)  # a few dozen terms in two languages, at the beginning of a line and within
def _term_link(_language: str, key: str, word: str, url: str) -> SafeString:
    facts = {"entry": BY_KEY[key], "word": word, "url": url}
    return SafeString(loader.render_to_string("partials/term.html", facts).strip())


def _is_first(request: HttpRequest | None, key: str) -> bool:
    """Whether no template of this page has explained the term yet; without a request, always."""
    if request is None:
        return True
    explained: set[str] | None = getattr(request, EXPLAINED, None)
    if explained is None:
        explained = set()
        setattr(request, EXPLAINED, explained)
    is_first = key not in explained
    explained.add(key)
    return is_first
