"""Who works at the desk, and their settings."""

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from icpportal.accounts.models import User
from icpportal.accounts.roles import LEAD_REVIEWER, REVIEWER
from icpportal.accounts.staff.invitations import begun_condition
from transfers.models import DeskSettings

REVIEWERS = (REVIEWER, LEAD_REVIEWER)
KNOWN_FOR = 60  # seconds; every page of the desk reads the settings


def reviewers() -> QuerySet[User]:
    """The active accounts that may review orders, by name; invited ones once they have a password."""
    holding = User.groups.through.objects.filter(user=OuterRef("pk"), group__name__in=REVIEWERS)
    return User.objects.filter(Exists(holding), begun_condition(), is_staff=True, is_active=True).order_by("name", "pk")


def settings_of(user: User) -> DeskSettings:
    """The desk settings of this member of staff; read again after a minute, or once saved."""
    desk_settings: DeskSettings | None = getattr(user, "_of_the_desk", None)
    if desk_settings is None:
        provinces, single_keys = cache.get_or_set(_key(user), lambda: _read_settings(user), KNOWN_FOR) or ("", True)
        desk_settings = DeskSettings(user=user, provinces=provinces, single_keys=single_keys)
        user._of_the_desk = desk_settings  # type: ignore[attr-defined]
    return desk_settings


def save_settings(user: User, *, provinces: str, single_keys: bool) -> None:
    """Saves the desk settings of this member of staff; their next page uses them."""
    DeskSettings.objects.update_or_create(user=user, defaults={"provinces": provinces, "single_keys": single_keys})
    cache.delete(_key(user))


def _read_settings(user: User) -> tuple[str, bool]:
    desk_settings = DeskSettings.objects.filter(user=user).first() or DeskSettings(user=user)
    return desk_settings.provinces, desk_settings.single_keys


def _key(user: User) -> str:
    return f"desk.settings.{user.pk}"


def colleagues_of(user: User) -> QuerySet[User]:
    """The reviewers and leads to whom this one may write or hand an order."""
    return reviewers().filter(~Q(pk=user.pk))


def is_lead(user: User) -> bool:
    """Whether the account leads the reviewers."""
    return user.has_perm("transfers.lead_review")
