"""The first page of the auditor: who looked at what, and why; nobody's values."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.desk.pages import drawn
from icpportal.fields.types import Words
from icpportal.privacy.access_words import REASONS, WHAT
from icpportal.privacy.models import AccessNote
from icpportal.time_format import to_beijing

MOST = 50


@dataclass(frozen=True, slots=True)
class Look:
    """One row of the access log."""

    at: datetime
    who: str
    reference: str
    what: Words
    why: Words
    times: int


@dataclass(frozen=True, slots=True)
class AuditorPage:
    """What `admin/home/auditor.html` draws."""

    title: Words
    looks: list[Look]
    today: int
    log_url: str
    orders_url: str


def auditors_home(request: HttpRequest, context: dict[str, object]) -> TemplateResponse:
    """The newest rows of the log."""
    page = auditor_page(timezone.now())
    return drawn(request, "admin/home/auditor.html", context, page)


def auditor_page(now: datetime) -> AuditorPage:
    """What was looked at today, the newest first."""
    midnight = to_beijing(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = AccessNote.objects.select_related("actor").order_by("-at", "-pk")[:MOST]
    return AuditorPage(
        title=_("Access log"),
        looks=[_look(row) for row in rows],
        today=AccessNote.objects.filter(at__gte=midnight).count(),
        log_url=reverse("admin:privacy_accessnote_changelist"),
        orders_url=f"{reverse('admin:transfers_order_changelist')}?queue=all",
    )


def _look(row: AccessNote) -> Look:
    who = str(row.actor) if row.actor else _("The system")
    what, why = WHAT.get(row.what, row.what), REASONS.get(row.reason, row.reason)
    return Look(row.last_at or row.at, who, row.reference, what, why, row.times)
