"""Draws pages with forms: a refused form is stored and redirected to, typed values are filled in again.

Views call `draw`; pages that render later (allauth's, the wizard's) are handled by the middleware.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
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

ANSWERS_KEPT = timedelta(minutes=15)  # after it the errors are dropped; what was typed stays
SAID = "_page_draft_said"
FILLED = "_page_draft_filled"
CONTEXT = "page_draft"
OTHERS = ("admin",)  # pages that are not the applicant's

Context = dict[str, object]


@dataclass(frozen=True, slots=True)
class DraftOfPage:
    """What a page's frame needs to know about its draft."""

    mark: str
    names: str
    since: str  # when unsaved values on the page were typed; else ""
    version: str  # of the draft with which the page was drawn; "" without one


class EarlyRedirect(HttpResponseRedirect):
    """A redirect instead of a page that would be rendered later."""

    def render(self) -> HttpResponse:
        """Does nothing: there is nothing to render."""
        return self


def draw(request: HttpRequest, template: str, context: Context, *, status: int = 200, at: str = "") -> HttpResponse:
    """The page; a refused form is redirected to its URL, where it is drawn with its errors.

    `at` is that URL for a form that is submitted to another one.
    """
    return settle(request, context, status=status, at=at) or render(request, template, context, status=status)


def settle(request: HttpRequest, context: Context, *, status: int = 200, at: str = "") -> HttpResponse | None:
    """Fills the page's forms with typed values; if one was just refused, returns a redirect to the page."""
    match = request.resolver_match
    if status != 200 or match is None or match.namespace in OTHERS:
        return None
    found = list(dict.fromkeys(_forms(context)))
    if request.method == "POST" and (back := _refused(request, context, found, at)):
        return back
    _note_draft(request, context, found)
    return None


def _refused(request: HttpRequest, context: Context, found: list[BaseForm], at: str) -> HttpResponse | None:
    """The redirect to the page that shows why a form was refused; None if none was."""
    refused = [form for form in found if form.is_bound or form.errors]
    said: dict[str, Json] = getattr(request, SAID, {})
    is_drawn_here = any(getattr(form, "drawn_in_answer", False) for form in found)
    if is_drawn_here or not (refused or said):
        return None
    mark = marks.read(request) or marks.mark_of(request, [], url=at)
    with suppress(TooMany):  # then the page is drawn in the answer, as before there were drafts
        return _led_back(request, mark, context, found, refused, said)
    return None


def _note_draft(request: HttpRequest, context: Context, found: list[BaseForm]) -> None:
    """Fills the page's forms with what was typed and not saved, and marks which of their fields may be kept."""
    names = names_of(found)
    if not found:
        return
    mark = marks.mark_of(request, [*names, SEEN] if SEEN in context and names else names)
    draft = draft_of(request) if request.method != "POST" else None
    restored = _restore(found, context, draft) if draft is not None else False
    since = long_words(draft.typed_at) if restored and draft is not None and draft.typed_at else ""
    version = draft.typed_at.isoformat() if draft is not None and draft.typed_at else ""
    context[CONTEXT] = DraftOfPage(mark.to_text(), " ".join(mark.names), since, version)


def say(request: HttpRequest, name: str, value: Json) -> None:
    """Adds a message to be shown with a refused form's errors after the redirect."""
    setattr(request, SAID, {**getattr(request, SAID, {}), name: value})


def say_words(request: HttpRequest, name: str, words: Words) -> None:
    """The same for a translated sentence, which follows the reader's language."""
    say(request, name, replies.in_both_languages(words))


def said_words(request: HttpRequest, name: str) -> str:
    """The sentence that was added; "" if there is none or it has expired."""
    found = added_message(request, name)
    return replies.in_my_language(found) if isinstance(found, dict) else ""


def added_message(request: HttpRequest, name: str) -> Json:
    """The message that was added; None if there is none or it has expired."""
    if request.method == "POST":
        return cast("Json", getattr(request, SAID, {}).get(name))
    draft = draft_of(request)
    return draft.reply.get("said", {}).get(name) if draft is not None and _holds(draft) else None


