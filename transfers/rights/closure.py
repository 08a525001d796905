"""Closes an account and erases its data (PIPL 47): at once, or once the authority has none of its orders.

The account is shut in the request. A worker erases, order by order, and continues where a killed one stopped.
"""

from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.accounts import sessions
from icpportal.accounts.models import User
from icpportal.alarms import rows
from icpportal.lifecycle import APPLICANT, MoveNotAllowed
from icpportal.outbox.actions import notify
from icpportal.outbox.wake import wake_worker
from icpportal.privacy.holds import is_held
from transfers.duties.rows import duties_in_words
from transfers.models import Order
from transfers.orders import queries, states
from transfers.orders.kinds import is_in
from transfers.orders.machine import ORDER, has_changed
from transfers.orders.moves import WITHDRAW_CONSENT
from transfers.orders.rows import ACCOUNT, Group
from transfers.rights.erasure import LAST_WORD, WITH_DUTIES, erase_account, erase_messages, erase_order
from transfers.rights.models import Closure

TASK = "icpportal.tasks.sweep_rights"
STAFF = _("An account of staff is closed by the people who gave it its duties: ask them.")
AT_AUTHORITY = _("An order is with the authority. It cannot be called back, and the law asks us to see it through.")
HELD = _(
    "An official procedure needs what we keep of you, so we must not erase it now. We close the account when the "
    "procedure is over."
)


def at_authority(user: User) -> list[Order]:
    """The account's orders that cannot be stopped."""
    open_orders = queries.in_progress().filter(owner=user).order_by("created_at")
    return [order for order in open_orders if is_in(order, Group.AT_AUTHORITY)]


def why_not_now(user: User) -> str | Promise:
    """Why the account cannot be closed now; "" when it can."""
    if user.is_staff:
        return STAFF
    if is_held(user):
        return HELD
    return AT_AUTHORITY if at_authority(user) else ""


def ask(user: User, *, now: datetime | None = None) -> Closure:
    """Records that this person wants the account closed, and shuts it if possible now."""
    with transaction.atomic():
        closure, _created = Closure.objects.get_or_create(user=user, defaults={"at": now or timezone.now()})
        shut(closure, now=now)
    return closure


def take_back(user: User) -> bool:
    """Withdraws the request; returns False once the account is shut."""
    return bool(Closure.objects.filter(user=user, shut_at=None).delete()[0])


def shut(closure: Closure, *, now: datetime | None = None) -> bool:
    """Bars sign-in and sends the last message; returns False while something prevents closing.

    Also when the request was taken back since `closure` was read: one conditional UPDATE decides.
    """
    user, now = closure.user, now or timezone.now()
    if closure.shut_at is not None:
        return True
    if why_not_now(user):
        return False
    duties = duties_in_words(user)
    with transaction.atomic():
        if not Closure.objects.filter(pk=closure.pk, shut_at=None).update(shut_at=now):
            return Closure.objects.filter(pk=closure.pk).exists()  # another worker has just shut it
        notify(
            key=f"{LAST_WORD}:{closure.pk}",
            template=WITH_DUTIES if any(duties.values()) else LAST_WORD,
            channel="email",
            to=user.email,
            language=user.language,
            context={"url": urljoin(settings.PUBLIC_BASE_URL, reverse("privacy")), "duties": duties},
        )
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        sessions.end_sessions(user)
        closure.shut_at = now
        wake_worker(TASK)
    return True


def carry_out(closure: Closure, *, now: datetime | None = None) -> bool:
    """Closes open orders and erases what nobody must keep; returns whether everything is done."""
    if not shut(closure, now=now) or is_held(closure.user):  # a hold may have been set in the meantime
        return False
    user, is_whole = closure.user, True
    for order in Order.objects.filter(owner=user).select_related("owner").order_by("created_at"):
        if not order.is_ended:
            leave(order, now=now)
        if order.is_ended:
            erase_order(order, now=now)
        is_whole = is_whole and order.is_ended
    if not is_whole:  # an order went to the authority: the rest follows its answer
        return False
    erase_account(user, now=now)
    return bool(Closure.objects.filter(pk=closure.pk, done_at=None).update(done_at=now or timezone.now()))


def leave(order: Order, *, now: datetime | None = None) -> None:
    """Closes an order together with its account, where that is possible now; not one that moves at this moment."""
    ways = [row.name for row in ORDER.available(order, APPLICANT, {}) if row.target in states.keys(Group.ENDED)]
    if not ways:
        return
    # a cancellation has no consent: it is abandoned as its owner would do it
    way = WITHDRAW_CONSENT.name if WITHDRAW_CONSENT.name in ways else ways[0]
    facts = {"what": {"zh": "账号持有人", "en": "account holder"}}
    try:
        with transaction.atomic():
            ORDER.apply(order, way, by=APPLICANT, note=ACCOUNT, facts=facts, now=now)
            erase_messages(order)  # its owner has had the last word, and nobody withdrew a consent
    except MoveNotAllowed:
        if not has_changed(order):
            raise


def sweep(*, now: datetime | None = None) -> int:
    """Closes and erases accounts that waited for the authority, a hold or a worker; returns how many are done."""
    waiting = Closure.objects.filter(done_at=None).select_related("user").order_by("at")
    ran = rows.each("rights.closures", waiting, lambda row: carry_out(row, now=now))
    return len(ran.done)
