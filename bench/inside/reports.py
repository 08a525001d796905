"""Orders passing through the ministry: reported, decided, answered."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from bench.harness.processes import Backends
from bench.harness.services import Missing
from bench.walks import papers
from demo.ministry.api.client import SimulatorClient
from icpportal.gateways.miit.base import authority as gateway
from icpportal.lifecycle import REVIEWER
from tests.transfers import states
from tests.transfers.builders import make_user
from tests.transfers.many import deliver
from tests.transfers.wired import PAPERS, put_on_record, wired_order, with_papers
from transfers.authority import results as authority
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.machine import ORDER
from verification.models import Document

ROUNDS = 40

Used = tuple[float, float]  # seconds of this process and of PostgreSQL


def carry(count: int, backends: Backends) -> dict[str, Used]:
    """Takes a number of orders from the accepted photo to the approval; returns what each phase used."""
    ministry = SimulatorClient(settings.SIMULATOR_URL)
    ministry.conduct(decides_after=0)
    _place(ministry, count)
    phases: dict[str, Callable[[], object]] = {
        "report queued, from the order's rows": deliver,
        "report built, packed and handed over": lambda: gateway().send(),
        "answer fetched, parsed and carried out": authority.pull,
    }
    used = dict.fromkeys(phases, (0.0, 0.0))
    for _ in range(ROUNDS):
        for name, work in phases.items():
            before = time.process_time(), backends.cpu()
            work()
            own, database = used[name]
            used[name] = own + time.process_time() - before[0], database + backends.cpu() - before[1]
        if not Order.objects.exclude(state=states.APPROVED).exists():
            return used
    raise Missing(f"after {ROUNDS} rounds not all of {count} orders are approved")


def _place(ministry: SimulatorClient, count: int) -> None:
    owner, shared = make_user(), {slot: _document(slot) for slot in PAPERS}
    placed = [
        with_papers(wired_order(owner=owner, state=states.PHOTO_REVIEW, province="44"), shared) for _ in range(count)
    ]
    put_on_record(ministry, placed)
    for order in placed:
        ORDER.apply(order, "accept_photo", by=REVIEWER, facts=queries.facts_of(order))


def _document(slot: str) -> Document:
    content = papers.paper(slot if slot in papers.DRAWN else "statement")
    width, height = papers.SIZE
    name = storages["documents"].save(f"bench-{slot}.jpg", ContentFile(content))
    return Document.objects.create(
        kind=slot, holder="bench", state="ready", size=len(content), width=width, height=height, stored_name=name
    )
