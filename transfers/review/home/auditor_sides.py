"""What stands beside the log on an auditor's first page: looks without the case, two duties, roles given."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from icpportal.accounts import roles
from icpportal.accounts.models import User
from icpportal.approvals.models import ROLE, ApprovalRequest
from icpportal.approvals.role_changes import change_words
from icpportal.privacy.models import LATEST_LOOK, AccessNote
from icpportal.time_format import to_beijing
from transfers.review.home.audit_rows import FLAGGED
from transfers.review.home.page import Line
from transfers.review.purposes import without_holding
from transfers.review.worklists.calls import when_words

ROLES_OF = timedelta(days=30)
MOST = 10
GIVEN = (ApprovalRequest.ALLOWED, ApprovalRequest.ALONE)


def looks_today(now: datetime) -> list[Line]:
    """Who opened cases today that they did not hold, most looks first; each leads to the rows of the log."""
    today = to_beijing(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = AccessNote.objects.annotate(latest=LATEST_LOOK)
    found = found.filter(without_holding(), latest__gte=today, actor__isnull=False)
    counted = (
        found.order_by().values("actor").annotate(n=Count("pk"), last=Max("latest")).order_by("-n", "actor")[:MOST]
    )
    people = User.objects.in_bulk([row["actor"] for row in counted])
    return [
        Line(
            reference=str(people[row["actor"]]),
            url=f"{reverse('admin:index')}?{urlencode({'who': row['actor'], 'sort': FLAGGED, 'days': 1})}",
            when=when_words(row["last"], now),
            words=ngettext("opened %(n)s case without having it", "opened %(n)s cases without having them", row["n"])
            % {"n": row["n"]},
        )
        for row in counted
    ]


def two_duties() -> list[Line]:
    """Accounts whose roles span two duties, or that may do everything."""
    both = [
        Line(str(user), "", "", roles.in_words(sorted(roles.names_of(user)))) for user in roles.of_two_duties()[:MOST]
    ]
    return [*both, *(Line(str(user), "", "", _("may do everything")) for user in roles.superusers()[:MOST])]


def roles_given(now: datetime) -> list[Line]:
    """Roles with a duty given in the last 30 days: whose, from what to what, who asked and who agreed."""
    found = ApprovalRequest.objects.filter(kind=ROLE, outcome__in=GIVEN, ended_at__gte=now - ROLES_OF)
    rows = found.select_related("asked_by", "answered_by", "owner").order_by("-ended_at")[:MOST]
    return [
        Line(
            reference=str(each.owner or each.reference),
            url="",
            when=when_words(each.ended_at, now) if each.ended_at else "",
            words=change_words(each),
            who=_people(each),
        )
        for each in rows
    ]


def _people(asked: ApprovalRequest) -> str:
    """Words like `Gao Li, agreed by Lin Shi`."""
    if not asked.answered_by:
        return _("%(name)s alone") % {"name": asked.asked_by}
    return _("%(name)s, agreed by %(other)s") % {"name": asked.asked_by, "other": asked.answered_by}
