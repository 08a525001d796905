"""The wizard of a transfer: steps 2 to 4, one page each, stored in the order's own row."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import confirmed_required
from icpportal.fields.components import Notice, SummaryRow
from icpportal.paths import path
from icpportal.wizard.views import RowWizardView
from transfers.filing_type import facts
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.people import ADMINISTRATOR, SUBJECT_LEAD
from transfers.pages import stages
from transfers.pages.order_summary import order_summary
from transfers.pages.permissions import leave_closed, own_order
from transfers.pages.rules_summary import brief_of, must_match_of
from transfers.proofs import freshness
from transfers.returns.answer_rows import AnswerRow, rows
from transfers.returns.returned_parts import returned_parts
from transfers.steps import STEPS
from transfers.steps.base import Step, StepForm
from transfers.steps.editable_parts import ALL, open_parts

ROLE_OF_PAGE = {"subject": SUBJECT_LEAD, "administrator": ADMINISTRATOR}
PLACE_UNKNOWN = Notice(
    "info",
    _("We need the location of your server: verify it again"),
    (_("Everything else in the draft is kept."),),
)
TOO_OLD = Notice(
    "info",
    _("This was verified more than 30 days ago: verify it again"),
    (_("Everything else in the draft is kept."),),
)
LOCKED = Notice("info", _("This page stays as it is"), (_("The return did not ask for changes on this page."),))
PARTLY_LOCKED = Notice("turn", _("You can change only what the return named. Everything else stays as it is"))
FILED_NUMBER = Notice(
    "info",
    _("The ministry texts the mobile number on the filing"),
    (
        _(
            "If it is not the number you enter here, the number on the filing counts. "
            "If you no longer use that number, ask your current provider to change it first. "
            "Otherwise you will miss the deadline and the order is returned."
        ),
    ),
)


class OrderWizard(RowWizardView[Step, Order]):
    """Gates lead to the next gate; pages of a hub lead back to their hub."""

    def find_row(self) -> Order:
        return own_order(self.request, self.kwargs["reference"])

    def table(self) -> Sequence[Step]:
        return STEPS

    def closed_response(self, row: Order) -> HttpResponseRedirect:
        return leave_closed(self.request, row)

    def get_step_url(self, step: str) -> str:
        return path("step", self.row.reference, step)

    def get_template_names(self) -> list[str]:
        return [self.step.template]

    def after(self, step: Step) -> HttpResponseRedirect:
        following = next_page(self.row, step)
        return redirect(self.get_step_url(following.key) if following else stages.next_url(self.row, step.stage))

    def get_context_data(self, form: forms.Form, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(form=form, **kwargs)
        named = returned_parts(self.row, step=self.step.key)
        context.update(
            order=self.row,
            stepper=stages.stepper(self.row, self.step.stage),
            back_url=stages.back_url(self.row, self.step.stage),
            slip=order_summary(self.row),
            proof_notices=_proof_notices(self.row, self.step, form),
            lock_notices=_lock_notices(form, is_named=bool(named)),
            phone_notices=_phone_notices(self.row, self.step),
            named=named,
            closed_rows=closed_rows(self.row, self.step, form),
            elsewhere=saved_elsewhere(self.row, self.step, self.changed_elsewhere),
            brief=brief_of(self.row),
            must_match=must_match_of(self.row, self.step.key),
            known_rows=known_rows(self.row) if self.step.stage == stages.ADMINISTRATORS else [],
            known_url=path("order-type", self.row.reference),
        )
        return context


def next_page(order: Order, step: Step) -> Step | None:
    """The next page of the same hub that was never saved; None where only some parts are open."""
    if open_parts(order) is not ALL:
        return None
    behind = STEPS[STEPS.index(step) + 1 :]
    return next((each for each in behind if _follows(order, each, step.stage)), None)


def _follows(order: Order, step: Step, stage: str) -> bool:
    return step.stage == stage == stages.ADMINISTRATORS and step.is_asked(order) and not step.is_answered(order)


def known_rows(order: Order) -> list[SummaryRow]:
    """What is settled before the details: the filing type, and the filing number."""
    return [*facts.rows(order.answer("type")), {"label": _("Filing number"), "value": order.site_number}]


def _proof_notices(order: Order, step: Step, form: forms.Form) -> list[Notice]:
    """Why a proof must be given again."""
    if isinstance(form, StepForm) and form.is_unproved:
        return [PLACE_UNKNOWN]
    return [TOO_OLD] if freshness.asked_again(order, step.key) else []


def _lock_notices(form: forms.Form, *, is_named: bool) -> list[Notice]:
    """What the return left locked on the page; `is_named` if the page says what was named."""
    if not isinstance(form, StepForm):
        return []
    if form.is_locked:
        return [LOCKED]
    return [PARTLY_LOCKED] if form.is_partly_locked and not is_named else []


def _phone_notices(order: Order, step: Step) -> list[Notice]:
    """Which number counts, where the ministry texts the person of this page."""
    role = ROLE_OF_PAGE.get(step.key)
    nature = order.answer("type").get("nature", "")
    return [FILED_NUMBER] if role and queries.rules_of(order).texts(nature, role) else []


def closed_rows(order: Order, step: Step, form: forms.Form) -> list[AnswerRow] | None:
    """The locked fields as text; None where the whole page is open."""
    if not isinstance(form, StepForm) or not form.locked & set(form.fields):
        return None
    return [row for row in rows(order, step, drawn=form) if row["field"].partition(".")[2] in form.locked]


def saved_elsewhere(order: Order, step: Step, fields: Sequence[str]) -> list[AnswerRow]:
    """What another tab has saved in the meantime and this page would overwrite."""
    names = {f"{step.key}.{name}" for name in fields}
    return [row for row in rows(order, step) if row["field"] in names] if names else []


wizard = confirmed_required(
    OrderWizard.as_view(form_list=[(step.key, step.form_class) for step in STEPS], url_name="step")
)
