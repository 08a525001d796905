"""An order of the demo that a colleague has accepted: a second person must confirm it before it is submitted."""

from django.db import transaction
from django.utils import timezone

from demo.seed.orders import SEEDS, domain_of
from icpportal.accounts.models import User
from transfers.models import FieldVerdict, Order, ReviewRound
from transfers.review import second_look
from transfers.review.cases.parts.parts import parts_of
from transfers.review.cases.parts.photo_rules import rules_for
from transfers.review.values import kept_values
from transfers.second_look.policy import DRAWN


def place(applicant: User, colleague: User) -> None:
    """Takes the applicant's last order; does nothing if it waits already, or has gone on."""
    order = Order.objects.filter(owner=applicant, domain=domain_of(len(SEEDS) - 1)).first()
    if order is not None and not order.rounds.exists():
        accept(order, colleague)


def accept(order: Order, colleague: User) -> None:
    """The colleague accepted entries, papers and photo; the draw asks for a second person."""
    now = timezone.now()
    with transaction.atomic():
        _round(order, colleague, "accept", parts_of(order))
        _round(order, colleague, "accept_photo", [rule.part for rule in rules_for(order)])
        second_look.ask(order, colleague, "accept_photo", [DRAWN], now)


def _round(order: Order, colleague: User, decision: str, parts: list[str]) -> None:
    """A round in which everything was in order."""
    number = order.rounds.count() + 1
    decided = order.entered_at if number == 1 else timezone.now()
    opened = ReviewRound.objects.create(
        order=order,
        number=number,
        reviewer=colleague,
        opened_at=order.entered_at,
        decided_at=decided,
        decision=decision,
    )
    FieldVerdict.objects.bulk_create(
        FieldVerdict(round=opened, field=part, verdict=FieldVerdict.OK, value=value)
        for part, value in kept_values(order, parts).items()
    )
