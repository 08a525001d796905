"""Proposals to apply a parked answer: one person proposes and says why, another applies or declines."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.desk import proposals
from icpportal.gateways.miit.base import authority
from icpportal.gateways.miit.types import Answer, AnswerKind, reference_of
from transfers.authority import other_reports
from transfers.authority.parked import CannotApply, clear_alarm, settle
from transfers.authority.results import BROKEN, apply_by_people, asked_together
from transfers.models import Order, ParkedAnswer
from transfers.orders.kinds import is_in, kind_of, state_of
from transfers.orders.rows import Group


def propose(parked: ParkedAnswer, *, actor: User, because: str, now: datetime | None = None) -> None:
    """Asks a second person to apply the answer. Raises `ProposalRefused`."""
    proposals.propose(_waiting(parked), actor=actor, because=because, now=now)


def decline(parked: ParkedAnswer) -> None:
    """Removes the proposal, also one's own; the answer stays parked. Raises `ProposalRefused`."""
    proposals.decline(_waiting(parked))


def apply(parked: ParkedAnswer, *, actor: User, now: datetime | None = None) -> None:
    """Applies the answer to its order as if it came now. Raises `ProposalRefused`, and then nothing has changed."""
    now = now or timezone.now()
    answer = authority().answer(parked.answer_id)
    if answer is None:
        raise CannotApply(_("The authority's answer is not kept any more"))
    with asked_together([answer]) as register:
        register.of(answer.report_key)  # asked before rows are locked: the register of phones may be slow
        _apply(parked, answer, actor, now)
    clear_alarm(now)


def _apply(parked: ParkedAnswer, answer: Answer, actor: User, now: datetime) -> None:
    with transaction.atomic():
        row = ParkedAnswer.objects.select_for_update(of=("self",)).get(pk=parked.pk)
        if row.closed_at is not None:
            raise CannotApply(_("It is closed already"))
        proposals.refuse_one_person(row, actor)
        _refuse_late(answer)
        try:
            reason = apply_by_people(answer, actor=actor, now=now)
        except BROKEN as problem:
            raise CannotApply(_("It cannot be read: %(error)s") % {"error": type(problem).__name__}) from problem
        if reason:
            raise CannotApply(_in_words(answer))
        ParkedAnswer.objects.filter(pk=row.pk).update(closed_at=now, applied_by=actor)
        settle(answer, now=now)  # it may have arrived several times


def _waiting(parked: ParkedAnswer) -> QuerySet[ParkedAnswer]:
    return ParkedAnswer.objects.filter(pk=parked.pk, closed_at=None)


def _refuse_late(answer: Answer) -> None:
    """Refuses a grant for an order that is over if it would conflict with what followed."""
    order = _order_of(answer)
    if answer.kind != AnswerKind.GRANTED or order is None or not is_in(order, Group.GRANT_MAY_COME):
        return
    ends_access = kind_of(order).ends_access
    if ends_access and not other_reports.could_end_access(order):
        raise CannotApply(_("The register has no access of ours that this cancellation could end: close the answer"))
    other = other_reports.other_cancellation(order) if ends_access else other_reports.in_the_way(order)
    if isinstance(other, Order):
        raise CannotApply(
            _("Order %(ref)s is open for this domain or subject: end it first") % {"ref": other.reference}
        )
    if other is not None:
        raise CannotApply(_("The register has an access of ours for this website already"))


def _order_of(answer: Answer) -> Order | None:
    order = Order.objects.filter(reference=reference_of(answer.report_key)).first()
    return other_reports.order_granted(order) if order and answer.kind == AnswerKind.GRANTED else order


def _in_words(answer: Answer) -> str:
    order = _order_of(answer)
    if order is None:
        return _("There is no order %(ref)s") % {"ref": reference_of(answer.report_key)}
    facts = {"ref": order.reference, "state": state_of(order).label}
    return _("Order %(ref)s is in the state “%(state)s” and cannot take this answer") % facts
