"""The buttons of the case page: who may press each, what it does, which typed fields it uses up, what is said then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.accounts.models import User
from transfers.models import Order
from transfers.orders import queries
from transfers.review import actions as review
from transfers.review import case, drafts
from transfers.review.case_forms import CALL, PHOTO, REFUSE
from transfers.review.drafts import Fields, Typed
from transfers.review.forms import CallForm, PhotoForm, RefuseForm, ReturnForm

Act = Callable[[Order, User, Typed], forms.Form | None]

VERDICTS = ("reason.", "words.")
RETURN, FINAL = "return_form", "refuse_form"
KEEP = "keep"
MOVED = gettext_lazy("The order has changed. This is its current state")
ELSEWHERE = gettext_lazy("Nothing was decided: you typed more in another window. Read it all, then decide")
MORE_ELSEWHERE = gettext_lazy("Saved. You typed more in another window: press Save to see it all")


class Contradicted(Exception):
    """What was typed speaks against this decision; `words` says what."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class CaseActionRow(TypedDict, total=False):
    permission: str
    form_name: str
    prefix: str
    uses: tuple[str, ...]
    decides: bool
    stays: bool


@dataclass(frozen=True)
class CaseAction:
    """One button. Its act gives back the form that has to be shown again, or None when it is done."""

    act: Act
    done: str | Promise
    permission: str = "review_order"
    form_name: str = ""
    prefix: str = ""  # of its form
    uses: tuple[str, ...] = ()  # how the names of the fields begin that are used up when it is done
    decides: bool = True  # about the order as the page showed it, not as it became meanwhile
    stays: bool = False  # on the case, instead of going back to the queue

    def used(self, fields: Fields) -> list[str]:
        return [name for name in fields if name.startswith(self.uses)] if self.uses else []


ACTIONS: dict[str, CaseAction] = {}


def case_action(name: str, done: str | Promise, **row: Unpack[CaseActionRow]) -> Callable[[Act], Act]:
    """Makes the function what the button `name` (a move, or something of the desk's own) does."""

    def register(act: Act) -> Act:
        ACTIONS[name] = CaseAction(act, done, **row)
        return act

    return register


@case_action(KEEP, gettext_lazy("What you typed is saved. Only you see it"), decides=False, stays=True)
def _keep(order: Order, reviewer: User, typed: Typed) -> None:
    """Everything was kept when it came in."""


@case_action("discard", gettext_lazy("Discarded"), decides=False, stays=True)
def _discard(order: Order, reviewer: User, typed: Typed) -> None:
    drafts.forget_unused(order, reviewer, typed.came)


@case_action("claim", gettext_lazy("The order is yours for 30 minutes"), decides=False, stays=True)
def _claim(order: Order, reviewer: User, typed: Typed) -> None:
    review.assign_to_me(order, reviewer)


@case_action("release", gettext_lazy("The order is back in the queue"), decides=False)
def _release(order: Order, reviewer: User, typed: Typed) -> None:
    review.release(order, reviewer)


@case_action("accept", gettext_lazy("Accepted"), form_name=RETURN)
def _accept(order: Order, reviewer: User, typed: Typed) -> ReturnForm | None:
    form = ReturnForm(typed.fields, parts=case.parts_of(order), accepting=True)
    if not form.is_valid():
        return form
    _no_refusal_typed(typed)
    review.accept(order, reviewer)
    return None


def _no_refusal_typed(typed: Typed) -> None:
    if typed.fields.get(f"{REFUSE}-words", "").strip():
        raise Contradicted(_("Not accepted: empty the reason for refusing first"))


@case_action("send_back", gettext_lazy("Returned to the applicant"), form_name=RETURN, uses=VERDICTS)
def _send_back(order: Order, reviewer: User, typed: Typed) -> ReturnForm | None:
    form = ReturnForm(typed.fields, parts=case.parts_of(order))
    if not form.is_valid():
        return form
    review.send_back(order, reviewer, form.named())
    return None


@case_action("accept_photo", gettext_lazy("The photo is accepted, and the order is being submitted to the authority"))
def _accept_photo(order: Order, reviewer: User, typed: Typed) -> None:
    if any(typed.fields.get(f"{PHOTO}-{name}", "").strip() for name in ("reason", "words")):
        raise Contradicted(_("Not accepted: ask for a new photo, or empty its reason and words first"))
    _no_refusal_typed(typed)
    review.accept_photo(order, reviewer)


@case_action(
    "refuse_photo", gettext_lazy("A new photo was asked for"), form_name="photo_form", prefix=PHOTO, uses=(f"{PHOTO}-",)
)
def _refuse_photo(order: Order, reviewer: User, typed: Typed) -> PhotoForm | None:
    form = PhotoForm(typed.fields, prefix=PHOTO, ways=queries.rules_of(order).photo_ways)
    if not form.is_valid():
        return form
    review.refuse_photo(order, reviewer, form.named())
    return None


@case_action(
    "call",
    gettext_lazy("The call is recorded"),
    form_name="call_form",
    prefix=CALL,
    uses=(f"{CALL}-",),
    decides=False,
    stays=True,
)
def _call(order: Order, reviewer: User, typed: Typed) -> CallForm | None:
    form = CallForm(typed.fields, prefix=CALL)
    if not form.is_valid():
        return form
    review.note_call(order, reviewer, form.cleaned_data["words"])
    return None


@case_action(
    "refuse", gettext_lazy("Refused"), permission="lead_review", form_name=FINAL, prefix=REFUSE, uses=(f"{REFUSE}-",)
)
def _refuse(order: Order, reviewer: User, typed: Typed) -> RefuseForm | None:
    form = RefuseForm(typed.fields, prefix=REFUSE)
    if not form.is_valid():
        return form
    review.refuse(order, reviewer, form.cleaned_data["words"])
    return None
