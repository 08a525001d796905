"""The base of the wizard's steps: key, title, form, and when a step applies."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Unpack

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget
from django.http import HttpRequest
from django.utils.functional import Promise

from icpportal.fields.components import Notice
from icpportal.fields.form_types import Files, FormOptions, KnowingForm, KnownValue, Posted
from transfers.models import Order
from transfers.steps import editable_parts


class StepOptions(FormOptions):
    """Further arguments of a step's form."""

    row: Order


@dataclass(frozen=True, slots=True)
class FoldedChoices:
    """Choices with the usual ones shown; `more` is unfolded when one of the others is chosen."""

    field: forms.BoundField
    first: list[BoundWidget]
    more: list[BoundWidget]
    is_open: bool


@dataclass(frozen=True, slots=True)
class AskedWith:
    """Fields that apply only to one answer of another field: `shown_when` is "needs_approval=yes"."""

    title: str | Promise
    shown_when: str
    names: tuple[str, ...]

    @property
    def asking(self) -> str:
        """The field whose answer shows them."""
        return self.shown_when.partition("=")[0]


def folded_choices(field: forms.BoundField, usual: Collection[str]) -> FoldedChoices:
    """The choices of a field, the usual ones first, in their order."""
    by_key = {str(each.data["value"]): each for each in field.subwidgets}
    first = [by_key[key] for key in usual if key in by_key]
    more = [each for key, each in by_key.items() if key not in usual]
    return FoldedChoices(field, first, more, is_open=any(each.data["selected"] for each in more))


class StepForm(KnowingForm):
    """A form about one order; in a returned order every field that was not named is locked.

    A locked field whose stored answer would be refused today is unlocked too: otherwise nobody could correct it.
    """

    step_key = ""
    never_kept: tuple[str, ...] = ()
    # fields that apply only to one answer of another field: `clean` checks them, and they are not marked optional
    asked_with: tuple[str, ...] = ()
    # those of them that a page with locked fields groups with the field that shows them
    group: AskedWith | None = None

    def __init__(
        self, data: Posted | None = None, files: Files | None = None, *, row: Order, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, files, **options)
        self.order = row
        if self.step_key not in row.answers:
            self.fill_in(self.known_values())
        self.parts, self.verdicts = editable_parts.read(row)
        self.locked = {
            name for name in self.fields if not editable_parts.is_open(self.parts, f"{self.step_key}.{name}")
        }
        for name in self.locked:
            self.fields[name].disabled = True
        self._call_required(not self.is_bound)

    def known_values(self) -> Mapping[str, KnownValue]:
        """Values that need not be typed on a page that was never saved."""
        return {}

    def unasked_fields(self) -> Collection[str]:
        """The fields that other stored answers make meaningless: nobody reads their answers."""
        return ()

    def full_clean(self) -> None:
        self._call_required(False)
        super().full_clean()
        self._call_required(True)

    def _call_required(self, required: bool) -> None:
        for name in self.asked_with:
            if name in self.fields:
                self.fields[name].required = required

    def opens_fold(self, name: str) -> bool:
        """Whether a folded field is shown at once: it holds something, is refused, or a return named it."""
        field = self[name]
        return bool(field.value() or field.errors) or f"{self.step_key}.{name}" in (self.parts or ())

    def unlock(self, name: str) -> None:
        """Unlocks a field that the return did not name."""
        self.locked.remove(name)
        self.fields[name].disabled = False

    def unlock_refused(self) -> None:
        """Unlocks fields whose stored answer is refused; call it when the form has its final fields."""
        self._call_required(False)
        for name in sorted(self.locked & set(self.fields)):
            if not self._stands(name):
                self.unlock(name)
        self._call_required(not self.is_bound)

    def _stands(self, name: str) -> bool:
        field = self.fields[name]
        try:
            field.clean(self.get_initial_for_field(field, name))
        except ValidationError:
            return False
        return True

    @property
    def notices(self) -> list[Notice]:
        """What to know before filling in this form."""
        return []

    @property
    def is_unproved(self) -> bool:
        """Whether what was proved on this page is not enough any more."""
        return False

    @property
    def is_locked(self) -> bool:
        """Whether nothing on this page can be changed."""
        return set(self.fields) <= self.locked

    @property
    def open_fields(self) -> list[forms.BoundField]:
        """The fields that can be changed whatever is answered, in the order of the form."""
        grouped = {field.name for field in self.open_group}
        return [self[name] for name in self.fields if name not in self.locked and name not in grouped]

    @property
    def open_before_group(self) -> list[forms.BoundField]:
        """Those of them up to the field that shows the group; all where there is no group."""
        return self.open_fields[: self._place_of_group]

    @property
    def open_after_group(self) -> list[forms.BoundField]:
        """Those of them that follow the group."""
        return self.open_fields[self._place_of_group :]

    @property
    def _place_of_group(self) -> int:
        names = [field.name for field in self.open_fields]
        return names.index(self.group.asking) + 1 if self.group and self.open_group else len(names)

    @property
    def open_group(self) -> list[forms.BoundField]:
        """The fields that can be changed, where the open field that shows them has the right answer."""
        if self.group is None or self.group.asking not in set(self.fields) - self.locked:
            return []
        return [self[name] for name in self.group.names if name not in self.locked]

    @property
    def is_partly_locked(self) -> bool:
        """Whether the return left part of this page locked."""
        return bool(self.locked & set(self.fields)) and not self.is_locked


def always(order: Order) -> bool:
    return True


def never(order: Order) -> bool:
    return False


def nothing_to_ask(order: Order, form: forms.Form, request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One page of the wizard. `ask` may query an outside system and adds its error to the form."""

    key: str
    title: str | Promise
    form_class: type[StepForm]
    stage: str
    gate: bool = False
    when: Callable[[Order], bool] = always
    has_one_answer: Callable[[Order], bool] = never  # such a page is skipped once that answer is stored
    done: Callable[[Order], bool] | None = None
    ask: Callable[[Order, Any, HttpRequest], bool] = nothing_to_ask
    template: str = "transfers/steps/step.html"

    def applies(self, order: Order) -> bool:
        return self.when(order)

    def is_asked(self, order: Order) -> bool:
        """Whether the applicant goes through this page."""
        return self.applies(order) and not (self.has_one_answer(order) and self.is_answered(order))

    def is_answered(self, order: Order) -> bool:
        return self.done(order) if self.done else self.key in order.answers
