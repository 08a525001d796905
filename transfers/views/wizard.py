"""The wizard of a transfer: steps 2 to 4, one page each, over the order's own row."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from icpportal.accounts.access import confirmed_required
from icpportal.wizard.views import RowWizardView, Step
from transfers import queries, stages
from transfers.models import Order
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
            rules=queries.rules_of(self.row),
            stepper=stages.stepper(self.row, self.step.stage),
            back_url=stages.back_url(self.row, self.step.stage),
        )
        return context


wizard = confirmed_required(
    OrderWizard.as_view(form_list=[(step.key, step.form_class) for step in STEPS], url_name="step")
)
