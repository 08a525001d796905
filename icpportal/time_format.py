"""Moments as text: Beijing time in pages and messages, and the time left. Imports nothing of ours."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext

BEIJING = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

ZH_WEEKDAYS = "一二三四五六日"
EN_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def to_beijing(moment: datetime) -> datetime:
    """The aware `moment` in Beijing time (UTC+8, no daylight saving)."""
    return moment.astimezone(BEIJING)


def day_words(day: date, *, weekday: bool = True, now: datetime | None = None) -> str:
    """`11月27日（周五）` or `Fri 27 Nov`; with the year if it is not this one."""
    other_year = day.year != to_beijing(now or timezone.now()).year
    if _is_chinese():
        year = f"{day.year}年" if other_year else ""
        tail = f"（周{ZH_WEEKDAYS[day.weekday()]}）" if weekday else ""
        return f"{year}{day.month}月{day.day}日{tail}"
    head = f"{EN_WEEKDAYS[day.weekday()]} " if weekday else ""
    year = f" {day.year}" if other_year else ""
    return f"{head}{day.day} {EN_MONTHS[day.month - 1]}{year}"


def short_words(moment: datetime, *, now: datetime | None = None) -> str:
    """`11月27日16:20` or `27 Nov 16:20`: for tables and text messages, whose headings say Beijing time."""
    there = to_beijing(moment)
    gap = "" if _is_chinese() else " "
    return f"{day_words(there.date(), weekday=False, now=now)}{gap}{there:%H:%M}"


def long_words(moment: datetime, *, now: datetime | None = None) -> str:
    """`北京时间11月27日16:20（周五）` or `Fri 27 Nov, 16:20 Beijing time`."""
    there = to_beijing(moment)
    if _is_chinese():
        day = day_words(there.date(), weekday=False, now=now)
        return f"北京时间{day}{there:%H:%M}（周{ZH_WEEKDAYS[there.weekday()]}）"
    return f"{day_words(there.date(), now=now)}, {there:%H:%M} Beijing time"


def span_words(span: timedelta) -> str:
    """`1 day 7 hours`, `7 hours`, `45 minutes`: whole units, rounded down."""
    days, hours = span.days, span.seconds // 3600
    minutes = span.seconds % 3600 // 60
    pieces = []
    if days:
        pieces.append(ngettext("%(n)s day", "%(n)s days", days) % {"n": days})
    if hours:
        pieces.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if not pieces and not minutes:
        return gettext("less than a minute")
    if not pieces:
        pieces.append(ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes})
    return " ".join(pieces)


def hours_words(span: timedelta) -> str:
    """`3 h 08 min`, `45 min`: working time to the minute; a day has as many hours as the working day."""
    hours, minutes = divmod(max(int(span.total_seconds()), 0) // 60, 60)
    if not hours:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": f"{minutes:02d}"}


def left_words(moment: datetime, *, now: datetime | None = None) -> str:
    """`1 day 7 hours left`; from the moment itself on, that the time is over (an open interval)."""
    span = moment - (now or timezone.now())
    if span <= timedelta(0):
        return gettext("Time is up")
    if span < MINUTE:
        return gettext("Less than a minute left")
    return pgettext("time", "%(time)s left") % {"time": span_words(span)}
