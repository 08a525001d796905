"""A reader's messages on the site: newest first, each with its own page; and the settings of messages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from icpportal.accounts.guards import account_of, signed_in_required
from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.fields.components import Link, Notice
from icpportal.fields.marked_text import beijing
from icpportal.fields.types import Words
from icpportal.outbox import preferences, queries
from icpportal.outbox.actions import mark_read
from icpportal.outbox.models import Message, State
from icpportal.outbox.texts.catalogue import MissingWord, Rendered, UnknownMessage
from icpportal.outbox.texts.letters import Piece
from icpportal.outbox.texts.message_content import read_in

Shown = TypeVar("Shown")

ON_A_PAGE = 20
CHANNELS = {
    "email": (pgettext_lazy("channel", "Email"), "mail"),
    "sms": (pgettext_lazy("channel", "Text message"), "phone"),
}

BOUNCED = Notice(
    "problem",
    gettext_lazy("Our last email could not be delivered"),
    (gettext_lazy("Check your account's email address. All messages are also shown here."),),
)


@dataclass(frozen=True)
class Delivery:
    """The delivery of the same event's mail or text."""

    channel: str
    icon: str
    said: SafeString  # its state, and when
    is_failed: bool


@dataclass(frozen=True)
class Note:
    """One message as the page shows it, in the page's language."""

    id: UUID
    at: datetime
    is_new: bool
    words: Rendered
    deliveries: list[Delivery]

    @property
    def pieces(self) -> list[Piece]:
        """Its paragraphs; a text removed by a release is one."""
        return self.words.mail.pieces if self.words.mail else [Piece(self.words.text)]

    @property
    def look(self) -> str:
        """Its card's CSS class."""
        return "note is-new" if self.is_new else "note"


class ChannelChoice(TypedDict):
    """One box of the settings: one event on one channel."""

    name: Words
    value: str
    is_fixed: bool
    is_on: bool


class EventChoice(TypedDict):
    """One row of the settings: an event with its channels."""

    label: Words
    why: Words
    channels: list[ChannelChoice]


@require_safe
@signed_in_required
def notifications(request: HttpRequest) -> HttpResponse:
    """Lists the reader's messages, with keyset pagination."""
    found = list(_page_of(request)[: ON_A_PAGE + 1])
    shown, older = found[:ON_A_PAGE], found[ON_A_PAGE:]
    notes = _notes(account_of(request), shown)
    only_new = _only_new(request)
    here = reverse("notifications") + ("?show=unread" if only_new else "")
    return render(
        request,
        "outbox/notifications.html",
        {
            "notes": notes,
            "unread_count": queries.unread(account_of(request)),
            "notices": [BOUNCED] if _mail_bounced(notes) else [],
            "only_new": only_new,
            "other_notes": _other_notes(only_new=only_new),
            "older_url": f"{here}{'&' if only_new else '?'}before={shown[-1].pk}" if older else "",
            "newer_url": here if "before" in request.GET else "",
        },
    )


@require_safe
@signed_in_required
def notification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shows one message and marks it as read; 404 for anyone else's."""
    message = get_object_or_404(queries.notes(account_of(request)), pk=pk)
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):  # a prefetching browser has not read it
        mark_read(account_of(request), pk)
    (note,) = _notes(account_of(request), [message])
    context = {"note": note, "act": _act(note.words, message), "unread_count": queries.unread(account_of(request))}
    return render(request, "outbox/notification.html", context)


@require_POST
@signed_in_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks every message of the reader as read."""
    mark_read(account_of(request))
    return redirect("notifications")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def message_settings(request: HttpRequest) -> HttpResponse:
    """Sets which events are told by which channel; mandatory ones are shown and cannot be switched off."""
    if request.method == "POST":
        wanted, shown = (list(map(_pair, request.POST.getlist(name))) for name in ("wanted", "shown"))
        preferences.choose(account_of(request), wanted, shown=shown if "seen" in request.POST else None)
        messages.success(request, gettext("Your choice is saved"))
        return redirect("message-settings")
    quiet_from, quiet_to = settings.QUIET_HOURS
    context = {
        "rows": _choices(account_of(request)),
        "quiet_from": f"{quiet_from:%H:%M}",
        "quiet_to": f"{quiet_to:%H:%M}",
    }
    return render(request, "outbox/settings.html", context)


def _pair(text: str) -> tuple[str, str]:
    event, _dot, channel = text.partition(".")
    return event, channel


def _choices(user: User) -> list[EventChoice]:
    off = preferences.muted_pairs(user)
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


def _other_notes(*, only_new: bool) -> Link:
    """A link to all messages, where only some are shown."""
    here = reverse("notifications")
    return Link(gettext("All messages"), here) if only_new else Link(gettext("Unread only"), f"{here}?show=unread")


def _page_of(request: HttpRequest) -> QuerySet[Message]:
    found = _from_mark(request)
    return found.filter(read_at=None) if _only_new(request) else found


def _from_mark(request: HttpRequest) -> QuerySet[Message]:
    before = request.GET.get("before", "")
    try:
        return queries.notes_before(account_of(request), UUID(before)) if before else queries.notes(account_of(request))
    except ValueError:
        return queries.notes(account_of(request))


def _notes(user: User, messages: list[Message]) -> list[Note]:
    beside = queries.deliveries_of_event(user, messages, CHANNELS)
    return [
        Note(
            id=message.pk,
            at=message.created_at,
            is_new=message.read_at is None,
            words=_words(message),
            deliveries=[_delivery(one) for one in beside[message.event]],
        )
        for message in messages
    ]


def _words(message: Message) -> Rendered:
    """Its text; if that cannot be read or was removed by a release, its subject."""
    about = Rendered(subject=gettext("A message about order %(ref)s") % {"ref": message.reference}, text="")
    try:
        return _build_safely(message, lambda: read_in(message, get_language() or "")) or about
    except (UnknownMessage, MissingWord):
        return about


def _build_safely(message: Message, build: Callable[[], Shown | None]) -> Shown | None:
    reference, passing = message.reference or message.key, (UnknownMessage, MissingWord)
    return rows.build_safely("pages.messages", message.pk, build, reference=reference, passing=passing)


def _delivery(message: Message) -> Delivery:
    name, icon = CHANNELS[message.channel]
    return Delivery(
        channel=str(name),
        icon=icon,
        said=_fate_of(message),
        is_failed=message.state == State.FAILED,
    )


def _fate_of(message: Message) -> SafeString:
    at = beijing(message.failed_at if message.lost else message.arrived_at or message.delivered_at, "short")
    why = message.get_lost_display()
    state = gettext("%(state)s: %(why)s") % {"state": message.fate, "why": why} if why else message.fate
    return format_html("{} · {}", state, at) if at else format_html("{}", state)


def _mail_bounced(notes: list[Note]) -> bool:
    """Whether the newest mail on the page could not be sent."""
    mails = [one for note in notes for one in note.deliveries if one.icon == "mail"]
    return bool(mails) and mails[0].is_failed


def _act(words: Rendered, message: Message) -> Link | None:
    """The link to act on it: its mail's button; only the order when its content is gone."""
    base = settings.PUBLIC_BASE_URL.rstrip("/")
    if words.button and words.url.startswith(f"{base}/"):
        return Link(words.button, words.url.removeprefix(base))
    order = _order_url(message)
    return Link(gettext("See the order"), order) if order else None


def _order_url(message: Message) -> str:
    reference = _build_safely(message, lambda: message.payload.get("context", {}).get("ref"))
    if not reference:
        return ""
    try:
        return reverse("order", args=[reference])
    except NoReverseMatch:
        return ""
