"""Service codes: issued for an instance, bound to a holder, used up when a website is approved.

An instance has `codes_max` codes in all its life, held by unique slots in the database: a used code is never given
back, and a renewal adds none (备案服务号, help pages of 2018-2019). A holder is an opaque text, an order's reference;
an account is its `customer`, which stays when its address changes. Binding, releasing and spending are one conditional
UPDATE each; the number of rows decides.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import CharField, Q, QuerySet, UUIDField
from django.utils import timezone

from icpportal.database.prepared import CompiledQuery, insert_unless_there
from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.gateways.inventory.eligibility import qualifies
from icpportal.gateways.inventory.types import Instance
from verification.models import ServiceCode, ServiceCodeState
from verification.service_codes.usability import NOT_USABLE, PRODUCT, QUOTA, contradicts, listed_instances, today

LEFT = "left:"  # prefix of the address of codes without a known account (icpportal migration 0002)
ROUNDS = 20  # each lost race was won by another tab: more rounds than anyone has tabs
OF_INSTANCE = CompiledQuery(lambda instance: ServiceCode.objects.filter(instance_id=instance), instance=CharField())


class CodeRefused(Exception):
    """There is no code; `rule` is the id of the sentence that says why."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class OfferChanged(CodeRefused):
    """The page promised a slot that is gone: show it again."""


def issue(instance: Instance, account: str, *, now: datetime | None = None) -> ServiceCode:
    """Issues a new code of the instance; `CodeRefused` names the rule that the instance breaks, quota included."""
    moment = now or timezone.now()
    rule = qualifies(instance, today(moment))
    if rule is not None:
        raise CodeRefused(rule)
    used_slots = set(ServiceCode.objects.filter(instance_id=instance.id).values_list("slot", flat=True))
    return _issue(instance, account, used_slots, moment, silent=False)


def _issue(instance: Instance, account: str, used_slots: set[int], moment: datetime, *, silent: bool) -> ServiceCode:
    for slot in range(1, instance.codes_max + 1):
        code = None if slot in used_slots else _insert(instance, account, slot, silent, moment)
        if code is not None:
            return code
    raise CodeRefused(QUOTA)


def _insert(instance: Instance, account: str, slot: int, silent: bool, moment: datetime) -> ServiceCode | None:
    code = ServiceCode(
        instance_id=instance.id,
        slot=slot,
        product=instance.product,
        account=account.lower(),
        silent=silent,
        issued_at=moment,
        ask_at=moment,
    )
    return code if insert_unless_there(code) else None  # the slot was taken between query and insert


def apply(instance: Instance, account: str, slot: int, *, now: datetime | None = None) -> tuple[ServiceCode, bool]:
    """Returns the code that a person applied for, and whether it is new.

    `slot` is the one that the page promised: pressing twice, in two tabs or after going back gives one code. Raises
    `OfferChanged` when that slot went to a code that was never shown to anybody.
    """
    moment = now or timezone.now()
    rule = qualifies(instance, today(moment))
    if rule is not None:
        raise CodeRefused(rule)
    if not 1 <= slot <= instance.codes_max:
        raise CodeRefused(QUOTA)
    code = _insert(instance, account, slot, silent=False, moment=moment)
    if code is not None:
        return code, True
    shown_codes = ServiceCode.objects.filter(instance_id=instance.id, slot=slot, account=account.lower(), silent=False)
    code = shown_codes.first()
    if code is None:
        raise OfferChanged(QUOTA)
    return code, False


def mark_shown(code: ServiceCode) -> None:
    """Marks the code as shown: picking an instance takes such codes last, as they may have been passed on."""
    if code.silent:
        ServiceCode.objects.filter(pk=code.pk).update(silent=False)


def bind(code: uuid.UUID, holder: str, *, account: str = "", now: datetime | None = None) -> bool:
    """Binds a free code to the holder and frees its earlier one; returns False and changes nothing when it is not free.

    A code that was handed over is free only for the account that keeps it.

    Each UPDATE is a transaction of its own, so that two tabs of one order cannot deadlock: call it outside a
    transaction.
    """
    moment = now or timezone.now()
    for _round in range(ROUNDS):
        try:
            return _bind(code, holder, account.lower(), moment)
        except IntegrityError:  # another tab of this order bound a code at the same moment: the later one counts
            continue
    return False


def _bind(code: uuid.UUID, holder: str, account: str, moment: datetime) -> bool:
    found = [row.pk for row in BINDABLE.all(code=code, holder=holder, account=account)]
    if code not in found:
        return False
    had = [pk for pk in found if pk != code]
    if had:
        _free(ServiceCode.objects.filter(_bound_to(holder), pk__in=had))
    if _bind_code(code, holder, account, moment):
        return True
    for pk in had:  # the code was taken between query and update: restore the earlier ones
        _bind_code(pk, holder, account, moment)
    return False


def _bind_code(code: uuid.UUID, holder: str, account: str, moment: datetime) -> bool:
    with transaction.atomic():
        columns = {"holder": holder, "bound_at": moment}
        return bool(BINDING.run(columns, code=code, holder=holder, account=account))


