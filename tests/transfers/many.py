"""Many orders over SOAP with random faults: reported, answered, and counted on both sides."""

import random
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from demo.ministry.api.client import SimulatorClient
from demo.rehearsal.transfer import picture
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.base import authority as gateway
from icpportal.gateways.miit.models import InboxFile, MinistryLine, Outcome, Report, UploadFile
from icpportal.lifecycle import REVIEWER
from icpportal.outbox import delivery
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_user
from tests.transfers.wired import PAPERS, put_on_record, wired_order, with_papers
from transfers.authority import results as authority
from transfers.models import Order, OrderEvent, ParkedAnswer
from transfers.orders import queries
from transfers.orders.machine import ORDER
from verification.models import Document

# method, fault, percent of the calls
FAULTS = (
    ("upload", "down", 5),
    ("upload", "garbage", 2),
    ("previous", "http", 3),
    ("download", "hash", 3),
    ("download", "cut", 3),
    ("download", "bare", 5),
    ("download", "down", 2),
    ("download", "garbage", 2),
    ("acknowledge", "lost", 4),
)


@dataclass
class Figures:
    """The results of one run; `wrong` lists errors."""

    orders: int
    seconds: float = 0.0
    of_which_placing: float = 0.0
    files: int = 0
    tries: int = 0
    downloads: int = 0
    deliveries: int = 0
    rounds: int = 0
    troubles: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def shared_papers() -> dict[str, Document]:
    """One set of pictures as left by the worker's check; a report accepts each of them."""
    documents = {}
    for slot in PAPERS:
        name = storages["documents"].save(f"many-{slot}.jpg", ContentFile(picture(slot, width=900, height=640)))
        documents[slot] = Document.objects.create(
            kind=slot, holder="many", state="ready", size=1000, width=900, height=640, stored_name=name
        )
    return documents


def place(ministry: SimulatorClient, count: int) -> list[Order]:
    """So many orders whose photo was just accepted, known to the ministry, half of them with phones."""
    owner, papers = make_user(), shared_papers()
    orders = [
        with_papers(wired_order(owner=owner, state=states.PHOTO_REVIEW, province=("12", "44")[turn % 2]), papers)
        for turn in range(count)
    ]
    for begin in range(0, count, 200):
        put_on_record(ministry, orders[begin : begin + 200])
    for order in orders:
        ORDER.apply(order, "accept_photo", by=REVIEWER, facts=queries.facts_of(order))
    return orders


def carry(ministry: SimulatorClient, count: int, *, seed: int = 1, faults: bool = True, limit: float = 300) -> Figures:
    """Reports `count` orders and takes their answers, in rounds like workers, until all are approved."""
    figures, began = Figures(count), time.monotonic()
    ministry.conduct(phones="auto", decides_after=0)
    place(ministry, count)
    figures.of_which_placing = round(time.monotonic() - began, 1)
    if faults:
        for method, kind, percent in random.Random(seed).sample(FAULTS, len(FAULTS)):
            ministry.fault(method, kind, percent=percent)
        # chance may spare every file: the first call is refused, answers of later ones are lost, and files come again
        some = 1 + max(1, count // 25)
        ministry.fault("upload", "http", times=1)
        ministry.fault("upload", "lost", times=some)
        ministry.fault("acknowledge", "again", times=some)
    while _open() and time.monotonic() - began < limit:
        figures.rounds += 1
        for work in (deliver, lambda: gateway().send(), authority.pull):
            _attempt(work, figures)
    ministry.lift_faults()
    figures.seconds = round(time.monotonic() - began, 1)
    _count(ministry, figures)
    return figures


def _open() -> bool:
    return Order.objects.exclude(state=states.APPROVED).exists()


def deliver() -> None:
    """Delivers reports only: mail and texts have tests of their own."""
    Message.objects.exclude(channel="authority").delete()
    delivery.deliver(limit=2000)


def _attempt(work: Any, figures: Figures) -> None:
    try:
        work()
    except (Retryable, Refused) as trouble:
        words = str(trouble)[:60]
        figures.troubles[words] = figures.troubles.get(words, 0) + 1
    # the line pauses by itself after trouble; a worker would be back in three seconds
    waits = MinistryLine.objects.filter(sending_waits_until__gt=timezone.now()).values_list(
        "sending_waits_until", flat=True
    )
    for until in waits:
        time.sleep(min(1.0, max(0.0, (until - timezone.now()) / timedelta(seconds=1))))


def _count(ministry: SimulatorClient, figures: Figures) -> None:
    count = figures.orders
    files = UploadFile.objects.all()
    figures.files, figures.tries = files.count(), sum(files.values_list("tries", flat=True))
    inbox = InboxFile.objects.all()
    figures.downloads, figures.deliveries = inbox.count(), sum(inbox.values_list("deliveries", flat=True))
    received = ministry.reports(limit=10 * count + 100)
    own_ids = Counter(row["own_id"] for row in received)
    moves = Counter(Order.objects.values_list("state", flat=True))
    sequences = sorted(files.filter(accepted_at__isnull=False).values_list("sequence", flat=True))
    outcomes = Counter(Outcome.objects.exclude(report=None).values_list("report__key", "kind"))
    rows = (
        (moves != {states.APPROVED: count}, f"orders: {dict(moves)}"),
        (sequences != list(range(1, count + 1)), f"numbers: {len(sequences)} of {count}, or not unbroken"),
        (set(own_ids.values()) != {1} or len(own_ids) != count, f"ministry has {len(own_ids)} accesses"),
        (Report.objects.exclude(state="answered").exists(), "a report without its answer"),
        (any(number > 1 for number in outcomes.values()), "an outcome told twice"),
        (ParkedAnswer.objects.exists(), f"{ParkedAnswer.objects.count()} answers parked"),
        (_granted_twice(), "an order was granted twice"),
    )
    figures.wrong = [words for bad, words in rows if bad]


def _granted_twice() -> bool:
    moves = Counter(OrderEvent.objects.values_list("order", "move"))
    return any(number > 1 for number in moves.values())
