"""The help page: the course of a transfer, what to prepare, questions, terms; and a search."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from icpportal.fields.components import Link
from icpportal.fields.language_marks import reads_chinese
from icpportal.pages.header import links
from icpportal.pages.help.faq import ShownAnswer, answers
from icpportal.pages.help.glossary import GLOSSARY, GlossaryEntry
from icpportal.pages.help.search import LONGEST, Part, find
from icpportal.pages.help.way import Way, way_of
from transfers.pages.rules_summary import RulesToday, of_today

# a term used by some rules only → the fact about the rules that decides
RULED = {"filing-password": "asks_password", "backdrop": "has_backdrops"}


def words_of(rules: RulesToday) -> list[GlossaryEntry]:
    """The glossary without terms that the present rules do not use."""
    missing = {key for key, known in RULED.items() if not getattr(rules, known)}
    return [word for word in GLOSSARY if word.key not in missing]


def help_page(request: HttpRequest) -> HttpResponse:
    """Shows all of help or, with `?q=`, the matching sections."""
    today = of_today()
    way, said, words = way_of(today), answers(today), words_of(today)
    asked = request.GET.get("q", "").strip()[:LONGEST]
    context = {
        "asked": asked,
        "found": find(asked, parts_of(way, said, words)),
        "way": way,
        "rules_links": links([("rules", _("What else your province requires"))]),
        "answers": said,
        "glossary": words,
        "contents": [] if asked else contents_of(way),
    }
    return render(request, "pages/help.html", context)


def contents_of(way: Way) -> list[Link]:
    """The contents of the page, in order."""
    return [
        Link(way.title, "#way"),
        Link(_("What you need to have ready"), "#papers"),
        Link(_("Deadlines"), "#limits"),
        Link(_("Questions and answers"), "#answers"),
        Link(_("Glossary"), "#glossary"),
        Link(_("When to call us"), "#call"),
    ]


def parts_of(way: Way, said: list[ShownAnswer], words: list[GlossaryEntry]) -> Iterator[Part]:
    """What can be searched: each question, each term, and the other sections."""
    yield from (Part(f"answer-{each.key}", each.question, each.words) for each in said)
    yield from (Part(f"word-{word.key}", word.both, str(word.meaning)) for word in words)
    between = "" if reads_chinese() else " "
    yield Part("way", way.title, between.join(way.steps))
    yield Part("papers", _("What you need to have ready"), between.join(way.papers))
    yield Part("limits", _("Deadlines"), between.join(way.deadlines))
    yield Part("call", _("When to call us"), way.when_to_call)
