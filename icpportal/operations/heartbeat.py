"""Last success of each job and last answer of each outside system; read by the health pages."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from icpportal.database.prepared import CompiledQuery
from icpportal.database.prepared_updates import CompiledUpdate
from icpportal.gateways import health
from icpportal.models import Heartbeat

NOT_OFTENER = timedelta(seconds=5)
NEVER = datetime.min.replace(tzinfo=UTC)
recorded: dict[tuple[str, str], datetime] = {}  # when this process last wrote these, or read that another had
GATEWAY = "gateway:"
QUEUE = "queue:"
OWN = "own:"
KNOWN = timedelta(minutes=10)  # how long a recorded answer is trusted


RECENT = CompiledQuery(  # overwrites a moment ahead, too: the clock was set back
    lambda job, other, since, now: Heartbeat.objects.filter(
        name__in=(job, other), at__gt=since, at__lte=now
    ).values_list("name"),
    job=CharField(),
    other=CharField(),
    since=DateTimeField(),
    now=DateTimeField(),
)
BEATEN = CompiledUpdate(
    lambda name: Heartbeat.objects.filter(name=name), {"well": True, "trouble": ""}, name=CharField()
)


def record_heartbeat(job: str, other: str = "", *, now: datetime | None = None) -> None:
    """One job or two have just succeeded; a process writes, or looks up, each at most once in five seconds."""
    now = now or timezone.now()
    if timedelta(0) <= now - recorded.get((job, other), NEVER) < NOT_OFTENER:
        return
    known = RECENT.texts(job=job, other=other, since=now - NOT_OFTENER, now=now)
    for name in filter(None, (job, other)):
        if (name,) not in known and not BEATEN.run({"at": now}, name=name):
            Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "well": True, "trouble": ""})
    recorded[job, other] = now


def ask_gateways(*, now: datetime | None = None) -> None:
    """Records in one word whether each outside system answers (no sentence, which could contain anything).

    The ministry is not asked for that: its line knows. Systems no longer configured are forgotten.
    """
    now = now or timezone.now()
    asked = health.examine(ask=False)
    Heartbeat.objects.filter(name__startswith=GATEWAY).exclude(
        name__in=[GATEWAY + each.name for each in asked]
    ).delete()
    for answer in asked:
        columns = {"at": now, "well": answer.answers, "trouble": "" if answer.answers else answer.state}
        Heartbeat.objects.update_or_create(name=GATEWAY + answer.name, defaults=columns)


def note(name: str, trouble: str, *, now: datetime) -> None:
    """Records the result of testing a part of our own: `trouble` says in short what, or is ""."""
    columns = {"at": now, "well": not trouble, "trouble": trouble[:100]}
    Heartbeat.objects.update_or_create(name=OWN + name, defaults=columns)


def last_result(name: str) -> Heartbeat | None:
    """That result; None when it was not tested yet."""
    return Heartbeat.objects.filter(name=OWN + name).first()


def record_job(name: str, queue: str, *, is_well: bool, now: datetime | None = None) -> None:
    """A worker has just ended this job of this queue, successfully or not."""
    record_heartbeat(QUEUE + queue, name if is_well else "", now=now)


def queue_ages(now: datetime) -> dict[str, timedelta | None]:
    """How long ago a worker last ended a job, by queue; None when none ever did."""
    return {name: age(QUEUE + name, now) for name in settings.QUEUES}


def expect(names: list[str], *, now: datetime) -> None:
    """These jobs are expected from now on: one that never succeeds is then late."""
    known = set(Heartbeat.objects.filter(name__in=names).values_list("name", flat=True))
    new = [Heartbeat(name=name, at=now) for name in names if name not in known]
    if new:
        Heartbeat.objects.bulk_create(new, ignore_conflicts=True)


def ages(names: list[str], now: datetime) -> dict[str, timedelta]:
    """How long ago each of these jobs last succeeded, or since when it has been expected."""
    found = Heartbeat.objects.filter(name__in=names)
    return {row.name: now - row.at for row in found}


def age(name: str, now: datetime) -> timedelta | None:
    """How long ago the job `name` last succeeded; None when it never did."""
    row = Heartbeat.objects.filter(name=name).first()
    return now - row.at if row else None


def gateways() -> dict[str, Heartbeat]:
    """The last answer of each outside system, by its name."""
    rows = Heartbeat.objects.filter(name__startswith=GATEWAY).order_by("name")
    return {row.name.removeprefix(GATEWAY): row for row in rows}
