"""The outbox at the review desk: waiting and failed messages, and two actions of operations."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from icpportal import time_format
from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.desk.event_lines import log_change
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.desk.readonly_list import ValuesFilter
from icpportal.fields.types import Columns, Words
from icpportal.outbox import actions
from icpportal.outbox.models import CHANNELS, OWED, Message, State
from icpportal.outbox.queries import LATE
from icpportal.outbox.texts.catalogue import title_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class NeedsAttentionFilter(admin.SimpleListFilter):
    """Filters what needs a person, instead of every state."""

    title = pgettext_lazy("outbox", "needs attention")
    parameter_name = "care"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> "list[tuple[str, _StrOrPromise]]":  # noqa: ARG002
        return [
            ("failed", _("Failed, not given up")),
            ("unknown", _("Unknown whether sent, not given up")),
            ("late", _("Overdue")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:  # noqa: ARG002
        kinds: dict[str, Columns] = {
            "failed": {"failed_at__isnull": False, "given_up_at": None},
            "unknown": {"failed_at__isnull": False, "given_up_at": None, "state": State.UNKNOWN},
            "late": {"next_at__lt": timezone.now() - LATE, "state__in": OWED},
        }
        return queryset.filter(**kinds.get(self.value() or "", {}))


class ChannelFilter(ValuesFilter):
    """Filters by channel."""

    title = pgettext_lazy("outbox", "channel")
    parameter_name = "channel"
    values = CHANNELS


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """Read-only, without texts and recipients."""

    list_display = [
        "created_at",
        "message_shown",
        "channel_shown",
        "reference",
        "fate_shown",
        "attempts",
        "unknown",
        "age",
        "last_error",
    ]
    list_filter = [NeedsAttentionFilter, "state", ChannelFilter]
    search_fields = ["=key", "=reference"]
    search_help_text = _("Key or order reference, in full")
    fields = [
        "key", "channel_shown", "message_shown", "event", "reference", "fate_shown", "attempts", "unknown",
        "next_at", "leased_until",
        "not_after", "receipt", "last_error", "created_at", "delivered_at", "arrived_at", "lost",
        "failed_at", "given_up_at",
    ]  # fmt: skip
    actions = ["send_again", "give_up"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("payload")

    def row_title(self, row: Message) -> str:
        """Its subject and channel, in words."""
        return f"{self.message_shown(row)} · {self.channel_shown(row)}"

    def has_deliver_permission(self, request: HttpRequest) -> bool:
        """Whether the account may act on messages: `outbox.deliver_message`."""
        return request.user.has_perm("outbox.deliver_message")

    @admin.display(description=pgettext_lazy("outbox", "channel"), ordering="channel")
    def channel_shown(self, message: Message) -> str:
        return str(CHANNELS.get(message.channel, message.channel))

    @admin.display(description=pgettext_lazy("outbox", "state"), ordering="state")
    def fate_shown(self, message: Message) -> str:
        """Its state, and whether it arrived, if known."""
        return str(message.fate)

    @admin.display(description=pgettext_lazy("outbox", "message"), ordering="template")
    def message_shown(self, message: Message) -> str:
        """Its subject line; its key if it has none."""
        return title_of(message.template) or message.template or message.event

    @admin.display(description=pgettext_lazy("outbox", "age"))
    def age(self, message: Message) -> str:
        """How long it has been waiting; empty once it was sent."""
        if message.state == State.DELIVERED:
            return ""
        return time_format.span_words(max(timezone.now() - message.created_at, time_format.HOUR * 0))

    @admin.action(description=_("Send again"), permissions=["deliver"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Each message separately; finished or erased ones are counted separately."""
        self._each(request, queryset, actions.resend, _("resent by staff"))

    @admin.action(description=_("Stop sending"), permissions=["deliver"])
    def give_up(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Each message separately; finished ones are counted separately."""
        self._each(request, queryset, actions.discard, _("stopped by staff"))

    def _each(self, request: HttpRequest, queryset: QuerySet[Message], act: Callable[..., bool], words: Words) -> None:
        actor = account_of(request)
        done = [message for message in queryset.defer(None) if _acts(act, message, actor)]
        for message in done:
            log_change(message, actor, lambda: str(words))
        left = queryset.count() - len(done)
        if done:
            text = ngettext("%(n)s message: %(what)s", "%(n)s messages: %(what)s", len(done))
            self.message_user(request, text % {"n": len(done), "what": words}, messages.SUCCESS)
        if left:
            text = ngettext("%(n)s message left unchanged", "%(n)s messages left unchanged", left)
            self.message_user(request, text % {"n": left}, messages.WARNING)


def _acts(act: Callable[..., bool], message: Message, actor: User) -> bool:
    try:
        return act(message, actor=actor)
    except actions.ContentErased:
        return False
