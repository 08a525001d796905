"""Who works at the desk."""

from django.db.models import Q, QuerySet

from icpportal.accounts.models import User
from icpportal.accounts.roles import LEAD_REVIEWER, REVIEWER
from transfers.models import DeskSettings

REVIEWERS = (REVIEWER, LEAD_REVIEWER)


def reviewers() -> QuerySet[User]:
    """The active accounts that may judge an order, by name."""
    return User.objects.filter(is_active=True, groups__name__in=REVIEWERS).distinct().order_by("name", "pk")


def settings_of(user: User) -> DeskSettings:
    """What this member of staff wants of the desk; read once for a request."""
    kept: DeskSettings | None = getattr(user, "_of_the_desk", None)
    if kept is None:
        kept = DeskSettings.objects.filter(user=user).first() or DeskSettings(user=user)
        user._of_the_desk = kept  # type: ignore[attr-defined]
    return kept


def colleagues_of(user: User) -> QuerySet[User]:
    """The reviewers and leads to whom this one may write or give an order."""
    return reviewers().filter(~Q(pk=user.pk))


def is_lead(user: User) -> bool:
    """Whether the account leads the reviewers."""
    return user.has_perm("transfers.lead_review")
