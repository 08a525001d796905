"""`python -m tests.journeys.mover`: moves orders on request, each in a process that ends once the move is committed.

Requests and answers are lines of JSON. It loads the portal once and forks for each request.
"""

import json
import os
import signal
import sys
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections, transaction  # noqa: E402 -- after setup
from django.utils import timezone  # noqa: E402

from demo.ministry.api.client import SimulatorClient  # noqa: E402
from icpportal.gateways.miit.models import MinistryLine, Report, UploadFile  # noqa: E402
from icpportal.lifecycle import REVIEWER  # noqa: E402
from icpportal.outbox.actions import notify  # noqa: E402
from icpportal.outbox.models import Message  # noqa: E402
from icpportal.outbox.wake import wake_worker  # noqa: E402
from tests.journeys.clock import CLOCK  # noqa: E402
from tests.journeys.pictures import look_again, seen_pictures, send_pictures  # noqa: E402
from tests.transfers import states  # noqa: E402
from tests.transfers.builders import moves  # noqa: E402
from tests.transfers.wired import put_on_record, wired_order  # noqa: E402
from transfers.models import Order, ParkedAnswer  # noqa: E402
from transfers.orders import queries  # noqa: E402
from transfers.orders.machine import ORDER  # noqa: E402


def place(number: int) -> list[str]:
    """Creates so many orders whose photo is in review, in turn in a province with and without phone verification."""
    orders = [wired_order(state=states.PHOTO_REVIEW, province=("12", "44")[turn % 2]) for turn in range(number)]
    put_on_record(SimulatorClient(settings.SIMULATOR_URL), orders)
    return [order.reference for order in orders]


def move(reference: str, kill: int, silent: bool) -> None:
    """Accepts the photo. At the moment of the commit `kill`, a session, is ended, and with `silent` this process too:
    then no worker was notified that something is queued."""
    order = Order.objects.get(reference=reference)
    with transaction.atomic():
        if kill:
            transaction.on_commit(lambda: os.killpg(kill, signal.SIGKILL))
        if silent:
            transaction.on_commit(lambda: os._exit(0))
        ORDER.apply(order, "accept_photo", by=REVIEWER, facts=queries.facts_of(order))


def messages_about(reference: str) -> list[tuple[str, str]]:
    """The states of the messages about an order, by channel."""
    return list(Message.objects.filter(reference=reference).order_by("channel").values_list("channel", "state"))


def line_is_free() -> bool:
    """Whether the sender that was killed has lost its lease of the line."""
    return not MinistryLine.objects.filter(leased_until__gt=timezone.now()).exists()


def holders() -> dict[str, int]:
    """The processes that are sending and fetching."""
    found = MinistryLine.objects.values_list("holder", "fetcher").first() or ("", "")
    named = zip(("sending", "fetching"), found, strict=True)
    return {way: int(holder.split(":")[1]) for way, holder in named if holder}


def has_fetched() -> bool:
    """Whether a whole round of fetching has succeeded."""
    return MinistryLine.objects.filter(fetched_at__isnull=False).exists()


def due(seconds: int) -> None:
    """Sets the deadline of all orders that wait for phones to so many seconds from now."""
    Order.objects.filter(state=states.PHONE_DUE).update(due_at=timezone.now() + timedelta(seconds=seconds))


def clock() -> int:
    """The offset of the mover's clock in seconds."""
    return CLOCK.off


def owe_pictures_and_a_code() -> None:
    """Queues twenty pictures for examination, and after them a one-time code."""
    for _number in range(20):
        wake_worker("icpportal.tasks.examine_document", uuid.uuid4())
    code = {"code": "204816"}
    notify(key="code:1:sms", template="code_sign_up", channel="sms", to="13900000001", language="en", context=code)


def summary() -> dict[str, Any]:
    """Everything that matters in the end."""
    return {
        "orders": {order.reference: [order.province, order.state, *moves(order)] for order in Order.objects.all()},
        "messages": {row.key: [row.channel, row.state] for row in Message.objects.all()},
        "reports": sorted(Report.objects.filter(state="accepted").values_list("key", flat=True)),
        "keys_of_reports": sorted(order.report_key for order in Order.objects.all()),
        "own_ids": sorted(Report.objects.values_list("own_id", flat=True)),
        "sequences": sorted(UploadFile.objects.filter(accepted_at__isnull=False).values_list("sequence", flat=True)),
        "parked": ParkedAnswer.objects.count(),
    }


REQUESTS: dict[str, Callable[..., Any]] = {
    "place": place,
    "move": move,
    "owed": messages_about,
    "summary": summary,
    "line_is_free": line_is_free,
    "holders": holders,
    "fetched": has_fetched,
    "due": due,
    "clock": clock,
    "send_pictures": send_pictures,
    "look_again": look_again,
    "seen_pictures": seen_pictures,
    "owe_pictures_and_a_code": owe_pictures_and_a_code,
}


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        CLOCK.look()
        child = os.fork()
        if not child:
            answer = REQUESTS[request.pop("do")](**request)
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if status or request.get("silent"):
            sys.stdout.write(json.dumps(status) + "\n")
            sys.stdout.flush()


connections.close_all()
if __name__ == "__main__":
    main()
