"""What a step of the wizard is: a key, a title, a form, and when it applies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise

from transfers.opening import is_open, open_parts


class StepForm(forms.Form):
    """A form about one order: in a returned order every field that was not named is locked."""

    step_key = ""
    never_kept: tuple[str, ...] = ()

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = row
        self.parts = open_parts(row)
        for name, field in self.fields.items():
            field.disabled = field.disabled or not is_open(self.parts, f"{self.step_key}.{name}")

    @property
    def is_locked(self) -> bool:
        """Whether nothing on this page can be changed."""
        return all(field.disabled for field in self.fields.values())


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
