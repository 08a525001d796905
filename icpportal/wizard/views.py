"""django-formtools as the portal needs it: one draft for each row, no skipping, done only on POST, pure `clean()`.

What formtools does otherwise was measured (it resets on GET, submits on GET of `done`, lets steps be skipped, shares
one set of answers between two filings); each correction is one method here.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from formtools.wizard.views import NamedUrlWizardView

from icpportal.drafts.pages import added_message, say
from icpportal.fields.types import Json
from icpportal.wizard.models import DraftModel
from icpportal.wizard.storage import RowClosed, as_json, seen_mark

ELSEWHERE = "changed_elsewhere"
Row = TypeVar("Row", bound=DraftModel)
RowIn = TypeVar("RowIn", bound=DraftModel, contravariant=True)


class WizardRequest(HttpRequest):
    """A request with its row, which the storage reads."""

    wizard_row: DraftModel


class Step(Protocol[RowIn]):
    """One page of a wizard."""

    @property
    def key(self) -> str: ...
    @property
    def gate(self) -> bool: ...
    @property
    def ask(self) -> Callable[[RowIn, Any, HttpRequest], bool]: ...
    def applies(self, row: RowIn, /) -> bool: ...
    def is_answered(self, row: RowIn, /) -> bool: ...


StepOf = TypeVar("StepOf", bound="Step[Any]")


class RowWizardView(NamedUrlWizardView, Generic[StepOf, Row]):
    """Subclasses define the row, its steps, and where to go afterwards."""

    changed_elsewhere: Sequence[str] = ()  # fields of this page saved by another tab since
    storage_name = "icpportal.wizard.storage.RowStorage"

    def find_row(self) -> Row:
        """The row in the URL, owned by this user; 404 for anybody else."""
        raise NotImplementedError

    def table(self) -> Sequence[StepOf]:
        """The steps in order."""
        raise NotImplementedError

    def closed_response(self, row: Row) -> HttpResponseRedirect:
        """The response for a row that can no longer be edited."""
        raise NotImplementedError

    def after(self, step: StepOf) -> HttpResponseRedirect:
        """The response after a step was saved."""
        raise NotImplementedError

    def dispatch(self, request: WizardRequest, **kwargs: str) -> HttpResponseBase:
        self.row = request.wizard_row = self.find_row()
        if not self.row.is_editable:
            return self.closed_response(self.row)
        self.step = self._named_step(kwargs["step"])
        missing = self._first_open_gate_before(self.step)
        if missing is not None:
            return redirect(self.get_step_url(missing.key))
        return super().dispatch(request, **kwargs)

    def _applying(self) -> list[StepOf]:
        return [step for step in self.table() if step.applies(self.row)]

    def _named_step(self, key: str) -> StepOf:
        for step in self._applying():
            if step.key == key:
                return step
        raise Http404

    def _first_open_gate_before(self, named: StepOf) -> StepOf | None:
        for step in self._applying():
            if step.key == named.key:
                return None
            if step.gate and not step.is_answered(self.row):
                return step
        return None

    def get_form_list(self) -> dict[str, type[forms.Form]]:
        return {step.key: self.form_list[step.key] for step in self._applying()}

    def get_form_prefix(self, step: str | None = None, form: forms.Form | None = None) -> None:  # noqa: ARG002 -- formtools' signature
        return None

    def get_form_initial(self, step: str) -> dict[str, Json]:
        return dict(self.row.answers.get(step, {}))

    def get_form_kwargs(self, step: str | None = None) -> dict[str, Row]:  # noqa: ARG002 -- formtools' signature
        return {"row": self.row}

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:  # noqa: ARG002
        self.storage.current_step = self.step.key
        found = added_message(request, ELSEWHERE)
        self.changed_elsewhere = [str(name) for name in found] if isinstance(found, list) else []
        return self.render(self.get_form())

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponseBase:  # noqa: ARG002
        self.storage.current_step = self.step.key
        form = self.get_form(data=request.POST)
        if getattr(form, "is_locked", False):
            return self.after(self.step)
        try:
            return self.after(self.step) if self._store(form) else self.render(form)
        except RowClosed:
            return self.closed_response(self.row)

    def _store(self, form: forms.Form) -> bool:
        """Validates what was typed, asks outside systems, and stores it; returns `False` with errors on the form."""
        if not form.is_valid() or self._changed_elsewhere(form) or not self.step.ask(self.row, form, self.request):
            return False
        self.storage.set_step_data(self.step.key, self.process_step(form))
        return True

    def _changed_elsewhere(self, form: forms.Form) -> bool:
        """Whether another tab has saved since this page was drawn; sets `changed_elsewhere`."""
        seen = self.request.POST.get("seen", "")
        typed, stored = self.process_step(form), self.row.answers.get(self.step.key)
        if not seen or typed == stored or seen == seen_mark(self.row, self.step.key):
            return False
        self.changed_elsewhere = [name for name, value in (stored or {}).items() if value != typed.get(name)]
        say(self.request, ELSEWHERE, self.changed_elsewhere)
        form.add_error(
            None,
            ValidationError(_("This page was changed in another window. Compare, then save"), code="changed_elsewhere"),
        )
        return True

    def process_step(self, form: forms.Form) -> dict[str, Json]:
        """What is stored of a step; a form names what must not be in `never_kept`."""
        hidden = getattr(form, "never_kept", ())
        return as_json({name: value for name, value in form.cleaned_data.items() if name not in hidden})

    def get_context_data(self, form: forms.Form, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=form, **kwargs)
        context.update(row=self.row, step=self.step, seen=seen_mark(self.row, self.step.key))
        return context
