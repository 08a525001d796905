"""Applying a parked answer: one person proposes it and says why, another one applies it or declines."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.gateways.miit.seam import authority
from icpportal.gateways.miit.types import Answer, AnswerKind, reference_of
from transfers import other_reports
from transfers.authority import BROKEN, apply_by_people
from transfers.models import Order, ParkedAnswer
from transfers.parked import CannotApply, clear_alarm, settle
from transfers.sentences import mark


def propose(parked: ParkedAnswer, *, actor: Any, because: str, now: datetime | None = None) -> None:
    """Ask a second person to apply it. Raises `CannotApply`."""
    waiting = ParkedAnswer.objects.filter(pk=parked.pk, closed_at=None, proposed_by=None)
    if not waiting.update(proposed_by=actor, proposed_at=now or timezone.now(), proposed_because=because):
        raise CannotApply(_("It was proposed or closed before"))


def decline(parked: ParkedAnswer) -> None:
    """Take the proposal off, one's own as well; the answer stays parked. Raises `CannotApply`."""
    proposed = ParkedAnswer.objects.filter(pk=parked.pk, closed_at=None, proposed_by__isnull=False)
    if not proposed.update(proposed_by=None, proposed_at=None, proposed_because=""):
        raise CannotApply(_("Nobody has proposed to apply it"))


def apply(parked: ParkedAnswer, *, actor: Any, now: datetime | None = None) -> None:
    """Bring the answer to its order as if it came now. Raises `CannotApply`, and then nothing has changed."""
    now = now or timezone.now()
    with transaction.atomic():
        row = ParkedAnswer.objects.select_for_update(of=("self",)).get(pk=parked.pk)
        _refuse(row, actor)
        answer = authority().answer(row.answer_id)
        if answer is None:
            raise CannotApply(_("The authority's answer is not kept any more"))
        _refuse_late(answer)
        try:
            reason = apply_by_people(answer, actor=actor, now=now)
        except BROKEN as problem:
            raise CannotApply(_("It cannot be read: %(error)s") % {"error": type(problem).__name__}) from problem
        if reason:
            raise CannotApply(_in_words(answer))
        ParkedAnswer.objects.filter(pk=row.pk).update(closed_at=now, applied_by=actor)
        settle(answer, now=now)  # it may have come several times
    clear_alarm(now)


def _refuse(row: ParkedAnswer, actor: Any) -> None:
    if row.closed_at is not None:
        raise CannotApply(_("It is closed already"))
    if row.proposed_by_id is None:
        raise CannotApply(_("First one person has to propose it, with a reason"))
    if row.proposed_by_id == actor.pk:
        raise CannotApply(_("Who proposed it does not apply it: a second person does"))


def _refuse_late(answer: Answer) -> None:
    """A grant for an order that was given up would come into the way of what followed."""
    order = _order_of(answer)
    if answer.kind != AnswerKind.GRANTED or order is None or order.state not in other_reports.GIVEN_UP:
        return
    other = other_reports.in_the_way(order)
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
    facts = {"ref": order.reference, "state": mark(order)["label"]}
    return _("Order %(ref)s is in the state “%(state)s” and cannot take this answer") % facts
