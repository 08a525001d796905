"""Takes the filled database over: migrates it, opens every order and moves it on. Prints what came of it as JSON.

A process of its own (`python -m tests.previous_version.onwards`): the database is a file, named by DATABASE_URL. The
clock stands at the hour at which the database was filled, or every deadline in it would be over.
"""

import gc
import json
import sys
from datetime import timedelta
from types import SimpleNamespace

import django
import time_machine

from tests import cloned_fields


def main() -> None:
    """Writes one line of JSON to stdout."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    cloned_fields.install()
    gc.disable()  # each migration makes the models again
    call_command("migrate", verbosity=0)
    gc.enable()
    from tests.previous_version.test_previous_version import rows
    from transfers.models import OrderEvent

    filled_at = OrderEvent.objects.latest("at").at
    with time_machine.travel(filled_at + timedelta(minutes=1)):
        connection.ensure_connection()
        found = {"rows": rows(connection.connection), **messages(), **reasons()}
        call_command("ensure_roles", verbosity=0, stdout=sys.stderr)
        found["orders"] = orders()
    sys.stdout.write(json.dumps(found) + "\n")


def messages() -> dict:
    """How many messages there are, and of which no text is known."""
    from icpportal.outbox.models import Message
    from icpportal.outbox.texts import catalogue

    named = set(Message.objects.exclude(template="").values_list("template", flat=True))
    return {"messages": len(named), "unknown texts": sorted(named - set(catalogue.names()))}


def reasons() -> dict:
    """How many reasons hold as their first version, and which verdicts say no version or other words than theirs."""
    from transfers.models import FieldVerdict, ReturnReason
    from transfers.review.reasons.queries import in_force

    verdicts = FieldVerdict.objects.exclude(reason=None).select_related("reason", "version")
    return {
        "reasons": ReturnReason.objects.count(),
        "first versions": sum(row.number == 1 for row in in_force().values()),
        "told": len(verdicts),
        "told otherwise": [
            str(row) for row in verdicts if not row.version or row.told["zh"]["text"] != row.version.text("zh")
        ],
    }


def orders(chosen=None) -> list[dict]:
    """Of each order, or of each that is chosen: kind, state, how its pages answer, and its state after one move."""
    from django.test import Client, override_settings
    from django.urls import reverse

    from icpportal.accounts.models import User
    from transfers.models import Order

    people = SimpleNamespace(**{name: User.objects.get(email=f"{name}@example.com") for name in ("reviewer", "lead")})
    results = []
    ministry = "icpportal.gateways.miit.fake.FakeAuthority"
    with override_settings(ALLOWED_HOSTS=["testserver"], AUTHORITY_GATEWAY=ministry, RULE_PROFILE="seed-2018"):
        for order in Order.objects.select_related("owner") if chosen is None else chosen:
            pages = (
                (order.owner, reverse("order", args=[order.reference])),
                (people.lead, reverse("admin:transfers_order_case", args=[order.pk])),
            )
            opens = []
            for reader, address in pages:
                client = Client()
                client.force_login(reader)
                opens.append(client.get(address).status_code)
            before = order.state
            move_on(order, SimpleNamespace(owner=order.owner, **vars(people)))
            results.append({"kind": order.kind, "state": before, "opens": opens, "after": order.state})
    return results


def move_on(order, people) -> None:
    """The move that somebody would make next, where there is one."""
    from icpportal.lifecycle.table import MoveNotAllowed
    from tests.walk.orders import make_move

    for name in NEXT.get((order.kind, order.state), NEXT.get(order.state, ())):
        try:
            make_move(order, name, people)
        except MoveNotAllowed:
            continue
        return


NEXT = {
    "draft": ("submit", "abandon"),
    "submitted": ("accept",),
    "returned": ("abandon",),
    "photo_due": ("send_photo",),
    "photo_review": ("accept_photo",),
    "handing_over": ("reported",),
    "phone_due": ("phones_done",),
    "authority_review": ("grant",),
    "authority_returned": ("mend",),
    "lapsed": ("resubmit",),
    "cooling_off": ("stop",),
    ("cancellation", "draft"): ("abandon",),
}

if __name__ == "__main__":
    main()
