"""Actions on a backdrop: request, change of address, cancellation; posting, delivery, return."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Q, QuerySet, UUIDField
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.types import Facts
from icpportal.lifecycle import APPLICANT, REVIEWER, Lifecycle, Move, MoveNotAllowed
from icpportal.privacy.fields import seal_value
from verification.backdrops.lifecycle import TABLE
from verification.backdrops.notifications import tell
from verification.models import backdrop_states as states
from verification.models.backdrops import Backdrop, BackdropEvent, BackdropStock

ERASED_AT_ONCE = 500
ADDRESS = ("recipient", "mobile", "address", "company")
BLANK_ADDRESS = dict.fromkeys((*ADDRESS, "region", "region_name"), "")
STOCK = 1
MOST_SHOWN = 20


class Address(NamedTuple):
    """A postal address in mainland China."""

    recipient: str
    mobile: str
    region: str
    region_name: str
    address: str
    company: str = ""


class OutOfStock(Exception):
    """No backdrop is left to post."""


def _after(backdrop: Backdrop, row: Move, event: BackdropEvent, facts: Facts) -> None:
    if row.notify:
        tell(backdrop, row.notify, event_id=event.pk)


BACKDROP = Lifecycle(TABLE, model=Backdrop, events=BackdropEvent, after=_after)


def ask(*, holder: str, owner: User, to: Address, words: dict[str, str], now: datetime | None = None) -> Backdrop:
    """Creates a request of this holder, unless one is under way already."""
    now = now or timezone.now()
    try:
        with transaction.atomic():
            backdrop = Backdrop.objects.create(
                holder=holder,
                owner=owner,
                words=words,
                created_at=now,
                entered_at=now,
                consented_at=now,
                **to._asdict(),
            )
            BackdropEvent.objects.create(
                backdrop=backdrop, move="ask", from_state="", to_state=backdrop.state, by=APPLICANT, actor=owner, at=now
            )
    except IntegrityError:  # requested in another tab, or pressed twice
        return Backdrop.objects.get(holder=holder, state__in=states.ON_THE_WAY)
    return backdrop


def change_address(backdrop: Backdrop, to: Address, *, actor: User) -> bool:
    """Changes the address until the backdrop is posted; returns False when it was posted in the meantime."""
    if _is_same(backdrop, to):
        return True
    for name, value in to._asdict().items():
        setattr(backdrop, name, value)
    columns = {name: seal_value(backdrop, name) for name in ADDRESS}
    with transaction.atomic():
        requested = Backdrop.objects.filter(pk=backdrop.pk, state=states.REQUESTED)
        changed = requested.update(
            **columns,
            region=to.region,
            region_name=to.region_name,
            consented_at=timezone.now(),
            version=F("version") + 1,
        )
        if changed:
            BackdropEvent.objects.create(
                backdrop=backdrop,
                move="change_address",
                from_state=backdrop.state,
                to_state=backdrop.state,
                by=APPLICANT,
                actor=actor,
            )
    return bool(changed)


def _is_same(backdrop: Backdrop, to: Address) -> bool:
    return backdrop.state == states.REQUESTED and all(
        getattr(backdrop, name) == value for name, value in to._asdict().items()
    )


def cancel(backdrop: Backdrop, *, actor: User) -> None:
    """Cancels the request: the applicant no longer needs a backdrop."""
    BACKDROP.apply(backdrop, "call_off", by=APPLICANT, actor=actor)


def mark_delivered(backdrop: Backdrop, *, actor: User, by: str = APPLICANT) -> None:
    """Marks the backdrop as delivered."""
    BACKDROP.apply(backdrop, "arrive", by=by, actor=actor)


def post(backdrop: Backdrop, *, courier: str, tracking: str, actor: User) -> None:
    """Takes a backdrop from stock and posts it; raises `OutOfStock`, or `MoveNotAllowed` when another was first."""
    with transaction.atomic():
        if not BackdropStock.objects.filter(pk=STOCK, count__gt=0).update(count=F("count") - 1):
            raise OutOfStock
        BACKDROP.apply(
            backdrop,
            "post",
            by=REVIEWER,
            actor=actor,
            note=f"{courier} {tracking}",
            facts={"in_stock": True, "tracking": tracking},
            columns={"courier": courier, "tracking": tracking},
        )


def mark_returned(backdrop: Backdrop, *, actor: User) -> None:
    """Puts a returned backdrop back into stock; the applicant is told to check the address."""
    with transaction.atomic():
        BACKDROP.apply(backdrop, "come_back", by=REVIEWER, actor=actor)
        BackdropStock.objects.filter(pk=STOCK).update(count=F("count") + 1)


def end(*holders: str) -> None:
    """These holders need none any more: what nobody has posted yet stays here."""
    _call_off(Backdrop.objects.filter(holder__in=holders))


def erase(found: QuerySet[Backdrop]) -> None:
    """Erase where these go; without an address none of them is posted."""
    _call_off(found)
    found.update(**BLANK_ADDRESS)


def _call_off(found: QuerySet[Backdrop]) -> None:
    for backdrop in found.filter(state=states.REQUESTED).select_related("owner"):
        while backdrop.state == states.REQUESTED:  # until it is called off, or was posted in this moment
            try:
                BACKDROP.apply(backdrop, "call_off", by=APPLICANT)
            except MoveNotAllowed:  # also after a change of its address
                backdrop.refresh_from_db(fields=["state", "version"])


def stock() -> BackdropStock:
    """The only row of the stock."""
    return BackdropStock.objects.get_or_create(pk=STOCK)[0]


def newest(holder: str) -> Backdrop | None:
    """The latest request of a holder, unless it was cancelled."""
    mine = Backdrop.objects.filter(holder=holder).exclude(state=states.CALLED_OFF)
    return mine.select_related("owner").order_by("-created_at").first()


def _usable(holder: str, owner: UUID) -> QuerySet[Backdrop]:
    mine = Q(holder=holder) | Q(owner=owner, state=states.DELIVERED)
    return Backdrop.objects.filter(mine).exclude(state=states.CALLED_OFF).order_by("-created_at")[:MOST_SHOWN]


USABLE = CompiledQuery(_usable, holder=CharField(), owner=UUIDField())  # a read of every documents page


def current(holder: str, owner: User) -> tuple[Backdrop | None, bool]:
    """The latest request of a holder, and whether an earlier one of the account can be used again; one query."""
    found = USABLE.all(holder=holder, owner=owner.pk)
    own = next((each for each in found if each.holder == holder), None)
    return own, any(each.holder != holder for each in found)


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Erases the addresses of requests that ended a while ago; the rest of the row stays."""
    cutoff = (now or timezone.now()) - settings.BACKDROP_ADDRESS_KEPT
    over = Backdrop.objects.exclude(state__in=states.ON_THE_WAY).exclude(region="").filter(entered_at__lte=cutoff)
    if dry_run:
        return over.count()
    return len(rows.each("backdrops.erased", over, _erase_address, reference="holder", at_most=ERASED_AT_ONCE).done)


def _erase_address(backdrop: Backdrop) -> bool:
    for name in ADDRESS:
        setattr(backdrop, name, "")
    backdrop.region = backdrop.region_name = ""
    backdrop.save(update_fields=[*ADDRESS, "region", "region_name"])
    return True