def forget_refusal(request: HttpRequest, url: str) -> None:
    """Forgets why the page at this address was refused, for an answer in which nothing leads there."""
    storage.drop(request, marks.mark_of(request, [], url=url))


def was_refused(request: HttpRequest) -> bool:
    """Whether the requested page shows why one of its forms was refused."""
    draft = draft_of(request)
    return draft is not None and _is_answered(draft)


def fill(request: HttpRequest, form: BaseForm) -> None:
    """Fills one form before its page is built: for views that read what was typed."""
    if request.method != "POST" and (draft := draft_of(request)) is not None:
        _put_back(form, draft)


def draft_of(request: HttpRequest) -> PageDraft | None:
    """The draft of the requested page, in one query for the whole request."""
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
    """Stores what was typed and answered, and redirects to the page that shows both."""
    names = tuple(dict.fromkeys([*names_of(found), *(name for name in mark.names if name != SEEN)]))
    try:
        typed = storage.typed_of(request.POST, names)
    except TooLarge:
        typed = {}
    if SEEN in context and names:
        typed[SEEN] = [str(context[SEEN])]  # the reader has seen what the page shows now
    refusals = {replies.key_of(form): replies.stored_form(form) for form in refused}
    wrong = {name for refusal in refusals.values() for name in refusal["names"].values()}
    reply: dict[str, Json] = {
        "forms": cast("Json", refusals),
        "said": said,
        "judged": {name: values for name, values in typed.items() if name in wrong},
    }
    storage.keep_reply(request, mark, typed, reply)
    return EarlyRedirect(mark.url)


def _restore(found: list[BaseForm], context: Context, draft: PageDraft) -> bool:
    """Whether the page shows unsaved values without having said so yet."""
    restored = [_put_back(form, draft) for form in found]
    seen = draft.typed.get(SEEN)
    if any(restored) and seen and SEEN in context:
        context[SEEN] = seen[0]
    return any(restored) and not _is_answered(draft)


def _put_back(form: BaseForm, draft: PageDraft) -> bool:
    """Once for each form, even if its view has asked for it already."""
    if not hasattr(form, FILLED):
        typed: Typed = draft.typed
        setattr(form, FILLED, replies.put_back(form, typed, _forms_said(draft).get(replies.key_of(form))))
    return bool(getattr(form, FILLED))


def _forms_said(draft: PageDraft) -> dict[str, KeptForm]:
    """Why the forms were refused, except what was changed since."""
    if not _holds(draft):
        return {}
    judged: Typed = draft.reply.get("judged", {})
    return {
        key: replies.still_wrong(refusal, judged, draft.typed) for key, refusal in draft.reply.get("forms", {}).items()
    }


def _is_answered(draft: PageDraft) -> bool:
    """Whether the page shows why it was refused: not once everything named was changed."""
    return _holds(draft) and (
        bool(draft.reply.get("said")) or any(each["errors"] or each["said"] for each in _forms_said(draft).values())
    )


def _holds(draft: PageDraft) -> bool:
    since: datetime | None = draft.replied_at
    return since is not None and timezone.now() - since < ANSWERS_KEPT


def _forms(context: Context) -> Iterator[BaseForm]:
    """The forms of a page and its panels, except those whose values are in the URL."""
    for value in context.values():
        for form in _forms_in(value):
            if not getattr(form, "in_address", False):
                yield form


def _forms_in(value: object) -> list[BaseForm]:
    if isinstance(value, BaseForm):
        return [value]
    if isinstance(value, list | tuple):
        return [form for each in value for form in _forms_in(each)]
    names = _fields_of(type(value))  # type: ignore[arg-type] # to mypy, a type hashes as its instances do
    return [part for name in names if isinstance(part := getattr(value, name), BaseForm)] if names else []


@cache
def _fields_of(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; of any other type none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
