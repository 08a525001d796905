"""The page of one request to end an access for cause: its words, the access, what follows, and the answers."""

from dataclasses import dataclass
from typing import ClassVar

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filings.queries import live_accesses
from icpportal.accounts.models import User
from icpportal.approvals.models import ENDING
from icpportal.approvals.queries import request_to_show
from icpportal.approvals.words import RequestPanel, asked_for, lines_of
from icpportal.desk.event_lines import event_line
from icpportal.desk.pages import DeskPage
from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Words
from icpportal.time_format import to_beijing
from transfers.cancellation.actions import is_last_access
from transfers.cancellation.cause import WORDS
from transfers.models import CauseCancellation


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingPage(DeskPage):
    """The variables of `admin/transfers/causecancellation/ending.html`."""

    template: ClassVar[str] = "admin/transfers/causecancellation/ending.html"

    state: Words
    facts: list[tuple[Words, Words]]
    follows: list[Words]
    asked: list[RequestPanel]  # the open request, if there is one
    events: list[SafeString]
    list_name: Words
    list_url: str
    history_url: str


def page_of(row: CauseCancellation, reader: User) -> EndingPage:
    """The request as this reader sees it."""
    asked = asked_for(request_to_show(ENDING, row.pk), reader)
    return EndingPage(
        title=_("End the access of %(domain)s") % {"domain": row.website.display_domain},
        state=row.get_decision_display(),
        facts=_facts(row),
        follows=_follows(row) if asked else [],
        asked=[asked] if asked else [],
        events=[event_line(line.at, line.who, line.what) for line in lines_of(ENDING, row.pk)],
        list_name=row._meta.verbose_name_plural or "",
        list_url=reverse("admin:transfers_causecancellation_changelist"),
        history_url=reverse("admin:transfers_causecancellation_history", args=[row.pk]),
    )


def _facts(row: CauseCancellation) -> list[tuple[Words, Words]]:
    found: list[tuple[Words, Words]] = [
        (pgettext("register", "Website"), row.website.display_domain),
        (_("Filing number"), row.website.site_number or "–"),
        (_("Subject"), row.website.subject.name),
        (pgettext("request", "Cause"), row.get_cause_display()),
        (_("What was found, for colleagues"), row.words),
        (_("Asked by"), str(row.asked_by)),
    ]
    for access in live_accesses().filter(website=row.website):
        since = f"{to_beijing(access.since):%Y-%m-%d}"
        where = " · ".join(filter(None, [access.instance, access.ip]))
        found.append((_("Our access"), _("since %(day)s") % {"day": since} + (f" · {where}" if where else "")))
    if row.order:
        case = reverse("admin:transfers_order_case", args=[row.order.pk])
        found.append((_("Order"), format_html('<a href="{}">{}</a>', case, zh_parts(row.order.reference))))
    return found


def _follows(row: CauseCancellation) -> list[Words]:
    """What happens when it is allowed."""
    last = [_("We are the only known provider: the filing itself may be deleted.")]
    sentence = _("The owner and the people of the filing are notified at once. The reason they read: %(reason)s")
    return [
        _("The end of our access is reported to the authority. The owner cannot stop it."),
        sentence % {"reason": WORDS[row.cause]},
        _("Once the authority agrees, the website may no longer be hosted here."),
        *(last if is_last_access(row.website) else []),
    ]
