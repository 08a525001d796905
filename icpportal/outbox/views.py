"""What a reader finds on the site: their messages, newest first, and each on a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from icpportal.accounts.access import signed_in_required
from icpportal.alarms import rows
from icpportal.outbox import preferences, queries
from icpportal.outbox.actions import mark_read
from icpportal.outbox.catalogue import MissingWord, Rendered, UnknownMessage
from icpportal.outbox.letters import read_in
from icpportal.outbox.models import Message, State

ON_A_PAGE = 20
CHANNELS = {
    "email": (pgettext_lazy("channel", "E-mail"), "mail"),
    "sms": (pgettext_lazy("channel", "Text message"), "phone"),
}


@dataclass(frozen=True)
class Delivery:
    """How the mail or the text of the same event fared."""

    channel: str
    icon: str
    state: str
    at: datetime | None
    is_failed: bool


@dataclass(frozen=True)
class Note:
    """One message as the page shows it, in the page's language."""

    id: UUID
    at: datetime
    is_new: bool
    words: Rendered
    deliveries: list[Delivery]


@require_safe
@signed_in_required
def notifications(request: HttpRequest) -> HttpResponse:
    """The reader's messages, a page at a time, read by key."""
    found = list(_page_of(request)[: ON_A_PAGE + 1])
    shown, older = found[:ON_A_PAGE], found[ON_A_PAGE:]
    notes = _notes(request.user, shown)
    only_new = _only_new(request)
    here = reverse("notifications") + ("?show=unread" if only_new else "")
    return render(
        request,
        "outbox/notifications.html",
        {
            "notes": notes,
            "unread_count": queries.unread(request.user),
            "mail_bounced": _mail_bounced(notes),
            "only_new": only_new,
            "older_url": f"{here}{'&' if only_new else '?'}before={shown[-1].pk}" if older else "",
            "newer_url": here if "before" in request.GET else "",
        },
    )


@require_safe
@signed_in_required
def notification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One message; opening it marks it read. A stranger's is not there."""
    message = get_object_or_404(queries.notes(request.user), pk=pk)
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):  # a browser that only guesses has read nothing
        mark_read(request.user, pk)
    (note,) = _notes(request.user, [message])
    context = {"note": note, "order_url": _order_url(message), "unread_count": queries.unread(request.user)}
    return render(request, "outbox/notification.html", context)


@require_POST
@signed_in_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks every message of the reader as read."""
    mark_read(request.user)
    return redirect("notifications")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def message_settings(request: HttpRequest) -> HttpResponse:
    """Which events are told by which channel; what has to be told is shown and cannot be switched off."""
    if request.method == "POST":
        wanted, shown = (list(map(_pair, request.POST.getlist(name))) for name in ("wanted", "shown"))
        preferences.choose(request.user, wanted, shown=shown if "seen" in request.POST else None)
        messages.success(request, gettext("Your choice is saved"))
        return redirect("message-settings")
    quiet_from, quiet_to = settings.QUIET_HOURS
    context = {"rows": _choices(request.user), "quiet_from": f"{quiet_from:%H:%M}", "quiet_to": f"{quiet_to:%H:%M}"}
    return render(request, "outbox/settings.html", context)


def _pair(text: str) -> tuple[str, str]:
    event, _dot, channel = text.partition(".")
    return event, channel


def _choices(user: Any) -> list[dict[str, Any]]:
    off = preferences.muted(user)
    return [
        {
            "label": each.label,
            "why": each.why,
            "channels": [
                {
                    "name": CHANNELS[channel][0],
                    "value": f"{each.key}.{channel}",
                    "is_fixed": channel not in each.optional,
                    "is_on": (each.key, channel) not in off,
                }
                for channel in preferences.CHOSEN
            ],
        }
        for each in preferences.events()
    ]


def _only_new(request: HttpRequest) -> bool:
    return request.GET.get("show") == "unread"


def _page_of(request: HttpRequest) -> Any:
    found = _from_mark(request)
    return found.filter(read_at=None) if _only_new(request) else found


def _from_mark(request: HttpRequest) -> Any:
    before = request.GET.get("before", "")
    try:
        return queries.notes_before(request.user, UUID(before)) if before else queries.notes(request.user)
    except ValueError:
        return queries.notes(request.user)


def _notes(user: Any, messages: list[Message]) -> list[Note]:
    beside = queries.beside(user, [message.event for message in messages])
    return [
        Note(
            id=message.pk,
            at=message.created_at,
            is_new=message.read_at is None,
            words=_words(message),
            deliveries=[_delivery(one) for one in beside[message.event] if one.channel in CHANNELS],
        )
        for message in messages
    ]


def _words(message: Message) -> Rendered:
    """What it says; where that cannot be read, or its text went with a release, what it is about."""
    about = Rendered(subject=gettext("A message about order %(ref)s") % {"ref": message.reference}, text="")
    try:
        return _shown(message, lambda: read_in(message, get_language() or "")) or about
    except (UnknownMessage, MissingWord):
        return about


def _shown(message: Message, build: Callable[[], Any]) -> Any:
    reference, passing = message.reference or message.key, (UnknownMessage, MissingWord)
    return rows.shown("pages.messages", message.pk, build, reference=reference, passing=passing)


def _delivery(message: Message) -> Delivery:
    name, icon = CHANNELS[message.channel]
    return Delivery(
        channel=str(name),
        icon=icon,
        state=message.get_state_display(),
        at=message.delivered_at,
        is_failed=message.state == State.FAILED,
    )


def _mail_bounced(notes: list[Note]) -> bool:
    """Whether the newest mail on the page could not be sent."""
    mails = [one for note in notes for one in note.deliveries if one.icon == "mail"]
    return bool(mails) and mails[0].is_failed


def _order_url(message: Message) -> str:
    reference = _shown(message, lambda: message.payload.get("context", {}).get("ref"))
    if not reference:
        return ""
    try:
        return reverse("order", args=[reference])
    except NoReverseMatch:
        return ""
