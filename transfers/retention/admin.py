"""Legal holds for leads: set with a reason, confirmed by a second person, and lifted in the same way."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.desk.proposals import ProposalRefused, decline, propose
from icpportal.desk.row_actions import ReasonForm, RowActions
from icpportal.desk.stock.moments import MomentFilter
from icpportal.privacy import holds
from icpportal.privacy.models import LegalHold
from transfers.models import Order


class HoldForm(forms.ModelForm):
    """Which order, and why."""

    class Meta:
        model = LegalHold
        fields = ("reference", "because")
        help_texts = {
            "reference": _("Its number, for example T7Q4-M2KX. Once this is saved, nothing of the order is deleted"),
            "because": _("Which court or authority asks for it, and the number of its letter"),
        }
        error_messages = {"because": {"required": _("Say why the order is held: who asks for it, and which letter")}}

    def clean_reference(self) -> str:
        reference = str(self.cleaned_data["reference"]).strip().upper()
        order = Order.objects.filter(reference=reference).select_related("owner").first()
        if order is None:
            raise forms.ValidationError(_("No order has this number: check it, for example T7Q4-M2KX"))
        if holds.open_holds().filter(reference=reference).exists():
            raise forms.ValidationError(_("This order is held already"))
        self.instance.owner = order.owner
        return reference


@admin.register(LegalHold)
class LegalHoldAdmin(RowActions[LegalHold]):
    """Legal holds, newest first; nothing held is deleted until the hold is lifted."""

    list_display = (
        "reference", "because", "asked_by", "asked_at", "confirmed_by", "lifting_proposed_by", "lifting_because",
        "lifted_by", "lifted_at",
    )  # fmt: skip
    list_filter = (("lifted_at", MomentFilter),)
    list_select_related = ("asked_by", "confirmed_by", "proposed_by", "lifted_by")
    search_fields = ("=reference",)
    search_help_text = _("Order, exactly")
    form = HoldForm
    lead = _(
        "Nothing of these orders is deleted. Two leads set a hold, and two lift it: one proposes, another confirms."
    )
    fields = ("reference", "because")
    actions = ("confirm_them", "propose_lifting", "lift_them", "decline_them")
    action_form = ReasonForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.add_legalhold")

    @admin.display(description=_("Lifting proposed by"), empty_value="-")
    def lifting_proposed_by(self, hold: LegalHold) -> User | None:
        return hold.proposed_by

    @admin.display(description=_("Why it is to be lifted"), empty_value="-")
    def lifting_because(self, hold: LegalHold) -> str:
        return hold.proposed_because or "-"

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except ProposalRefused as refusal:  # a colleague held the order after the form was judged
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:privacy_legalhold_changelist")

    def save_model(self, request: HttpRequest, obj: LegalHold, form: forms.ModelForm, change: bool) -> None:
        holds.set_hold(obj, actor=account_of(request))
        self.message_user(request, gettext("Nothing of this order is deleted now. A second person has to confirm."))

    @admin.action(description=pgettext_lazy("hold", "Confirm"), permissions=["act"])
    def confirm_them(self, request: HttpRequest, queryset: QuerySet[LegalHold]) -> None:
        actor = account_of(request)
        self.each(request, queryset, lambda hold: holds.confirm(hold, actor=actor), _("Hold confirmed"))

    @admin.action(description=pgettext_lazy("hold", "Propose to lift, with a reason"), permissions=["act"])
    def propose_lifting(self, request: HttpRequest, queryset: QuerySet[LegalHold]) -> None:
        because = self.reason(request)
        if because:
            actor = account_of(request)
            words = _("Proposed to lift the hold")
            self.each(request, queryset, lambda hold: _propose(hold, actor, because), words, because=because)

    @admin.action(description=pgettext_lazy("hold", "Lift (second person)"), permissions=["act"])
    def lift_them(self, request: HttpRequest, queryset: QuerySet[LegalHold]) -> None:
        actor = account_of(request)
        self.each(request, queryset, lambda hold: holds.lift(hold, actor=actor), _("Hold lifted"))

    @admin.action(description=pgettext_lazy("hold", "Keep holding"), permissions=["act"])
    def decline_them(self, request: HttpRequest, queryset: QuerySet[LegalHold]) -> None:
        self.each(request, queryset, _keep, _("Still held"))


def _propose(hold: LegalHold, actor: User, because: str) -> None:
    propose(holds.open_holds().filter(pk=hold.pk), actor=actor, because=because)


def _keep(hold: LegalHold) -> None:
    decline(holds.open_holds().filter(pk=hold.pk))
