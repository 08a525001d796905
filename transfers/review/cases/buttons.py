"""What a button of a case is: who may press it, which typed fields it uses up, what is said then, where it leads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.time_format import to_beijing
from transfers.models import Order
from transfers.review.cases.drafts import Fields, Typed

Act = Callable[[Order, User, Typed], forms.Form | None]


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
    opens: str
    asked: str | Promise
    proof: str | Promise


@dataclass(frozen=True)
class CaseAction:
    """One button. Its act gives back the form that has to be shown again, or None when it is done."""

    act: Act
    done: str | Promise
    permission: str = "review_order"
    form_name: str = ""
    prefix: str = ""  # of its form
    uses: tuple[str, ...] = ()  # how the names of the fields begin that are used up when it is done
    decides: bool = True  # about the order as the page showed it, not as it became since
    stays: bool = False  # on the case, instead of going on to the next one
    opens: str = ""  # the page of the case that it leads to, by its name
    asked: str | Promise = ""  # what is said instead where a second person is asked first
    proof: str | Promise = ""  # who presses proves first that it is them, and reads this until then

    def used(self, fields: Fields, named: str) -> list[str]:
        """The fields that are used up; of a button that names something after a colon those about that alone."""
        starts = tuple(f"{start}{named}" for start in self.uses)
        return [name for name in fields if name.startswith(starts)]

    def said(self) -> str:
        """What is said when it is done: of a decision also until when it can be taken back."""
        if self.asked and approvals.is_needed():
            return str(self.asked)
        if not self.decides or not settings.DECISION_OPEN_FOR:
            return str(self.done)
        final = to_beijing(timezone.now() + settings.DECISION_OPEN_FOR)
        told = {"done": self.done, "time": f"{final:%H:%M:%S}"}
        return _("%(done)s. You can undo it until %(time)s") % told


ACTIONS: dict[str, CaseAction] = {}


def case_action(done: str | Promise, **row: Unpack[CaseActionRow]) -> Callable[[Act], Act]:
    """Makes the function what the button of its name (a move, or something of the desk's own) does."""

    def register(act: Act) -> Act:
        ACTIONS[act.__name__.removeprefix("_")] = CaseAction(act, done, **row)
        return act

    return register
