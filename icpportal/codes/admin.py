"""Codes at the review desk: when they were sent and how often they were tried, never to whom or what."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.codes.models import Channel, Code
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.desk.readonly_list import ValuesFilter

PURPOSES = {
    "cancel": pgettext_lazy("code", "Cancelling a transfer"),
    "consent": pgettext_lazy("code", "Consent of a website administrator"),
    "find_account": pgettext_lazy("code", "Finding an old account"),
    "handover": pgettext_lazy("code", "Service code for another account"),
    "phone_proof": pgettext_lazy("code", "Test of a phone"),
}


class PurposeFilter(ValuesFilter):
    """Filters codes by purpose."""

    title = _("Purpose")
    parameter_name = "purpose"
    values = PURPOSES


class ChannelFilter(ValuesFilter):
    """Filters codes by channel."""

    title = _("Sent by")
    parameter_name = "channel"
    values = dict(Channel.choices)


@admin.register(Code)
class CodeAdmin(ReadOnlyAdmin):
    """A read-only list, for helping callers whose code does not arrive."""

    list_display = ["id", "purpose_shown", "channel_shown", "created_at", "expires_at", "attempts", "spent_at"]
    list_filter = [PurposeFilter, ChannelFilter]
    ordering = ["-pk"]
    fields = ["purpose_shown", "channel_shown", "created_at", "expires_at", "attempts", "spent_at"]
    actions = None

    @admin.display(description=_("Purpose"), ordering="purpose")
    def purpose_shown(self, code: Code) -> str:
        return str(PURPOSES.get(code.purpose, code.purpose))

    @admin.display(description=_("Sent by"), ordering="channel")
    def channel_shown(self, code: Code) -> str:
        return str(dict(Channel.choices).get(code.channel, code.channel))
