"""The wizard of a transfer: steps 2 to 4, one page each, over the order's own row."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from icpportal.accounts.access import confirmed_required
from icpportal.wizard.views import RowWizardView, Step
from transfers import asking_type, stages, standing
from transfers.answer_rows import rows
from transfers.models import Order
from transfers.returned_parts import returned_parts
from transfers.rules_shown import brief_of, must_match_of
from transfers.slips import slip
from transfers.steps import STEPS
from transfers.views.access import own_order


class OrderWizard(RowWizardView):
    """A gate leads to the next gate; a page of a hub leads back to its hub."""

    def find_row(self) -> Order:
        return own_order(self.request, self.kwargs["reference"])

    def table(self) -> Sequence[Step]:
        return STEPS

    def closed(self, row: Order) -> HttpResponseRedirect:
        return redirect(row.get_absolute_url())

    def get_step_url(self, step: str) -> str:
        return reverse("step", args=[self.row.reference, step])

    def get_template_names(self) -> list[str]:
        return [self.step.template]

    def after(self, step: Step) -> HttpResponseRedirect:
        return redirect(stages.next_url(self.row, step.stage))

    def get_context_data(self, form: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=form, **kwargs)
        context.update(
            order=self.row,
            stepper=stages.stepper(self.row, self.step.stage),
            back_url=stages.back_url(self.row, self.step.stage),
            slip=slip(self.row),
            asked_again=standing.asked_again(self.row, self.step.key),
            named=[part for part in returned_parts(self.row) if part.step == self.step.key],
            elsewhere=saved_elsewhere(self.row, self.step, form),
            **brief_of(self.row),
            **must_match_of(self.row, self.step.key),
            type_rows=asking_type.rows(self.row.answer("type")) if self.step.key == "subject" else [],
        )
        return context


def saved_elsewhere(order: Order, step: Any, form: Any) -> list[dict[str, Any]]:
    """What another tab saved meanwhile and this page would overwrite."""
    names = {f"{step.key}.{name}" for name in getattr(form, "saved_elsewhere", ())}
    return [row for row in rows(order, step) if row["field"] in names] if names else []


wizard = confirmed_required(
    OrderWizard.as_view(form_list=[(step.key, step.form_class) for step in STEPS], url_name="step")
)
