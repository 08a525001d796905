"""Which orders wait for a second look, who may give it, and who judged the order before."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import SUBMIT, ApprovalRequest
from icpportal.approvals.queries import open_request, requests_of
from transfers.models import ColleagueNote, Decision, Order, ReviewDraft, ReviewRound

LOOKED = ("confirm", "send_to_first")  # moves of a second person: not a verdict of their own
VERDICT = "verdict."


def waiting(asked_by: User | None = None) -> Exists:
    """A condition on orders: accepted, by this person if one is given, and waiting for a second look."""
    looks = ApprovalRequest.objects.filter(kind=SUBMIT, outcome="", reference=OuterRef("reference"))
    return Exists(looks.filter(asked_by=asked_by) if asked_by else looks)


def accepted_by(user: User) -> Q:
    """Orders waiting for a second look that this person cannot give, because they decided a round."""
    return Q(waiting()) & Q(Exists(ReviewRound.objects.filter(order=OuterRef("pk"), reviewer=user)))


def with_look(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotates orders with whether they wait for a second look, in the same query."""
    return orders.annotate(has_look=waiting())


def has_look(order: Order) -> bool:
    """Whether it waits for a second look, as read with the order."""
    known: bool | None = getattr(order, "has_look", None)
    return open_look(order) is not None if known is None else known


def open_look(order: Order) -> ApprovalRequest | None:
    """The second look that this order waits for."""
    known: bool | None = getattr(order, "has_look", None)
    if known is None:
        return open_request(SUBMIT, order.pk)
    return _kept_look(order) if known else None


def _kept_look(order: Order) -> ApprovalRequest | None:
    """Cached on the order object until the order moves on."""
    version, look = getattr(order, "_look", (None, None))
    if version != order.version:
        look = open_request(SUBMIT, order.pk)
        order._look = order.version, look  # type: ignore[attr-defined]
    return look


def looks_at(orders: Iterable[Order]) -> dict[str, ApprovalRequest]:
    """The looks that these orders wait for, by reference."""
    references = [each.reference for each in orders]
    rows = ApprovalRequest.objects.filter(kind=SUBMIT, outcome="", reference__in=references)
    # many looks, few people: cheaper than a join
    return {asked.reference: asked for asked in rows.prefetch_related("asked_by")}


def accepted_words(asked: ApprovalRequest) -> str:
    """`accepted by Gao Yang`, in a list."""
    return _("accepted by %(name)s") % {"name": str(asked.asked_by)}


def was_asked(order: Order) -> bool:
    """Whether a second person was asked since the order was submitted: accepting it again draws no new lot."""
    return requests_of(order.pk, SUBMIT).filter(asked_at__gte=order.submitted_at or order.entered_at).exists()


def last_sent_back(order: Order) -> ApprovalRequest | None:
    """The last look, if it sent the case back to the person who had accepted it."""
    if open_look(order):
        return None
    last = requests_of(order.pk, SUBMIT).order_by("-asked_at").first()
    return last if last and last.outcome == ApprovalRequest.DECLINED else None


def judges_of(order: Order) -> set[str]:
    """The keys of everyone who judged part of the order: a round, a verdict, or an answer about a part."""
    rounds = order.rounds.values_list("reviewer", flat=True)
    decisions = Decision.objects.filter(order=order).exclude(move__in=LOOKED).values_list("reviewer", flat=True)
    questions = order.colleague_notes.filter(kind=ColleagueNote.QUESTION, answered_at__isnull=False)
    answers = questions.values_list("answered_by", flat=True)
    drafts = ReviewDraft.objects.filter(order=order)
    typists = [draft.reviewer_id for draft in drafts if any(name.startswith(VERDICT) for name in draft.typed)]
    return {str(person) for people in (rounds, decisions, answers, typists) for person in people}


def forget(order: Order, *, now: datetime) -> None:
    """Closes the look of an order that has left our review."""
    approvals.forget(SUBMIT, order.pk, now=now)
