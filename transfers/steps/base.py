"""What a step of the wizard is: a key, a title, a form, and when it applies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import Promise

from transfers import opening


class StepForm(forms.Form):
    """A form about one order: in a returned order every field that was not named is locked.

    A locked field whose kept answer would be refused today is opened as well: otherwise nobody could mend it.
    """

    step_key = ""
    never_kept: tuple[str, ...] = ()
    # asked only with one answer of another field: `clean` judges them, the page does not call them optional
    asked_with: tuple[str, ...] = ()

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = row
        self.parts, self.verdicts = opening.read(row)
        self.locked = {name for name in self.fields if not opening.is_open(self.parts, f"{self.step_key}.{name}")}
        for name in self.locked:
            self.fields[name].disabled = True
        self._call_required(not self.is_bound)

    def full_clean(self) -> None:
        self._call_required(False)
        super().full_clean()
        self._call_required(True)

    def _call_required(self, required: bool) -> None:
        for name in self.asked_with:
            if name in self.fields:
                self.fields[name].required = required

    def unlock(self, name: str) -> None:
        """Open a field that the return did not name."""
        self.locked.remove(name)
        self.fields[name].disabled = False

    def unlock_refused(self) -> None:
        """Open the locked fields whose kept answer is refused; called when the form has its final fields."""
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
    def is_locked(self) -> bool:
        """Whether nothing on this page can be changed."""
        return set(self.fields) <= self.locked

    @property
    def is_partly_locked(self) -> bool:
        """Whether the return left some of this page as it is."""
        return bool(self.locked & set(self.fields)) and not self.is_locked


def always(order: Any) -> bool:
    return True


def nothing_to_ask(order: Any, form: forms.Form, request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One page of the wizard. `ask` may put a question outside and adds the answer's error to the form."""

    key: str
    title: str | Promise
    form_class: type[StepForm]
    stage: str
    gate: bool = False
    when: Callable[[Any], bool] = always
    done: Callable[[Any], bool] | None = None
    ask: Callable[[Any, Any, HttpRequest], bool] = nothing_to_ask
    template: str = "transfers/step.html"

    def applies(self, order: Any) -> bool:
        return self.when(order)

    def answered(self, order: Any) -> bool:
        return self.done(order) if self.done else self.key in order.answers
