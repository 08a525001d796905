"""The state of a restored portal as JSON: `python -m tests.icpportal.backup.restored`, in its own process.

Opens every document, tries to send everything, moves every order on. The clock is set to the hour at
which the portal was filled, or every deadline would be over.
"""

import hashlib
import json
import sys
from datetime import timedelta

import django
import time_machine

GO_ON = ("draft", "submitted", "photo_review", "phone_due")


def main() -> None:
    """Writes one line of JSON to stdout."""
    django.setup()
    from icpportal import tasks
    from icpportal.alarms import restored
    from icpportal.outbox.delivery import deliver
    from icpportal.outbox.models import Message
    from tests.previous_version.onwards import orders
    from transfers.models import Order, OrderEvent

    found = {"held": restored.is_held(), "documents": documents()}
    with time_machine.travel(OrderEvent.objects.latest("at").at + timedelta(minutes=1)):
        moves = OrderEvent.objects.count()
        for task in (tasks.deliver_outbox, tasks.send_reports, tasks.pull_answers, tasks.sweep_deadlines):
            task()
        found["sent"] = deliver().delivered
        found["waiting"] = Message.objects.filter(state="waiting").exclude(channel="authority").count()
        found["moved by the clock"] = OrderEvent.objects.count() - moves
        found["orders"] = orders(Order.objects.select_related("owner").filter(kind="transfer", state__in=GO_ON))
    sys.stdout.write(json.dumps(found) + "\n")


def documents() -> dict[str, str]:
    """For each document, by its reference, the hash of its plain content, or why it does not open."""
    from verification.documents.file_access import NotReady, open_ready
    from verification.models import Document

    results = {}
    for document in Document.objects.filter(state="ready").exclude(stored_name__startswith="walk/"):
        try:
            with open_ready(document) as source:
                results[document.reference] = hashlib.sha256(source.read()).hexdigest()
        except NotReady as gone:
            results[document.reference] = type(gone).__name__
    return results


if __name__ == "__main__":
    main()
