"""Step 2, product verification (产品验证): one of my instances, or a service code (备案服务号) somebody gave me."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from icpportal.accounts.customers import addresses
from icpportal.codes import limits
from icpportal.entry.fields import ChoiceField, PlainTextField
from icpportal.gateways.asking import asking
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory import unreportable
from icpportal.gateways.inventory.seam import inventory
from icpportal.gateways.inventory.types import Instance
from icpportal.wizard.storage import Closed, as_json, change
from transfers import servers, stages, standing
from transfers.refusals import busy, too_many
from transfers.servers import product_name
from transfers.steps.base import Step, StepForm
from verification import service_codes
from verification.models import ServiceCode

OWN, TYPED = "instance", "code"
WORDS = {
    "code_shape": _("A code has 32 characters: paste it whole and try again"),
    "code_not_usable": _("This code cannot be used: check it, or ask the server's owner for one"),
    "code_used": _("This code already belongs to another site: use another"),
    "code_bound": _("This code is in order %(ref)s: use another, or abandon that order"),
    "code_handed_over": _("This code was handed to another account: use another"),
    "instance_expired": _("The server has expired: renew it, then verify"),
    "instance_term": _("The subscription is under 3 months: extend it, then verify"),
    "instance_payg": _("Pay-as-you-go does not qualify: switch to subscription"),
    "instance_no_ip": _("The server has no public IP: add bandwidth, then verify"),
    "instance_region": _("The server must be in mainland China: pick another"),
    "instance_quota": _("All codes of this server are used: pick another"),
    "instance_place": _("We do not know where this server is: call us"),
    "instance_product": _("We do not know the product of this server: call us"),
    "product_wrong": _("This server is “%(product)s”: choose that product type"),
    "product_changed": _("The code was issued for another product of this server: use another"),
}
NAMES_THE_SERVER = (service_codes.PRODUCT, *unreportable.NAMED)


class ServiceCodeForm(StepForm):
    """Which product, and how it is proved."""

    step_key = stages.SERVICE_CODE
    # a product that is left out follows from the server
    asked_with = ("product_type", "instance", "service_code")

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
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
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
        """The account's instances; asked once a request, inside the question `ask` put, not after an outage."""
        chosen = dict.fromkeys(filter(None, (self.data.get("instance"), self.order.instance)))
        kept = [(instance, instance) for instance in chosen]
        if self.unreachable:
            return kept
        try:
            with asking():
                owner = self.order.owner
                rows = service_codes.choices(owner.customer, self.order.reference, addresses=addresses(owner))
        except (Retryable, Refused):
            self.unreachable = True
            return kept
        return [("", _("Choose a server")), *((row.instance.id, _choice_words(row)) for row in rows)]

    @property
    def inventory_down(self) -> bool:
        """Whether the server list could not be read just now."""
        return self.servers is not None and self.unreachable

    @property
    def place_unknown(self) -> bool:
        """Whether the server was verified when the portal did not keep where it stands, or this changed since."""
        return bool(self.order.service_code) and not servers.is_placed(self.order)

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
    name = " · ".join((row.instance.id, row.instance.name, product_name(row.instance.product)))
    if row.rule != service_codes.OK:
        return f"{name} · {WORDS[row.rule]}"
    left = ngettext("%(n)s code left", "%(n)s codes left", row.left) % {"n": row.left}
    return f"{name} · {left}"


@dataclass(frozen=True)
class Bound:
    """What came of binding a code: the code and its server, or the rule that fails and the server it fails for."""

    rule: str
    code: str = ""
    server: Instance | None = None

    @property
    def is_ok(self) -> bool:
        return self.rule == service_codes.OK


