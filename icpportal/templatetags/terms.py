"""Help in place: `{% load terms %}` explains legal terms on a page, and links to its section of help."""

from functools import lru_cache

from django import template
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
    found = topics.help_of(context.get("request"))
    if found is None:
        return SafeString()
    words = format_html_join("", "<li>{}</li>", ((term(context, word.key, opens=True),) for word in found.words))
    return PAGE_HELP.fill(url=found.url, words=format_html("<ul>{}</ul>", words) if words else "")


@register.simple_tag(takes_context=True)
def term(context: Context, key: str, *, opens: bool = False) -> SafeString:
    """A word of the glossary, explained on a tap the first time it appears on a page; plain afterwards.

    `opens` where it begins a line. Within a sentence:
    `{% term "backdrop" as backdrop %}{% blocktranslate %}… {{ backdrop }} …{% endblocktranslate %}`.
    """
    entry = BY_KEY[key]
    word = entry.alone if opens else entry.in_sentence
    if not _is_first(context, key):
        return format_html("{}", word)
    return _term_link(get_language() or "", key, str(word), topics.address_of(f"word-{key}"))


@lru_cache(256)  # a few dozen terms in two languages, at the beginning of a line and within
def _term_link(_language: str, key: str, word: str, url: str) -> SafeString:
    facts = {"entry": BY_KEY[key], "word": word, "url": url}
    return SafeString(loader.render_to_string("partials/term.html", facts).strip())


def _is_first(context: Context, key: str) -> bool:
    """Whether no template of this page has explained the term yet; without a request, always."""
    request = context.get("request")
    explained: set[str] = getattr(request, EXPLAINED, set())
    if request is not None:
        setattr(request, EXPLAINED, explained | {key})
    return key not in explained
