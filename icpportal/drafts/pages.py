"""Drawing pages with forms: what was refused is kept and redirected to, what was typed is filled in again.

`draw` is what views call; pages that draw themselves later (allauth's, the wizard's) are settled by the middleware.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import cast

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from icpportal.drafts import marks, replies, storage
from icpportal.drafts.kept_fields import SEEN, names_of
from icpportal.drafts.marks import Mark
from icpportal.drafts.models import PageDraft
from icpportal.drafts.replies import KeptForm
from icpportal.drafts.storage import TooLarge, TooMany, Typed
from icpportal.fields.types import Json, Words
from icpportal.time_format import long_words

ANSWERS_KEPT = timedelta(minutes=15)  # then the page says no more what was wrong; what was typed stays
SAID = "_page_draft_said"
FILLED = "_page_draft_filled"
CONTEXT = "page_draft"
OTHERS = ("admin",)  # whose pages are no applicant's

Context = dict[str, object]


@dataclass(frozen=True, slots=True)
class DraftOfPage:
    """What the frame of a page says of its draft."""

    mark: str
    names: str
    since: str  # when what the page shows was typed, if it was not saved; else ""


class Redirected(HttpResponseRedirect):
    """A redirect in the place of a page that would have been drawn later."""

    def render(self) -> HttpResponse:
        """Nothing is left to draw."""
        return self


def draw(request: HttpRequest, template: str, context: Context, *, status: int = 200, at: str = "") -> HttpResponse:
    """The page; a form that was refused leads to its address instead, where it is drawn with its errors.

    `at` is that address where the form is sent to another one.
    """
    return settle(request, context, status=status, at=at) or render(request, template, context, status=status)


def settle(request: HttpRequest, context: Context, *, status: int = 200, at: str = "") -> HttpResponse | None:
    """Fill the forms of this page with what was typed; or, where one was just refused, the way to the page."""
    match = request.resolver_match
    if status != 200 or match is None or match.namespace in OTHERS:
        return None
    found = list(dict.fromkeys(_forms(context)))
    said = getattr(request, SAID, {})
    if request.method == "POST":
        refused = [form for form in found if form.is_bound or form.errors]
        is_drawn_here = any(getattr(form, "drawn_in_answer", False) for form in found)
        if (refused or said) and not is_drawn_here:
            mark = marks.read(request) or marks.mark_of(request, [], url=at)
            with suppress(TooMany):  # then the page is drawn in the answer, as before there were drafts
                return _led_back(request, mark, context, found, refused, said)
    names = names_of(found)
    if not names and not found:
        return None
    mark = marks.mark_of(request, [*names, SEEN] if SEEN in context and names else names)
    draft = draft_of(request) if request.method != "POST" else None
    restored = _filled(found, context, draft) if draft is not None else False
    since = long_words(draft.typed_at) if restored and draft is not None and draft.typed_at else ""
    context[CONTEXT] = DraftOfPage(mark.signed(), " ".join(mark.names), since)
    return None


def say(request: HttpRequest, name: str, value: Json) -> None:
    """What the page shall say in addition to the errors of its forms, once it is drawn after the redirect."""
    setattr(request, SAID, {**getattr(request, SAID, {}), name: value})


def say_words(request: HttpRequest, name: str, words: Words) -> None:
    """The same of a sentence, which then follows the reader's language."""
    say(request, name, replies.in_both_languages(words))


def said_words(request: HttpRequest, name: str) -> str:
    """The sentence that was said so; "" where none was or it no longer holds."""
    found = said(request, name)
    return replies.in_my_language(found) if isinstance(found, dict) else ""


def said(request: HttpRequest, name: str) -> Json:
    """What was said so, while it still holds; else None."""
    if request.method == "POST":
        return cast("Json", getattr(request, SAID, {}).get(name))
    draft = draft_of(request)
    return draft.reply.get("said", {}).get(name) if draft is not None and _holds(draft) else None


def was_refused(request: HttpRequest) -> bool:
    """Whether the page that is asked for says why a form of it was refused."""
    draft = draft_of(request)
    return draft is not None and bool(_forms_said(draft))


def fill(request: HttpRequest, form: BaseForm) -> None:
    """Fill one form before its page is put together: for views that read what was typed."""
    if request.method != "POST" and (draft := draft_of(request)) is not None:
        _put_back(form, draft)


def draft_of(request: HttpRequest) -> PageDraft | None:
    """The draft of the page that is asked for; one query however often it is asked."""
    if not hasattr(request, "_page_draft"):
        request._page_draft = storage.find(request, marks.mark_of(request, []))  # type: ignore[attr-defined]
    return cast("PageDraft | None", request._page_draft)  # type: ignore[attr-defined]


def _led_back(
    request: HttpRequest,
    mark: Mark,
    context: Context,
    found: list[BaseForm],
    refused: list[BaseForm],
    said: dict[str, Json],
) -> HttpResponse:
    """Keep what was typed and answered, and lead to the page that shows both."""
    names = tuple(dict.fromkeys([*names_of(found), *(name for name in mark.names if name != SEEN)]))
    try:
        typed = storage.typed_of(request.POST, names)
    except TooLarge:
        typed = {}
    if SEEN in context and names:
        typed[SEEN] = [str(context[SEEN])]  # what the page shows now has been seen
    reply: dict[str, Json] = {
        "forms": {replies.key_of(form): cast("Json", replies.kept(form)) for form in refused},
        "said": said,
    }
    storage.keep_reply(request, mark, typed, reply)
    return Redirected(mark.url)


def _filled(found: list[BaseForm], context: Context, draft: PageDraft) -> bool:
    """Whether the page shows something that was typed and not saved, and nothing was said about it yet."""
    restored = [_put_back(form, draft) for form in found]
    seen = draft.typed.get(SEEN)
    if any(restored) and seen and SEEN in context:
        context[SEEN] = seen[0]
    return any(restored) and not _holds(draft)


def _put_back(form: BaseForm, draft: PageDraft) -> bool:
    """Once for each form, though its view may have asked for it already."""
    if not hasattr(form, FILLED):
        typed: Typed = draft.typed
        setattr(form, FILLED, replies.put_back(form, typed, _forms_said(draft).get(replies.key_of(form))))
    return bool(getattr(form, FILLED))


def _forms_said(draft: PageDraft) -> dict[str, KeptForm]:
    return draft.reply.get("forms", {}) if _holds(draft) else {}


def _holds(draft: PageDraft) -> bool:
    since: datetime | None = draft.replied_at
    return since is not None and timezone.now() - since < ANSWERS_KEPT


def _forms(context: Context) -> Iterator[BaseForm]:
    """The forms of a page and of its panels, but for those whose answers stand in its address."""
    for value in context.values():
        yield from (form for form in _forms_in(value, deeper=True) if not getattr(form, "in_address", False))


def _forms_in(value: object, *, deeper: bool) -> Iterator[BaseForm]:
    if isinstance(value, BaseForm):
        yield value
    elif isinstance(value, list | tuple) and deeper:
        for each in value:
            yield from _forms_in(each, deeper=deeper)
    elif is_dataclass(value) and not isinstance(value, type) and deeper:
        for field in fields(value):
            yield from _forms_in(getattr(value, field.name), deeper=False)