def ask(order: Any, form: ServiceCodeForm, request: HttpRequest) -> bool:
    """Bind the picked or typed code to this order; a gateway that does not answer counts nothing."""
    is_typed = form.cleaned_data["how"] == TYPED
    field = "service_code" if is_typed else "instance"
    if is_typed:
        allowed = limits.take("service_code", str(order.owner.pk))
        if not allowed.ok:
            form.add_error(field, too_many(allowed.until))
            return False
    try:
        bound = _asked(order, form)
    except (Retryable, Refused):
        if is_typed:
            limits.give_back("service_code", str(order.owner.pk))
        form.unreachable = True
        form.add_error(None, busy())
        return False
    if not bound.is_ok or bound.server is None:
        _refuse(order, form, field, bound)
        return False
    form.cleaned_data["product_type"] = bound.server.product
    _write(order, bound.code, bound.server, as_json(form.cleaned_data))
    return True


def _asked(order: Any, form: ServiceCodeForm) -> Bound:
    """One slot and one clock for everything this request asks: a refused page draws the server list again."""
    with asking():
        bound = _typed(order, form) if form.cleaned_data["how"] == TYPED else _picked(order, form)
        if not bound.is_ok:
            _ = form.servers
    return bound


def _picked(order: Any, form: ServiceCodeForm) -> Bound:
    picked, product = form.cleaned_data["instance"], form.cleaned_data["product_type"]
    server = inventory().instance(picked)
    try:
        owner, own = order.owner, addresses(order.owner)
        row = service_codes.pick_instance(picked, owner.customer, order.reference, product=product, addresses=own)
    except service_codes.CodeRefused as refused:
        return Bound(refused.rule, server=server)
    if server is None:
        return Bound(service_codes.NOT_USABLE)
    return Bound(service_codes.judge_bound(server, product), str(row.pk), server)


def _typed(order: Any, form: ServiceCodeForm) -> Bound:
    typed, product = form.cleaned_data["service_code"], form.cleaned_data["product_type"]
    rule = service_codes.judge_typed(typed, order.owner.customer, product, order.reference)
    code = service_codes.normalise(typed)
    if rule != service_codes.OK or code is None:
        return Bound(rule, server=_server_of(code) if rule in NAMES_THE_SERVER else None)
    # the server is asked for before the code is bound: an outage in between would leave the order with another code
    server = inventory().instance(ServiceCode.objects.get(pk=code).instance_id)
    if server is None or not service_codes.bind(code, order.reference, account=order.owner.customer):
        return Bound(service_codes.NOT_USABLE)
    return Bound(service_codes.OK, str(code), server)


def _write(order: Any, code: str, server: Instance, values: dict[str, Any]) -> None:
    """Put answers, code and server on the order at once; if it was sent meanwhile, it keeps the code it has."""
    earlier = order.service_code
    new = {stages.SERVICE_CODE: values, servers.ANSWER: servers.as_answer(server)}
    try:
        columns = {"service_code": code, "instance": server.id, "code_confirmed_at": timezone.now()}
        change(order, lambda answers: {**answers, **new}, **columns)
    except Closed:
        if earlier and earlier != code:
            service_codes.bind(UUID(earlier), order.reference, account=order.owner.customer)
        raise


def _server_of(code: UUID | None) -> Instance | None:
    row = ServiceCode.objects.filter(pk=code).first()
    return inventory().instance(row.instance_id) if row else None


def _refuse(order: Any, form: ServiceCodeForm, field: str, bound: Bound) -> None:
    """Put the rule that failed on the form, in words; what is the provider's to mend is named to operations."""
    rule, server = bound.rule, bound.server
    if server is not None and rule in unreportable.NAMED:
        unreportable.report(rule, server, reference=order.reference)
    params = {"ref": "", "product": ""}
    if rule == service_codes.BOUND:
        params["ref"] = service_codes.holder_of(form.cleaned_data["service_code"], order.owner.customer)
    words = rule
    if server is not None and rule == service_codes.PRODUCT:
        params["product"] = product_name(server.product)
        is_chosen = form.cleaned_data["product_type"] in ("", server.product)
        field, words = (field, "product_changed") if is_chosen else ("product_type", rule)
    form.add_error(field, ValidationError(WORDS[words], code=rule, params=params))


SERVICE_CODE = Step(
    stages.SERVICE_CODE,
    _("Verify your product"),
    ServiceCodeForm,
    stages.SERVICE_CODE,
    gate=True,
    done=standing.code_stands,
    ask=ask,
    template="transfers/service_code.html",
)
