"""Legal holds: what must not be deleted while they last."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.desk.proposals import ProposalRefused, refuse_one_person
from icpportal.privacy.models import LegalHold

if TYPE_CHECKING:
    from icpportal.accounts.models import User


def open_holds() -> QuerySet[LegalHold]:
    """Holds in force, confirmed or not."""
    return LegalHold.objects.filter(lifted_at=None)


def is_held(user: "User") -> bool:
    """Whether something of this account is held."""
    return open_holds().filter(owner=user).exists()


def on_hold(reference: str) -> Q:
    """A condition on rows whose column `reference` names a held order."""
    return Q(Exists(open_holds().filter(reference=OuterRef(reference))))


def set_hold(hold: LegalHold, *, actor: "User") -> None:
    """Stores a new hold, in force at once; raises `ProposalRefused` when its order is held already."""
    hold.asked_by = actor
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError:
        raise ProposalRefused(_("This order is held already")) from None


def confirm(hold: LegalHold, *, actor: "User") -> None:
    """A second person confirms. Raises `ProposalRefused`."""
    if hold.asked_by_id == actor.pk:
        raise ProposalRefused(_("Who proposed it does not confirm it: a second person does"))
    if not open_holds().filter(pk=hold.pk, confirmed_by=None).update(confirmed_by=actor):
        raise ProposalRefused(_("It was confirmed or lifted before"))


def lift(hold: LegalHold, *, actor: "User", now: datetime | None = None) -> None:
    """A second person confirms that it ends. Raises `ProposalRefused`."""
    refuse_one_person(hold, actor)
    if not open_holds().filter(pk=hold.pk).update(lifted_by=actor, lifted_at=now or timezone.now()):
        raise ProposalRefused(_("It was confirmed or lifted before"))
