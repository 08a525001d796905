"""Step 2, product verification (产品验证): one of my instances, or a service code (备案服务号) from somebody."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Unpack
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from icpportal.accounts.customers import addresses
from icpportal.codes import limits
from icpportal.fields.components import Notice
from icpportal.fields.fields import ChoiceField, PlainTextField
from icpportal.fields.form_types import Files, Posted, offer
from icpportal.fields.types import Column, Json, Words
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory import unreportable
from icpportal.gateways.inventory.base import inventory
from icpportal.gateways.inventory.types import Instance
from icpportal.gateways.request_budget import request_budget
from icpportal.wizard.storage import RowClosed, as_json, change
from transfers.models import Order
from transfers.pages import stages
from transfers.pages.service_errors import busy, too_many
from transfers.proofs import freshness, servers
from transfers.proofs.server_refusals import SERVER_REFUSALS
from transfers.proofs.servers import product_name
from transfers.steps import known
from transfers.steps.base import Step, StepForm, StepOptions
from verification.models import ServiceCode
from verification.service_codes import actions as service_codes
from verification.service_codes import usability

OWN, TYPED = "instance", "code"
LEFT_ALONE = timedelta(seconds=10)  # how long a silent list is left alone
WORDS = {
    "code_shape": _("A service code has 32 characters: paste the whole code and try again"),
    "code_not_usable": _("This service code cannot be used: check it, or ask the server's owner for another one"),
    "code_used": _("This code already belongs to another site: use another"),
    "code_bound": _("This code is in order %(ref)s: use another, or abandon that order"),
    "code_handed_over": _("This code was handed to another account: use another"),
    "instance_quota": _("All service codes of this server are used: choose another server"),
    "product_wrong": _("The code was issued for another product of this server: use another"),
    **{rule: refusal.verify for rule, refusal in SERVER_REFUSALS.items()},
}
NAMES_THE_SERVER = (usability.PRODUCT, *unreportable.NAMED)
INVENTORY_DOWN = Notice(
    "problem",
    _("The server list is unavailable: try again later"),
    (_("You can enter a service code instead. This attempt was not counted."),),
)
NO_SERVERS = Notice("info", _("No suitable server in this account: enter a code instead"))


class ServiceCodeForm(StepForm):
    """Which server: one of the account's own, or the one of a code. Its product follows from it."""

    step_key = stages.SERVICE_CODE
    asked_with = ("instance",)
    one_shot = ("silent_until",)

    product_type = ChoiceField(label=_("Product type"), required=False)
    how = ChoiceField(
        label=_("How to verify"),
        choices=[(OWN, _("One of my servers")), (TYPED, _("I have a service code"))],
        required=False,
    ).called(_("way to verify"))
    instance = PlainTextField(
        label=_("Server"),
        max_length=80,
        required=False,
        help_text=_("When you choose a server, we create and bind a service code for you"),
        widget=forms.Select,
    )
    service_code = PlainTextField(
        label=_("Service code"),
        max_length=80,
        required=False,
        help_text=_("Paste the whole code. You can leave out the dashes"),
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[StepOptions]) -> None:
        super().__init__(data, files, **options)
        products = [row["key"] for row in settings.PROVIDER_PRODUCTS]
        offer(self, "product_type", [(key, product_name(key)) for key in products])
        self.silent_until = 0.0  # seconds since 1970
        self.usable: list[str] = []  # ids of the account's servers, once the list was read
        if not self.is_bound and self.step_key not in self.order.answers:
            self.initial.setdefault("instance", self._only_server)  # evaluated when drawn
        self.fields["instance"].widget.choices = CallableChoiceIterator(lambda: self.servers)

    @cached_property
    def servers(self) -> list[tuple[str, str | Promise]]:
        """The account's instances, read once a request, within the budget of `ask`, and not after an outage."""
        chosen = dict.fromkeys(filter(None, (self.data.get("instance"), self.order.instance)))
        choices = [(instance, instance) for instance in chosen]
        if self.unreachable:
            return choices
        try:
            with request_budget():
                owner = self.order.owner
                rows = usability.choices(owner.customer, self.order.reference, addresses=addresses(owner))
        except (Retryable, Refused):
            self.gave_no_answer()
            return choices
        self.usable = [row.instance.id for row in rows if row.rule == usability.OK]
        return [("", _("Choose a server")), *((row.instance.id, _choice_words(row)) for row in rows)]

    def _only_server(self) -> str:
        """The account's server, if there is only one."""
        return self.usable[0] if self.servers and len(self.usable) == 1 else ""

    def source_of(self, name: str) -> Words:
        if name == "instance" and not self.is_bound and self.usable == [self[name].value()]:
            return known.ACCOUNT
        return super().source_of(name)

    @property
    def unreachable(self) -> bool:
        """Whether the server list did not answer just now; the page that says so does not wait for it again."""
        return time.time() < self.silent_until

    def gave_no_answer(self) -> None:
        """Records that the inventory did not answer this request."""
        self.silent_until = time.time() + LEFT_ALONE.total_seconds()

    @property
    def inventory_down(self) -> bool:
        """Whether the server list could not be read just now."""
        return self.servers is not None and self.unreachable

    @property
    def notices(self) -> list[Notice]:
        """Why no server can be chosen."""
        if self.inventory_down:
            return [INVENTORY_DOWN]
        return [NO_SERVERS] if self.has_no_servers else []

    @property
    def is_unproved(self) -> bool:
        """Whether the server was verified before its place was recorded, or the place changed since."""
        return bool(self.order.service_code) and not servers.is_placed(self.order)

    @property
    def is_code_open(self) -> bool:
        """Whether the field for a code is unfolded: one was typed, or there is nothing else."""
        return (
            self.inventory_down
            or self.has_no_servers
            or bool(self["service_code"].value() or self["service_code"].errors)
        )

    @property
    def has_no_servers(self) -> bool:
        return not self.unreachable and len(self.servers) < 2

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        cleaned["product_type"] = ""  # derived from the server, whatever was posted
        if not cleaned.get("how") and "how" not in self.errors:
            cleaned["how"] = TYPED if cleaned.get("service_code") or "service_code" in self.errors else OWN
        if cleaned.get("how") == OWN and not cleaned.get("instance") and "instance" not in self.errors:
            self.add_error("instance", ValidationError(_("Choose the server"), code="choose"))
        typed = cleaned.get("service_code", "")
        if cleaned.get("how") == TYPED and "service_code" not in self.errors and usability.normalise(typed) is None:
            self.add_error("service_code", ValidationError(str(WORDS["code_shape"]), code="code_shape"))


