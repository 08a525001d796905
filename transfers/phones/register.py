"""The register of phones as it answers: one round asks it at a time, and a silent one is left alone for a while."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from icpportal.alarms import leases
from icpportal.alarms.actions import clear, open_alarm
from icpportal.gateways.errors import Refused
from transfers.models import PhoneRegister

logger = logging.getLogger(__name__)
ALARM = "phones.silent"
SILENCES = 3  # rounds without an answer before operations are told
LEASE = timedelta(seconds=30)  # longer than a round can take
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120))


@contextmanager
def one_round(now: datetime) -> Iterator[PhoneRegister | None]:
    """The register for one round; `None` while another round runs, or while it rests after a silence."""
    PhoneRegister.objects.get_or_create(pk=1)
    holder = secrets.token_hex(8)
    with transaction.atomic(durable=True):  # no network call inside a transaction
        free = PhoneRegister.objects.filter(leases.is_over("leased_until", LEASE))
        ours = free.update(holder=holder, leased_until=leases.end(LEASE))
    register = PhoneRegister.objects.filter(pk=1, holder=holder).first() if ours else None
    try:
        yield None if register and _rests(register, now) else register
    finally:
        PhoneRegister.objects.filter(holder=holder).update(holder="", leased_until=None)


def _rests(register: PhoneRegister, now: datetime) -> bool:
    """Whether it is left alone; a moment too far ahead was written by a clock that was set back since."""
    return register.waits_until is not None and now < register.waits_until <= now + PAUSES[-1]


def leave_alone(register: PhoneRegister, trouble: Exception, now: datetime) -> None:
    """Lets it rest after a round without an answer, longer each time; opens the alarm after several."""
    silences = register.silences + 1
    until = now + PAUSES[min(silences, len(PAUSES)) - 1]
    PhoneRegister.objects.filter(pk=register.pk).update(silences=silences, waits_until=until)
    logger.warning("phone register left alone", extra={"trouble": type(trouble).__name__, "silences": silences})
    if silences >= SILENCES or isinstance(trouble, Refused):
        open_alarm(ALARM, detail="it refuses our queries" if isinstance(trouble, Refused) else "it does not answer")


def note_answer(register: PhoneRegister) -> None:
    """Ends its silence and the alarm."""
    if register.silences:
        PhoneRegister.objects.filter(pk=register.pk).update(silences=0, waits_until=None)
        clear(ALARM)
