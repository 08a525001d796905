"""Roles: groups whose permissions are in `settings.ROLE_PERMISSIONS`.

People who configure the portal see no case, people who decide cases do not configure, auditors do neither (MLPS level
3, 8.1.4.2): such roles are never held together.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.fields.language_marks import comma_list

APPLICANT = "applicant"
REVIEWER = "reviewer"
LEAD_REVIEWER = "lead reviewer"
AUDITOR = "auditor"
OPERATIONS = "operations"

NAMES = {
    APPLICANT: _("Applicant"),
    REVIEWER: _("Reviewer"),
    LEAD_REVIEWER: _("Lead reviewer"),
    AUDITOR: _("Auditor"),
    OPERATIONS: _("Operations"),
}
STAFF = (REVIEWER, LEAD_REVIEWER, AUDITOR, OPERATIONS)
# roles of one duty can be combined, roles of two duties cannot
DUTY = {REVIEWER: "decides", LEAD_REVIEWER: "decides", AUDITOR: "audits", OPERATIONS: "configures"}


def refuse_combination(names: Iterable[str]) -> None:
    """Raises when one person must not hold these roles, naming two of them."""
    by_duty = {DUTY[name]: name for name in STAFF if name in set(names)}
    if len(by_duty) > 1:
        first, second = list(by_duty.values())[:2]
        raise ValidationError(
            _("%(first)s and %(second)s must be two different people: change one of them"),
            code="roles_together",
            params={"first": NAMES[first], "second": NAMES[second]},
        )


def is_staff_role(names: Iterable[str]) -> bool:
    """Whether one of these roles opens the review desk."""
    return any(name in DUTY for name in names)


def names_of(user: User) -> set[str]:
    """The names of the roles the account holds."""
    return set(user.groups.values_list("name", flat=True))


def give(user: User, *names: str) -> None:
    """Gives the account exactly these roles; staff roles open the review desk, none closes it."""
    refuse_combination(names)
    user.groups.set(_named(names))
    user.is_staff = user.is_superuser or is_staff_role(names)
    user.save(update_fields=["is_staff"])


def save_with(user: User, *names: str) -> None:
    """Saves a new account, which holds exactly these roles."""
    refuse_combination(names)
    user.is_staff = user.is_superuser or is_staff_role(names)
    user.save()
    user.groups.add(*_named(names))


def _named(names: Collection[str]) -> list[Group]:
    """The groups of these roles, created if missing."""
    found = list(Group.objects.filter(name__in=names))
    missing = set(names) - {group.name for group in found}
    return found + [Group.objects.get_or_create(name=name)[0] for name in sorted(missing)]


def note_duties_changed(user: User) -> None:
    """Tells what depends on roles, once an account was closed, opened or given other roles (`DUTIES_CHANGED`)."""
    import_string(settings.DUTIES_CHANGED)(user)


def of_two_duties() -> list[User]:
    """The active accounts with roles of two duties, however they got them."""
    duties = {pk: DUTY[name] for pk, name in Group.objects.filter(name__in=STAFF).values_list("pk", "name")}
    held: dict[UUID, set[str]] = {}  # of staff alone: most accounts hold another role
    for user, group in User.groups.through.objects.filter(group__in=list(duties)).values_list("user", "group"):
        held.setdefault(user, set()).add(duties[group])
    both = [user for user, each in held.items() if len(each) > 1]
    return list(User.objects.filter(is_active=True, pk__in=both).prefetch_related("groups")) if both else []


def superusers() -> list[User]:
    """The active accounts that may do everything."""
    return list(User.objects.filter(is_active=True, is_superuser=True))


def ensure() -> list[str]:
    """Writes `settings.ROLE_PERMISSIONS` into the groups; returns the permissions that no model declares.

    A handful of queries for any number of roles and permissions, because every start of a portal runs it.
    """
    labels = [label for name in NAMES for label in settings.ROLE_PERMISSIONS.get(name, [])]
    found = _permissions(labels)
    groups = _groups()
    wanted = {
        (groups[name].pk, found[label].pk)
        for name in NAMES
        for label in settings.ROLE_PERMISSIONS.get(name, [])
        if label in found
    }
    grants = Group.permissions.through.objects
    there = {(row.group_id, row.permission_id): row.pk for row in grants.filter(group__in=groups.values())}
    grants.filter(pk__in=[there[pair] for pair in there.keys() - wanted]).delete()
    grants.bulk_create(
        (grants.model(group_id=group, permission_id=permission) for group, permission in wanted - there.keys()),
        ignore_conflicts=True,  # another process may be doing the same
    )
    return [label for label in labels if label not in found]


def _groups() -> dict[str, Group]:
    """The groups of all roles by name, created if missing."""
    Group.objects.bulk_create([Group(name=name) for name in NAMES], ignore_conflicts=True)
    return {group.name: group for group in Group.objects.filter(name__in=NAMES)}


def _permissions(labels: list[str]) -> dict[str, Permission]:
    """The permissions by label, with some others: filtering by pairs would take long to compile."""
    apps = {label.partition(".")[0] for label in labels}
    names = {label.partition(".")[2] for label in labels}
    rows = Permission.objects.filter(content_type__app_label__in=apps, codename__in=names)
    rows = rows.select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}": row for row in rows}


def in_words(names: Iterable[str]) -> str:
    """The roles in the reader's language."""
    return comma_list(NAMES.get(name, name) for name in names)