def _choice_words(row: usability.Choice) -> str:
    name = " · ".join((row.instance.id, row.instance.name, product_name(row.instance.product)))
    if row.rule != usability.OK:
        return f"{name} · {WORDS[row.rule]}"
    left = ngettext("%(n)s code left", "%(n)s codes left", row.left) % {"n": row.left}
    return f"{name} · {left}"


@dataclass(frozen=True)
class BindResult:
    """The result of binding: the code and its server, or the rule that fails and the server it fails for."""

    rule: str
    code: str = ""
    server: Instance | None = None

    @property
    def is_ok(self) -> bool:
        return self.rule == usability.OK


def ask(order: Order, form: ServiceCodeForm, request: HttpRequest) -> bool:
    """Binds the picked or typed code to this order; an outage of a gateway counts as nothing."""
    is_typed = form.cleaned_data["how"] == TYPED
    field = "service_code" if is_typed else "instance"
    if is_typed:
        allowed = limits.consume("service_code", str(order.owner.pk))
        if not allowed.ok:
            form.add_error(field, too_many(allowed.until))
            return False
    try:
        bound = _bind(order, form)
    except (Retryable, Refused):
        if is_typed:
            limits.refund("service_code", str(order.owner.pk))
        form.gave_no_answer()
        form.add_error(None, busy())
        return False
    if not bound.is_ok or bound.server is None:
        _refuse(order, form, field, bound)
        return False
    form.cleaned_data["product_type"] = bound.server.product
    _write(order, bound.code, bound.server, as_json(form.cleaned_data))
    return True


