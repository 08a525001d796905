"""The buttons of a case: who may press each, which typed fields it uses, what is said then, where it leads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.time_format import to_beijing
from transfers.models import Decision, Order
from transfers.review.cases.drafts import Fields, TypedText

Act = Callable[[Order, User, TypedText], forms.Form | None]


class Contradicted(Exception):
    """What was typed contradicts this decision; `words` says what, `part` of which part of the case."""

    def __init__(self, words: str, *, part: str = "") -> None:
        super().__init__(words)
        self.words, self.part = words, part


class CaseActionRow(TypedDict, total=False):
    permission: str
    form_name: str
    prefix: str
    uses: tuple[str, ...]
    decides: bool
    stays: bool
    opens: str
    page: str
    asked: str | Promise
    proof: str | Promise


@dataclass(frozen=True)
class CaseAction:
    """One button. Its function returns the form to be shown again, or None when it is done."""

    act: Act
    done: str | Promise
    permission: str = "review_order"
    form_name: str = ""
    prefix: str = ""  # of its form
    uses: tuple[str, ...] = ()  # prefixes of the fields that it uses up
    decides: bool = True  # refused if the order has changed since the page was drawn
    stays: bool = False  # stays on the case instead of opening the next one
    opens: str = ""  # URL name of the case's page that it opens
    page: str = "case"  # URL name of the case's page that has it
    asked: str | Promise = ""  # what is said if a second person is asked first
    proof: str | Promise = ""  # requires authentication first, with this text

    def used_fields(self, fields: Fields, named: str) -> list[str]:
        """The fields that it uses up; for a button with a name after a colon, only those of that name."""
        starts = tuple(f"{start}{named}" for start in self.uses)
        return [name for name in fields if name.startswith(starts)]

    def done_message(self, decision: Decision | None) -> str:
        """What is said when it is done; for an open decision also until when it can be taken back."""
        if self.asked and approvals.is_needed():
            return str(self.asked)
        if decision is None:
            return str(self.done)
        facts = {"done": self.done, "time": f"{to_beijing(decision.final_at):%H:%M:%S}"}
        return _("%(done)s. You can undo it until %(time)s") % facts


ON_MORE = "more"  # the page of further actions
ACTIONS: dict[str, CaseAction] = {}


def case_action(done: str | Promise, **row: Unpack[CaseActionRow]) -> Callable[[Act], Act]:
    """Registers the function for the button of its name (a move, or an action of the desk)."""

    def register(act: Act) -> Act:
        ACTIONS[act.__name__.removeprefix("_")] = CaseAction(act, done, **row)
        return act

    return register
