"""The buttons of the case page: who may press each, what it does, which typed fields it uses up, what is said then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers import queries
from transfers.models import Order
from transfers.review import actions as review
from transfers.review import case, drafts
from transfers.review.case_forms import CALL, PHOTO, REFUSE
from transfers.review.drafts import Fields, Typed
from transfers.review.forms import CallForm, PhotoForm, RefuseForm, ReturnForm

Act = Callable[[Order, Any, Typed], forms.Form | None]

VERDICTS = ("reason.", "words.")
MOVED = gettext_lazy("The order has moved on meanwhile. This is how it stands")
ELSEWHERE = gettext_lazy("Nothing was decided: you typed more in another window. Read it all, then decide")
MORE_ELSEWHERE = gettext_lazy("Saved. You typed more in another window: press Save to see it all")


class Contradicted(Exception):
    """What was typed speaks against this decision; `words` says what."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Move:
    """One button. Its act gives back the form that has to be shown again, or None when it is done."""

    act: Act
    done: str | Promise
    permission: str = "review_order"
    form_name: str = ""
    uses: tuple[str, ...] = ()  # how the names of the fields begin that are used up when it is done
    decides: bool = True  # about the order as the page showed it, not as it became meanwhile
    stays: bool = False  # on the case, instead of going back to the queue

    def used(self, fields: Fields) -> list[str]:
        return [name for name in fields if name.startswith(self.uses)] if self.uses else []


def _keep(order: Order, reviewer: Any, typed: Typed) -> None:
    """Everything was kept when it came in."""


def _discard(order: Order, reviewer: Any, typed: Typed) -> None:
    drafts.forget_unused(order, reviewer, typed.came)


def _claim(order: Order, reviewer: Any, typed: Typed) -> None:
    review.claim(order, reviewer)


def _release(order: Order, reviewer: Any, typed: Typed) -> None:
    review.release(order, reviewer)


def _accept(order: Order, reviewer: Any, typed: Typed) -> ReturnForm | None:
    form = ReturnForm(typed.fields, parts=case.parts_of(order), accepting=True)
    if not form.is_valid():
        return form
    _no_refusal_typed(typed)
    review.accept(order, reviewer)
    return None


def _no_refusal_typed(typed: Typed) -> None:
    if typed.fields.get(f"{REFUSE}-words", "").strip():
        raise Contradicted(_("Not accepted: empty the reason for refusing first"))


def _send_back(order: Order, reviewer: Any, typed: Typed) -> ReturnForm | None:
    form = ReturnForm(typed.fields, parts=case.parts_of(order))
    if not form.is_valid():
        return form
    review.send_back(order, reviewer, form.named())
    return None


def _accept_photo(order: Order, reviewer: Any, typed: Typed) -> None:
    if any(typed.fields.get(f"{PHOTO}-{name}", "").strip() for name in ("reason", "words")):
        raise Contradicted(_("Not accepted: ask for a new photo, or empty its reason and words first"))
    _no_refusal_typed(typed)
    review.accept_photo(order, reviewer)


def _refuse_photo(order: Order, reviewer: Any, typed: Typed) -> PhotoForm | None:
    form = PhotoForm(typed.fields, prefix=PHOTO, ways=queries.rules_of(order).photo_ways)
    if not form.is_valid():
        return form
    review.refuse_photo(order, reviewer, form.named())
    return None


def _call(order: Order, reviewer: Any, typed: Typed) -> CallForm | None:
    form = CallForm(typed.fields, prefix=CALL)
    if not form.is_valid():
        return form
    review.note_call(order, reviewer, form.cleaned_data["words"])
    return None


def _refuse(order: Order, reviewer: Any, typed: Typed) -> RefuseForm | None:
    form = RefuseForm(typed.fields, prefix=REFUSE)
    if not form.is_valid():
        return form
    review.refuse(order, reviewer, form.cleaned_data["words"])
    return None


# about what the reviewer typed, not about the order
TYPING = {
    "keep": Move(_keep, gettext_lazy("What you typed is saved. Only you see it"), decides=False, stays=True),
    "discard": Move(_discard, gettext_lazy("Discarded"), decides=False, stays=True),
}
MOVES = {
    "claim": Move(_claim, gettext_lazy("The order is yours for 30 minutes"), decides=False, stays=True),
    "release": Move(_release, gettext_lazy("The order is back in the queue"), decides=False),
    "accept": Move(_accept, gettext_lazy("Accepted"), form_name="return_form"),
    "send_back": Move(_send_back, gettext_lazy("Returned to the applicant"), form_name="return_form", uses=VERDICTS),
    "accept_photo": Move(_accept_photo, gettext_lazy("The photo is accepted; the order is handed over")),
    "refuse_photo": Move(
        _refuse_photo, gettext_lazy("A new photo was asked for"), form_name="photo_form", uses=(f"{PHOTO}-",)
    ),
    "call": Move(
        _call,
        gettext_lazy("The call is noted"),
        form_name="call_form",
        uses=(f"{CALL}-",),
        decides=False,
        stays=True,
    ),
    "refuse": Move(
        _refuse, gettext_lazy("Refused"), permission="lead_review", form_name="refuse_form", uses=(f"{REFUSE}-",)
    ),
}
