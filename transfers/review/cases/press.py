"""A press of one of the buttons of a case: whether it may be carried out now, and what comes of it."""

from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.approvals.actions import RequestRefused
from icpportal.approvals.models import REFUSE
from icpportal.approvals.queries import open_request
from icpportal.approvals.words import asked_words
from icpportal.lifecycle import LEAD, REVIEWER, MoveNotAllowed
from icpportal.time_format import to_beijing
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.machine import ORDER
from transfers.review import decisions, leases
from transfers.review.cases import drafts
from transfers.review.cases.buttons import CaseAction, Contradicted
from transfers.review.cases.moves import ELSEWHERE, MOVED
from transfers.review.cases.parts.look import waits_words
from transfers.second_look.queries import LOOKED, open_look

REVIEWS = "transfers.review_order"


@dataclass(frozen=True, slots=True)
class Press:
    """The button that was pressed, by whom, and what was typed until then."""

    order: Order
    user: User
    name: str  # of the button
    button: CaseAction
    part: str  # of the case, where the button is about one
    typed: drafts.TypedText
    seen: str  # the version of the order that the page showed

    @property
    def has_moved(self) -> bool:
        """Whether the order has changed since the page was drawn."""
        return self.seen != str(self.order.version)


@dataclass(frozen=True, slots=True)
class NotDone:
    """Why a button did nothing, the part of the case that it is about, and the page on which to read it."""

    words: str | Promise
    part: str = ""
    page: str = "case"


def carry_out(press: Press) -> tuple[forms.Form | None, NotDone | None]:
    """Carries it out; returns the form to be shown again and why it was not done, if so."""
    button = press.button
    if refusal := (_refusal(press) if button.decides else ""):
        return None, NotDone(refusal)
    try:
        return button.act(press.order, press.user, press.typed), None
    except Contradicted as refused:
        return None, NotDone(refused.words, refused.part, button.page)
    except (leases.AssignedToOther, RequestRefused, decisions.AlreadyDecided) as refused:
        return None, NotDone(refused.words)
    except MoveNotAllowed:
        return None, NotDone(moved_words(press.order))


def use_up(press: Press) -> None:
    """Takes what was typed for it out of the draft; a decision keeps it, to give it back when it is undone."""
    used = press.button.used_fields(press.typed.fields, press.part)
    if not used:
        return
    if press.button.decides:
        decisions.keep_typed(press.order, press.user, {name: press.typed.fields[name] for name in used})
    drafts.take_out(press.order, press.user, used)


def work_on(order: Order, user: User, typed: drafts.TypedText) -> None:
    """Renews the reviewer's hold, or takes a free order that is being judged."""
    if leases.renew(order, user) or not typed.is_judged or leases.why_barred(order, user):
        return
    try:
        leases.assign_to_me(order, user)
    except (leases.AssignedToOther, MoveNotAllowed):  # somebody was first, or it is not with us any more
        return


def _refusal(press: Press) -> str | Promise:
    """Refuses a decision when the order or what was typed is not as the page showed."""
    order = press.order
    barred = leases.why_barred(order, press.user)
    if isinstance(barred, leases.OwnOrder):
        return barred.words
    if waiting := leases.open_decision(order):
        return leases.decided_words(waiting)
    if asked := open_request(REFUSE, order.pk):
        return asked_words(asked)
    look = open_look(order)
    if look and press.name not in LOOKED:
        return waits_words(look)
    if press.has_moved or press.name not in (LOOKED if look else possible_moves(order, press.user)):
        return moved_words(order)
    if barred:
        return barred.words
    return "" if press.typed.is_whole else ELSEWHERE


def moved_words(order: Order) -> str | Promise:
    """Who moved the order, to which state, and when."""
    event = order.events.select_related("actor").order_by("-at").first()
    if event is None or event.actor is None or event.by not in (REVIEWER, LEAD):
        return MOVED
    last = order.rounds.order_by("-number").values_list("decision", flat=True).first()
    facts = {"name": str(event.actor), "time": f"{to_beijing(event.at):%H:%M}"}
    return _("%(name)s decided this order at %(time)s. This is its current state") % facts if last else MOVED


def possible_moves(order: Order, user: User) -> set[str]:
    """The moves of the order that this person may make now."""
    if not user.has_perm(REVIEWS):
        return set()
    by = LEAD if user.has_perm("transfers.lead_review") else REVIEWER
    return {row.name for row in ORDER.available(order, by, queries.facts_of(order))}


def in_vain(press: Press) -> str | Promise:
    """Why nothing can be decided with what was saved, or "": decided already, of somebody else, or moved on."""
    order, typed = press.order, press.typed
    if typed.is_judged and (waiting := decisions.decision_to_show(order)):
        return leases.decided_words(waiting)
    if typed.is_judged and (barred := leases.why_barred(order, press.user)):
        return barred.words
    return moved_words(order) if press.has_moved else ""