def _bound_to(holder: str) -> Q:
    return Q(state=ServiceCodeState.BOUND, holder=holder)


def _usable(holder: str, account: str) -> Q:
    return Q(state=ServiceCodeState.FREE, kept_by__in=("", account)) | _bound_to(holder)


BINDABLE = CompiledQuery(
    lambda code, holder, account: ServiceCode.objects.filter(
        _usable(holder, account) & Q(pk=code) | _bound_to(holder)
    ).order_by(),
    code=UUIDField(),
    holder=CharField(),
    account=CharField(),
)
BINDING = CompiledUpdate(
    lambda code, holder, account: ServiceCode.objects.filter(_usable(holder, account), pk=code),
    {"state": ServiceCodeState.BOUND},
    code=UUIDField(),
    holder=CharField(),
    account=CharField(),
)


def _free(codes: QuerySet[ServiceCode]) -> bool:
    return bool(codes.update(state=ServiceCodeState.FREE, holder="", bound_at=None))


def release(*holders: str) -> bool:
    """Frees the codes that these holders have bound; a used one stays used. Returns whether there was one."""
    return _free(ServiceCode.objects.filter(holder__in=holders, state=ServiceCodeState.BOUND))


def spend(holder: str, *, used_for: str = "", now: datetime | None = None) -> bool:
    """Uses up the holder's code for good: its website is approved. Returns whether there was one."""
    bound = ServiceCode.objects.filter(holder=holder, state=ServiceCodeState.BOUND)
    return bool(bound.update(state=ServiceCodeState.USED, used_for=used_for, used_at=now or timezone.now()))


def burn(*holders: str) -> bool:
    """Forfeits the codes that these holders have bound, where the policy gives none back; returns whether any."""
    bound = ServiceCode.objects.filter(holder__in=holders, state=ServiceCodeState.BOUND)
    return bool(bound.update(state=ServiceCodeState.FORFEITED, holder="", bound_at=None))


def revoke(code: uuid.UUID, account: str) -> bool:
    """Makes a free code of the account unusable; its slot stays taken."""
    free = ServiceCode.objects.filter(kept_by_account(account), pk=code, state=ServiceCodeState.FREE)
    return bool(free.update(state=ServiceCodeState.REVOKED))


def kept_by_account(account: str) -> Q:
    """The codes that an account may use: its own unless handed over, and those it accepted."""
    return Q(kept_by=account.lower()) | Q(account=account.lower(), kept_by="")


def give_left(address: str, account: str) -> int:
    """Gives the account the codes under an address that had no known account; returns how many."""
    return ServiceCode.objects.filter(account=f"{LEFT}{address}"[:254]).update(account=account)


def pick_instance(
    instance_id: str,
    account: str,
    holder: str,
    *,
    product: str = "",
    addresses: Iterable[str] | None = None,
    now: datetime | None = None,
) -> ServiceCode:
    """Issues a code of the account's own instance and binds it without showing it; idempotent.

    Takes a code that an earlier pick left free first, and one that was shown to somebody last: it may have been passed
    on. `CodeRefused` names the rule that fails, including a `product` that is not the instance's.
    """
    moment = now or timezone.now()
    codes = OF_INSTANCE.all(instance=instance_id)
    ours = (code for code in codes if code.state == ServiceCodeState.BOUND and code.holder == holder)
    bound = next(ours, None)
    if bound is not None:
        return bound
    instance = next(
        (row for row in listed_instances([account] if addresses is None else addresses) if row.id == instance_id), None
    )
    if instance is None:
        raise CodeRefused(NOT_USABLE)
    rule = qualifies(instance, today(moment)) or (PRODUCT if contradicts(product, instance) else None)
    if rule is not None:
        raise CodeRefused(rule)
    code = _bind_one(instance, account.lower(), holder, codes, moment)
    code.refresh_from_db()
    return code


def _bind_one(instance: Instance, account: str, holder: str, codes: list[ServiceCode], moment: datetime) -> ServiceCode:
    hidden = [code for code in codes if code.is_free and code.silent and code.account == account and not code.kept_by]
    code = _first_bound(hidden, holder, moment)
    if code is not None:
        return code
    try:
        code = _issue(instance, account, {code.slot for code in codes}, moment, silent=True)
    except CodeRefused:  # last resort: codes shown to somebody, or issued by another tab of this order just now
        free = Q(state=ServiceCodeState.FREE, account=account, kept_by="")
        usable = free | Q(state=ServiceCodeState.BOUND, holder=holder)
        last = ServiceCode.objects.filter(usable, instance_id=instance.id).order_by("state", "slot")  # bound first
        code = _first_bound(list(last), holder, moment)
        if code is None:
            raise
        return code
    if not bind(code.pk, holder, now=moment):
        raise CodeRefused(NOT_USABLE)
    return code


def _first_bound(codes: list[ServiceCode], holder: str, moment: datetime) -> ServiceCode | None:
    return next((code for code in codes if bind(code.pk, holder, now=moment)), None)
