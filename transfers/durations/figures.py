"""How long a stage usually takes, for half of the orders and for four in five, once there are enough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from icpportal.time_format import BEIJING
from transfers.models import DurationCount

WINDOW = timedelta(days=90)
ENOUGH = 30  # fewer allow no conclusion
HALF, MOST = 50, 80  # per cent
EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """How long a stage took lately: half of the orders within `half` days, four in five within `most`."""

    half: int
    most: int
    times: int


def within(counts: Mapping[int, int], percent: int) -> int:
    """The smallest length within which `percent` of the counted stages ended; `counts` is not empty."""
    wanted, reached = sum(counts.values()) * percent, 0
    for length in sorted(counts):
        reached += counts[length]
        if reached * 100 >= wanted:
            return length
    raise ValueError("nothing was counted")


def figure_from(counts: Mapping[int, int]) -> Figure | None:
    """The figure for counts by length; None while there are too few."""
    times = sum(counts.values())
    if times < ENOUGH:
        return None
    return Figure(half=within(counts, HALF), most=within(counts, MOST), times=times)


def figure(stage: str, province: str = EVERYWHERE, *, now: datetime | None = None) -> Figure | None:
    """How long a stage took in a province in the last 90 days, or in all provinces together."""
    return figures([stage], [province], now=now).get((stage, province))


def figures(
    stages: Iterable[str], provinces: Iterable[str] = (EVERYWHERE,), *, now: datetime | None = None
) -> dict[tuple[str, str], Figure]:
    """The same for several stages and provinces in one query; pairs with too few orders are left out."""
    wanted = set(provinces)
    chosen = Q() if EVERYWHERE in wanted else Q(province__in=wanted)
    rows = DurationCount.objects.filter(chosen, stage__in=list(stages), day__gte=_first_day(now))
    counts: dict[tuple[str, str], dict[int, int]] = {}
    for stage, province, length, times in rows.values_list("stage", "province", "length").annotate(n=Sum("times")):
        for place in wanted & {province, EVERYWHERE}:
            of_pair = counts.setdefault((stage, place), {})
            of_pair[length] = of_pair.get(length, 0) + times
    return {pair: found for pair, each in counts.items() if (found := figure_from(each))}


def _first_day(now: datetime | None) -> date:
    return (now or timezone.now()).astimezone(BEIJING).date() - WINDOW
