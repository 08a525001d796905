"""Changes of roles: two people give those that carry a duty, one takes them away; recorded and told."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from icpportal.accounts import roles
from icpportal.accounts.actions import tell_roles_changed
from icpportal.accounts.models import User
from icpportal.accounts.sessions import end_sessions
from icpportal.accounts.staff import invitations
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import ROLE, ApprovalRequest
from icpportal.desk.event_lines import log_change

GIVEN_BY_TWO = frozenset({roles.LEAD_REVIEWER, roles.AUDITOR, roles.OPERATIONS})


def is_asked_first(user: User, chosen: Iterable[str]) -> bool:
    """Whether a second person must allow that the account gets these."""
    return approvals.is_needed() and bool((set(chosen) - roles.names_of(user)) & GIVEN_BY_TWO)


def change(user: User, chosen: Iterable[str], *, actor: User, now: datetime | None = None) -> bool:
    """Gives the account exactly these roles; returns False when a second person was asked and nothing changed yet.

    Raises `RequestRefused` while one is asked already.
    """
    before, after = roles.names_of(user), set(chosen)
    if before == after:
        return True
    if not is_asked_first(user, after):
        _change(user, before, after, actor)
        return True
    roles.refuse_combination(after)
    with transaction.atomic():
        asked = approvals.ask(
            ROLE,
            key=str(user.pk),
            reference=str(user.pk)[:8],  # appears in logs: no name
            owner=user,
            said={"before": sorted(before), "after": sorted(after)},
            actor=actor,
            now=now,
        )
        log_change(user, actor, lambda: _("asked a second person: %(what)s") % {"what": change_words(asked)})
    return False


def carry(asked: ApprovalRequest, now: datetime) -> None:  # noqa: ARG001
    """Gives the roles in the asker's name; raises `Stale` when the account has other roles by now, or is closed."""
    user = User.objects.select_for_update().get(pk=asked.key)
    before = roles.names_of(user)
    if not user.is_active or sorted(before) != asked.said["before"]:
        raise approvals.Stale(asked.reference)
    _change(user, before, _names(asked, "after"), asked.asked_by)
    second = asked.answered_by
    alone = gettext_noop("did after 24 hours what %(name)s had asked alone: no second person was there")
    _log_answer(asked, second or asked.asked_by, gettext_noop("allowed what %(name)s had asked") if second else alone)


def decline(asked: ApprovalRequest, *, actor: User, now: datetime | None = None) -> None:
    """The second person declines; the roles stay."""
    with transaction.atomic():
        approvals.decline(asked, actor=actor, now=now)
        _log_answer(asked, actor, gettext_noop("declined what %(name)s had asked"))


def withdraw(asked: ApprovalRequest, *, actor: User, now: datetime | None = None) -> None:
    """The asker withdraws."""
    with transaction.atomic():
        approvals.withdraw(asked, actor=actor, now=now)
        _log_answer(asked, actor, gettext_noop("withdrew the request"))


def change_words(asked: ApprovalRequest) -> str:
    """`Roles: from Reviewer to Lead reviewer`."""
    return words_of(_names(asked, "before"), _names(asked, "after"))


def words_of(before: Iterable[str], after: Iterable[str]) -> str:
    """The same for any two sets of roles; none is `no role`."""
    said = {side: roles.in_words(sorted(names)) for side, names in (("before", before), ("after", after))}
    return _("Roles: from %(before)s to %(after)s") % {side: words or _("no role") for side, words in said.items()}


def _names(asked: ApprovalRequest, side: str) -> set[str]:
    names = asked.said[side]
    return {str(name) for name in names} if isinstance(names, list) else set()


def _change(user: User, before: set[str], after: set[str], actor: User) -> None:
    with transaction.atomic():
        roles.give(user, *after)
        roles.note_duties_changed(user)
        log_change(user, actor, lambda: words_of(before, after))
        if user.is_staff and not roles.is_staff_role(before):
            _begin_as_staff(user, actor)
        else:
            tell_roles_changed(user, before, after)


def _begin_as_staff(user: User, actor: User) -> None:
    """A customer's password may be too short for staff and their sessions too long: both end."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    invitations.welcome(user, by=actor)  # the invitation says which roles


def _log_answer(asked: ApprovalRequest, actor: User, words: str) -> None:
    """`words` are not translated yet."""

    def describe() -> str:
        return f"{_(words) % {'name': asked.asked_by}} · {change_words(asked)}"

    log_change(User.objects.get(pk=asked.key), actor, describe)
