"""Proposals: one person proposes with a reason, another confirms or declines. Shared by everything that is parked."""

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from icpportal.accounts.models import User

Row = TypeVar("Row", bound="Proposable")

REASON_LONGEST = 200


class ProposalRefused(Exception):
    """The row stays as it is; the text says why, for people."""


class Proposable(models.Model):
    """A row about which one person makes a proposal and a second one confirms it."""

    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=gettext_lazy("Proposed by"),
        editable=False,
    )
    proposed_at = models.DateTimeField(gettext_lazy("Proposed at"), null=True, editable=False)
    proposed_because = models.CharField(
        gettext_lazy("Why it is proposed"),
        max_length=REASON_LONGEST,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    class Meta:
        abstract = True


def by_a_second_person(column: str, name: str) -> models.CheckConstraint:
    """A constraint: the person in this column is not the one who proposed."""
    another = Q(proposed_by__isnull=False) & ~Q(**{column: F("proposed_by")})
    return models.CheckConstraint(condition=Q(**{column: None}) | another, name=name)


def propose(waiting: QuerySet[Row], *, actor: "User", because: str, now: datetime | None = None) -> None:
    """Asks a second person; `waiting` matches the row while it needs somebody. Raises `ProposalRefused`."""
    fresh = waiting.filter(proposed_by=None)
    if not fresh.update(proposed_by=actor, proposed_at=now or timezone.now(), proposed_because=because):
        raise ProposalRefused(_("It was proposed or closed before"))


def decline(waiting: QuerySet[Row]) -> None:
    """Removes the proposal, also one's own; the row stays as it is. Raises `ProposalRefused`."""
    proposed = waiting.filter(proposed_by__isnull=False)
    if not proposed.update(proposed_by=None, proposed_at=None, proposed_because=""):
        raise ProposalRefused(_("Nothing is proposed for it"))


def refuse_one_person(row: Proposable, actor: "User") -> None:
    """Raises `ProposalRefused` unless somebody else has proposed it."""
    if row.proposed_by_id is None:
        raise ProposalRefused(_("First one person has to propose it, with a reason"))
    if row.proposed_by_id == actor.pk:
        raise ProposalRefused(_("Who proposed it does not confirm it: a second person does"))