def _bind(order: Order, form: ServiceCodeForm) -> BindResult:
    """One request budget for everything asked here: a refused page reads the server list again."""
    with request_budget():
        bound = _bind_typed(order, form) if form.cleaned_data["how"] == TYPED else _bind_picked(order, form)
        if not bound.is_ok:
            _ = form.servers
    return bound


def _bind_picked(order: Order, form: ServiceCodeForm) -> BindResult:
    picked, product = form.cleaned_data["instance"], form.cleaned_data["product_type"]
    server = inventory().instance(picked)
    try:
        owner, own = order.owner, addresses(order.owner)
        row = service_codes.pick_instance(picked, owner.customer, order.reference, product=product, addresses=own)
    except service_codes.CodeRefused as refused:
        return BindResult(refused.rule, server=server)
    if server is None:
        return BindResult(usability.NOT_USABLE)
    return BindResult(usability.judge_bound(server, product), str(row.pk), server)


def _bind_typed(order: Order, form: ServiceCodeForm) -> BindResult:
    typed, product = form.cleaned_data["service_code"], form.cleaned_data["product_type"]
    rule = usability.judge_typed(typed, order.owner.customer, product, order.reference)
    code = usability.normalise(typed)
    if rule != usability.OK or code is None:
        return BindResult(rule, server=_server_of(code) if rule in NAMES_THE_SERVER else None)
    # reads the server before binding: an outage in between would leave the order with another code
    server = inventory().instance(ServiceCode.objects.get(pk=code).instance_id)
    if server is None or not service_codes.bind(code, order.reference, account=order.owner.customer):
        return BindResult(usability.NOT_USABLE)
    return BindResult(usability.OK, str(code), server)


def _write(order: Order, code: str, server: Instance, values: dict[str, Json]) -> None:
    """Writes answers, code and server together; an order submitted in the meantime keeps its code."""
    earlier = order.service_code
    new: dict[str, Mapping[str, Json]] = {stages.SERVICE_CODE: values, servers.ANSWER: servers.as_answer(server)}
    try:
        columns: dict[str, Column] = {"service_code": code, "instance": server.id, "code_confirmed_at": timezone.now()}
        change(order, lambda answers: {**answers, **new}, **columns)
    except RowClosed:
        if earlier and earlier != code:
            service_codes.bind(UUID(earlier), order.reference, account=order.owner.customer)
        raise


def _server_of(code: UUID | None) -> Instance | None:
    row = ServiceCode.objects.filter(pk=code).first() if code else None
    return inventory().instance(row.instance_id) if row else None


def _refuse(order: Order, form: ServiceCodeForm, field: str, bound: BindResult) -> None:
    """Adds the failed rule to the form; tells operations if the provider must fix it."""
    rule, server = bound.rule, bound.server
    if server is not None and rule in unreportable.NAMED:
        unreportable.report(rule, server, reference=order.reference)
    params = {"ref": ""}
    if rule == usability.BOUND:
        params["ref"] = usability.holder_of(form.cleaned_data["service_code"], order.owner.customer)
    form.add_error(field, ValidationError(str(WORDS[rule]), code=rule, params=params))


SERVICE_CODE = Step(
    stages.SERVICE_CODE,
    _("Verify your product"),
    ServiceCodeForm,
    stages.SERVICE_CODE,
    gate=True,
    done=freshness.is_code_fresh,
    ask=ask,
    template="transfers/steps/service_code.html",
)
