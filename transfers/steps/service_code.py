"""Step 2, product verification (产品验证): one of my instances, or a service code (备案服务号) somebody gave me."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.choices import CallableChoiceIterator
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from icpportal.codes import limits
from icpportal.entry.fields import ChoiceField, PlainTextField
from icpportal.gateways.asking import asking
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory.seam import inventory
from icpportal.gateways.inventory.types import Instance
from icpportal.wizard.storage import change
from transfers import stages
from transfers.refusals import BUSY, too_many
from transfers.steps.base import Step, StepForm
from verification import service_codes
from verification.models import ServiceCode

OWN, TYPED = "instance", "code"
WORDS = {
    "code_shape": _("A code has 32 characters: paste it whole and try again"),
    "code_not_usable": _("This code cannot be used: check it, or ask the server's owner for one"),
    "code_used": _("This code already belongs to another site: use another"),
    "code_bound": _("This code is in order %(ref)s: use another, or abandon that order"),
    "instance_expired": _("The server has expired: renew it, then verify"),
    "instance_term": _("The subscription is under 3 months: extend it, then verify"),
    "instance_payg": _("Pay-as-you-go does not qualify: switch to subscription"),
    "instance_no_ip": _("The server has no public IP: add bandwidth, then verify"),
    "instance_region": _("The server must be in mainland China: pick another"),
    "instance_quota": _("All codes of this server are used: pick another"),
    "product_wrong": _("The code is for another product type: choose again"),
}


def product_name(key: str) -> str:
    """The product's name in the reader's language."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return next((row[language] for row in settings.PROVIDER_PRODUCTS if row["key"] == key), key)


class ServiceCodeForm(StepForm):
    """Which product, and how it is proved."""

    step_key = stages.SERVICE_CODE

    product_type = ChoiceField(label=_("Product type"), help_text=_("As purchased"), widget=forms.RadioSelect)
    how = ChoiceField(
        label=_("Way of proof"),
        help_text=_("Own server: pick it. Otherwise enter a code"),
        choices=[(OWN, _("One of my servers")), (TYPED, _("I have a service code"))],
        widget=forms.RadioSelect,
    )
    instance = PlainTextField(
        label=_("Instance"),
        max_length=80,
        required=False,
        help_text=_("Picking an instance creates and binds the code for you"),
        widget=forms.Select,
    )
    service_code = PlainTextField(
        label=_("Service code"),
        max_length=80,
        required=False,
        help_text=_("Paste it whole. Dashes may be left out"),
        widget=forms.TextInput(attrs={"class": "code input-20", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product_type"].choices = [
            (row["key"], product_name(row["key"])) for row in settings.PROVIDER_PRODUCTS
        ]
        self.unreachable = False
        self.fields["instance"].widget.choices = CallableChoiceIterator(lambda: self.servers)

    @cached_property
    def servers(self) -> list[tuple[str, Any]]:
        """The account's instances; asked only when the page is drawn, and not again after an outage."""
        kept = [(self.order.instance, self.order.instance)] if self.order.instance else []
        if self.unreachable:
            return kept
        try:
            with asking():
                rows = service_codes.choices(self.order.owner.email, self.order.reference)
        except (Retryable, Refused):
            self.unreachable = True
            return kept
        return [("", _("Choose a server")), *((row.instance.id, _choice_words(row)) for row in rows)]

    @property
    def inventory_down(self) -> bool:
        """Whether the server list could not be read just now."""
        return self.servers is not None and self.unreachable

    @property
    def has_no_servers(self) -> bool:
        return not self.unreachable and len(self.servers) < 2

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("how") == OWN and not cleaned.get("instance") and "instance" not in self.errors:
            self.add_error("instance", ValidationError(_("Choose the server"), code="choose"))
        typed = cleaned.get("service_code", "")
        if cleaned.get("how") == TYPED and "service_code" not in self.errors and service_codes.normalise(typed) is None:
            self.add_error("service_code", ValidationError(WORDS["code_shape"], code="code_shape"))
        return cleaned


def _choice_words(row: service_codes.Choice) -> str:
    name = f"{row.instance.id} · {row.instance.name}"
    if row.rule != service_codes.OK:
        return f"{name} · {WORDS[row.rule]}"
    left = ngettext("%(n)s code left", "%(n)s codes left", row.left) % {"n": row.left}
    return f"{name} · {left}"


def ask(order: Any, form: ServiceCodeForm, request: HttpRequest) -> bool:
    """Bind the picked or typed code to this order; a gateway that does not answer counts nothing."""
    field = "instance" if form.cleaned_data["how"] == OWN else "service_code"
    if field == "service_code":
        allowed = limits.take("service_code", str(order.owner.pk))
        if not allowed.ok:
            form.add_error(field, too_many(allowed.until))
            return False
    try:
        with asking():
            rule, code, instance = _bind(order, form.cleaned_data)
    except (Retryable, Refused):
        if field == "service_code":
            limits.give_back("service_code", str(order.owner.pk))
        form.unreachable = True
        form.add_error(None, ValidationError(BUSY, code="service_busy"))
        return False
    if rule != service_codes.OK or instance is None:
        form.add_error(field, _refusal(rule, order, form.cleaned_data))
        return False
    server = {"ip": instance.public_ip, "name": instance.name}
    change(order, lambda answers: {**answers, "server": server}, service_code=code, instance=instance.id)
    return True


def _bind(order: Any, cleaned: dict[str, Any]) -> tuple[str, str, Instance | None]:
    """The rule that fails or "ok", the code that is now bound, and its server."""
    account = order.owner.email
    if cleaned["how"] == OWN:
        try:
            row = service_codes.pick_instance(cleaned["instance"], account, order.reference)
        except service_codes.CodeRefused as refused:
            return refused.rule, "", None
        return service_codes.OK, str(row.pk), inventory().instance(row.instance_id)
    typed = cleaned["service_code"]
    rule = service_codes.judge_typed(typed, account, cleaned["product_type"], order.reference)
    code = service_codes.normalise(typed)
    if rule != service_codes.OK or code is None:
        return rule, "", None
    if not service_codes.bind(code, order.reference):
        return service_codes.NOT_USABLE, "", None
    return service_codes.OK, str(code), inventory().instance(ServiceCode.objects.get(pk=code).instance_id)


def _refusal(rule: str, order: Any, cleaned: dict[str, Any]) -> ValidationError:
    holder = service_codes.holder_of(cleaned["service_code"], order.owner.email) if rule == "code_bound" else ""
    return ValidationError(WORDS[rule], code=rule, params={"ref": holder})


SERVICE_CODE = Step(
    stages.SERVICE_CODE,
    _("Verify your product"),
    ServiceCodeForm,
    stages.SERVICE_CODE,
    gate=True,
    done=lambda order: bool(order.service_code),
    ask=ask,
    template="transfers/service_code.html",
)
