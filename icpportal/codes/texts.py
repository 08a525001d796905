"""Budgets for text messages, which cost money and are requested by strangers: by account, number range and in total.

The daily and monthly budgets, by Beijing's calendar, count every text. At 80 % operations are alarmed; at 100 % nobody
can request one any more, while the portal's own notices and codes of staff are still sent and counted. If texts are
requested and hardly any code is typed, somebody is pumping them: `few_entered` names the range.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import CharField, Count
from django.utils import timezone

from icpportal.alarms.actions import clear, clear_any, open_alarm
from icpportal.codes import limits
from icpportal.codes.models import Allowance, Channel, Code
from icpportal.codes.refusals import BudgetSpent, TooMany, VirtualNumber
from icpportal.codes.shares import Requester, Share, count_shares
from icpportal.database.prepared import CompiledQuery
from icpportal.fields import phones
from icpportal.time_format import BEIJING, to_beijing

RANGE_DIGITS = 7  # of eleven digits: the operator and place, ten thousand numbers
WARNED_AT = 0.8
DAY, MONTH = limits.BUDGETS
UNTRIED = timedelta(minutes=10)  # how long a code may still be typed
WATCHED = timedelta(hours=1)
EVERYWHERE, NOBODY = "all", "nobody"
FEW_ENTERED = "sms.few_entered"
ALLOWANCE = CompiledQuery(
    lambda name, key: Allowance.objects.filter(name=name, key=key), name=CharField(), key=CharField()
)


@dataclass(frozen=True)
class Period:
    """A day or a month of the budget."""

    name: str
    key: str
    amount: int
    until: datetime


def range_of(mobile: str) -> str:
    """The range of a mobile; "" for no mobile."""
    return mobile[:RANGE_DIGITS] if phones.is_mobile(mobile) else ""


def refuse_virtual(mobile: str) -> None:
    """Raises `VirtualNumber`, unless the portal texts such numbers."""
    if not settings.SMS_VIRTUAL_OPERATORS and phones.is_virtual(mobile):
        raise VirtualNumber


def shares(mobile: str, requester: Requester, now: datetime) -> list[Share]:
    """What one requested text uses. A text to nobody (`mobile` is no number) uses as many counters."""
    account = requester.account
    keys = [(name, account) for name in ("text_account_hour", "text_account_day") if account]
    if not requester.is_staff:
        keys += [(name, range_of(mobile) or mobile) for name in ("text_range_hour", "text_range_day")]
    of_budget = _of_budget(now, is_stopped=not requester.is_staff, of="" if phones.is_mobile(mobile) else NOBODY)
    return [*(Share(limits.attempt(name, key), TooMany) for name, key in keys), *of_budget]


def spend(*, now: datetime | None = None, is_stopped: bool = False) -> None:
    """Counts one text against the budget, whoever gets it; with `is_stopped` raises `BudgetSpent` when none is left."""
    moment = now or timezone.now()
    watch(count_shares(_of_budget(moment, is_stopped=is_stopped), moment), moment)


def _of_budget(now: datetime, *, is_stopped: bool, of: str = "") -> list[Share]:
    """One text of the budget of its day and month."""

    def share(period: Period) -> Share:
        amount = period.amount if is_stopped else limits.NO_END
        # the key is the day or month, which ends before the window does
        rule = limits.Limit(amount, limits.BUDGETS_KEPT)
        attempt = limits.Attempt(rule, period.name, limits.key_index(period.key + of))
        return Share(attempt, lambda _until: BudgetSpent(period.until))

    return [share(period) for period in periods(now)]


def watch(used: Mapping[str, int], now: datetime) -> None:
    """The alarms of the budgets: opened by the text that reaches a limit, cleared by the first of the next period."""
    watched = [
        (period, used[period.name], cause, least)
        for period in periods(now)
        for cause, least in (
            (f"sms.{period.name}", WARNED_AT * period.amount),
            (f"sms.{period.name}_spent", period.amount),
        )
    ]
    if first := [cause for _period, spent, cause, _least in watched if spent == 1]:
        clear_any(first)
    for period, spent, cause, least in watched:
        if spent >= least and spent:
            open_alarm(cause, reference=period.key, detail=f"{spent} of {period.amount} texts")


def used_amount(period: Period) -> int:
    """How much of a budget is used."""
    row = ALLOWANCE.first(name=period.name, key=limits.key_index(period.key))
    return row.used if row else 0


def periods(now: datetime) -> tuple[Period, Period]:
    """Today and this month in Beijing."""
    today = to_beijing(now).date()
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (
        Period(DAY, f"{today:%Y-%m-%d}", settings.SMS_BUDGET_DAY, _midnight(today + timedelta(days=1))),
        Period(MONTH, f"{today:%Y-%m}", settings.SMS_BUDGET_MONTH, _midnight(next_month)),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def few_entered(now: datetime) -> list[tuple[str, int, int]]:
    """Ranges to which codes were sent within an hour and few were typed, and the total: name, sent, typed."""
    sent = Code.objects.filter(
        channel=Channel.SMS, created_at__gt=now - UNTRIED - WATCHED, created_at__lte=now - UNTRIED
    )
    rows = sent.exclude(number_range="").values_list("number_range").annotate(Count("pk"), Count("spent_at"))
    counted = list(rows.order_by("number_range"))
    counted.append((EVERYWHERE, sum(row[1] for row in counted), sum(row[2] for row in counted)))
    percent, least = settings.SMS_ENTERED_PERCENT, settings.SMS_WATCHED_LEAST
    return [row for row in counted if row[1] >= least and 100 * row[2] < percent * row[1]]


def watch_entered(now: datetime) -> list[tuple[str, int, int]]:
    """Opens or clears the alarm about `few_entered`, and returns its subject."""
    found = few_entered(now)
    if found:
        name, sent, entered = found[0]
        open_alarm(FEW_ENTERED, reference=name, detail=f"{sent} sent, {entered} entered; {len(found)} ranges", now=now)
    else:
        clear(FEW_ENTERED, now=now)
    return found
