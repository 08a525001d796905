"""Whether a service code may be used, and what its account can choose from. Nothing here has effects."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, UUIDField
from django.utils import timezone

from icpportal.database.prepared import CompiledQuery
from icpportal.fields.text import normalise_number
from icpportal.gateways.inventory.base import inventory
from icpportal.gateways.inventory.eligibility import UNREPORTABLE, cannot_be_reported, qualifies
from icpportal.gateways.inventory.types import Instance
from verification.models import ServiceCode, ServiceCodeState

OK = "ok"
SHAPE = "code_shape"
NOT_USABLE = "code_not_usable"
HANDED_OVER = "code_handed_over"
BOUND = "code_bound"
PRODUCT = "product_wrong"
QUOTA = "instance_quota"
HEX_LENGTH = 32
NAMED_TO_ALL = tuple(rule for rule, _broken_by in UNREPORTABLE)  # the provider must fix these, whoever owns the code
MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1"})  # letters that no code contains, as the digits they resemble


def normalise(typed: str) -> uuid.UUID | None:
    """The code from typed text in any case, with spaces, dashes, O for 0, I and l for 1; None when it is no code."""
    plain = normalise_number(typed).lower().translate(MISREAD)
    if len(plain) != HEX_LENGTH or any(char not in "0123456789abcdef" for char in plain):
        return None
    return uuid.UUID(hex=plain)


def judge_typed(typed: str, account: str, product: str, holder: str, *, now: datetime | None = None) -> str:
    """Returns "ok", or the id of the sentence to show.

    Names the failing rule for a code of one of the account's own instances. A foreign code that is unknown, used,
    expired, bound elsewhere or issued for a product that its server no longer has gets `code_not_usable` after the same
    work: one query, one look into the server list.

    That a usable code is not for `product`, or that its server cannot be reported, is told to everybody: with the code
    in hand one could try each product anyway. The product is the server's in the list; an empty one contradicts
    nothing.
    """
    code = normalise(typed)
    if code is None:
        return SHAPE
    row = BY_CODE.first(code=code)
    instance = inventory().instance(row.instance_id if row else str(code))
    if row is None or instance is None:
        return NOT_USABLE
    rules = (*_obstacles(row, holder, account.lower()), (PRODUCT, row.product != instance.product))
    rule = next((rule for rule, broken in rules if broken), None) or qualifies(instance, today(now))
    if rule is not None:
        is_told = rule in NAMED_TO_ALL or account.lower() in (row.account, row.kept_by)
        return rule if is_told else NOT_USABLE
    return PRODUCT if contradicts(product, instance) else OK


BY_CODE = CompiledQuery(lambda code: ServiceCode.objects.filter(pk=code).order_by(), code=UUIDField())


def contradicts(product: str, instance: Instance) -> bool:
    return product not in ("", instance.product)


def _obstacles(row: ServiceCode, holder: str, account: str) -> tuple[tuple[str, bool], ...]:
    return (
        ("code_used", row.state == ServiceCodeState.USED),
        (BOUND, row.state == ServiceCodeState.BOUND and row.holder != holder),
        ("instance_expired", row.state == ServiceCodeState.EXPIRED),
        (NOT_USABLE, row.state in (ServiceCodeState.REVOKED, ServiceCodeState.FORFEITED)),
        (HANDED_OVER, row.is_free and row.kept_by not in ("", account)),
    )


def holder_of(typed: str, account: str) -> str:
    """The holder of this code, for the sentence of `code_bound`; "" unless the code is the account's own."""
    code = normalise(typed)
    if code is None:
        return ""
    found = ServiceCode.objects.filter(Q(account=account.lower()) | Q(kept_by=account.lower()), pk=code)
    return found.values_list("holder", flat=True).first() or ""


@dataclass(frozen=True)
class Choice:
    """An instance as the step offers it: `rule` is "ok" or why not, `left` how many codes it can still give."""

    instance: Instance
    rule: str
    left: int


def listed_instances(addresses: Iterable[str]) -> list[Instance]:
    """Every instance that the provider lists under these addresses of an account, each once."""
    found: dict[str, Instance] = {}
    for address in addresses:
        for instance in inventory().instances(address):
            found.setdefault(instance.id, instance)
    return list(found.values())


def choices(
    account: str, holder: str, *, addresses: Iterable[str] | None = None, now: datetime | None = None
) -> list[Choice]:
    """Every instance of the account with the rule it breaks, usable ones first; one query for all codes.

    The provider is asked by `addresses` (`accounts.customers`), or by the account's name without them.
    """
    found = listed_instances([account] if addresses is None else addresses)
    codes: dict[str, list[ServiceCode]] = {row.id: [] for row in found}
    for code in ServiceCode.objects.filter(instance_id__in=codes):
        codes[code.instance_id].append(code)
    judged = [_choice(row, codes[row.id], account.lower(), holder, today(now)) for row in found]
    return sorted(judged, key=lambda choice: choice.rule != OK)


def _choice(instance: Instance, codes: list[ServiceCode], account: str, holder: str, today: date) -> Choice:
    free = sum(code.is_free and code.account == account and not code.kept_by for code in codes)
    left = max(0, instance.codes_max - len(codes)) + free
    has_one = any(code.state == ServiceCodeState.BOUND and code.holder == holder for code in codes)
    rule = qualifies(instance, today) or (OK if left or has_one else QUOTA)
    return Choice(instance, rule, left)


def today(now: datetime | None) -> date:
    return timezone.localdate(now or timezone.now())


def judge_bound(instance: Instance, product: str, *, now: datetime | None = None) -> str:
    """Returns "ok", or what stops an order from keeping this instance's code: only what would be reported."""
    return cannot_be_reported(instance, today(now)) or (PRODUCT if contradicts(product, instance) else OK)
