"""What an account's page of service codes shows: servers with their codes, and codes without a listed server."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from icpportal.gateways.inventory.eligibility import qualifies
from icpportal.gateways.inventory.types import Instance
from verification.models import CodeHandover, HandoverState, ServiceCode
from verification.service_codes.usability import OK, QUOTA

OTHERS = 100  # codes shown besides the servers': handed over to the account, or of unlisted servers


@dataclass(frozen=True)
class Server:
    """A server of the account. `rule` is "ok" or why it gives no code; `codes` are those of the account."""

    instance: Instance
    rule: str
    taken: frozenset[int] = frozenset()
    codes: list[ServiceCode] = field(default_factory=list)

    @property
    def given(self) -> int:
        """How many codes it ever gave."""
        return len(self.taken)

    @property
    def left(self) -> int:
        return max(0, self.instance.codes_max - self.given)

    @property
    def next_slot(self) -> int:
        """The slot of its next code; 0 when it gives none."""
        return next((slot for slot in range(1, self.instance.codes_max + 1) if slot not in self.taken), 0)


def servers(instances: list[Instance], account: str, *, now: datetime | None = None) -> list[Server]:
    """Each instance with its codes and the first rule it breaks; one query for all codes."""
    rows: dict[str, list[ServiceCode]] = {each.id: [] for each in instances}
    for code in ServiceCode.objects.filter(instance_id__in=rows):
        rows[code.instance_id].append(code)
    today = timezone.localdate(now or timezone.now())
    return [_server(each, rows[each.id], account.lower(), qualifies(each, today)) for each in instances]


def _server(instance: Instance, codes: list[ServiceCode], account: str, broken: str | None) -> Server:
    quota = QUOTA if len(codes) >= instance.codes_max else OK
    mine = [code for code in codes if code.account == account]
    return Server(instance, broken or quota, frozenset(code.slot for code in codes), mine)


def handed_to(account: str) -> QuerySet[ServiceCode]:
    """The codes of other accounts' servers that this account accepted, newest first."""
    return ServiceCode.objects.filter(kept_by=account.lower()).order_by("-issued_at", "pk")[:OTHERS]


def of_servers_not_listed(account: str, listed: Iterable[str]) -> QuerySet[ServiceCode]:
    """The account's codes whose server is not in its list, newest first."""
    unlisted = ServiceCode.objects.filter(account=account.lower()).exclude(instance_id__in=list(listed))
    return unlisted.order_by("instance_id", "slot")[:OTHERS]


def open_offers(user_id: UUID) -> list[CodeHandover]:
    """The open hand-overs that this account gives or receives, newest first."""
    mine = CodeHandover.objects.filter(Q(giver=user_id) | Q(taker=user_id), state=HandoverState.OFFERED)
    return list(mine.select_related("code", "giver", "taker")[:OTHERS])
