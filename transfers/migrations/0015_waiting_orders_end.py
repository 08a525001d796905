"""Orders that waited for ever get a date: a whole term from the upgrade, so that nobody is closed unwarned.

One order a minute, for a month at most, so that they do not all end in one sweep.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import migrations
from django.utils import timezone

WAIT = ("photo_due", "lapsed", "authority_returned")
SPREAD = 30 * 24 * 60  # minutes
AT_ONCE = 500


def give_dates(apps: Any, schema_editor: Any) -> None:
    orders = apps.get_model("transfers", "Order").objects
    waiting = orders.filter(state__in=WAIT, due_at=None).exclude(kind="cancellation").order_by("entered_at")
    keys = list(waiting.values_list("pk", flat=True))
    first = timezone.now() + settings.WAITS_KEPT
    for start in range(0, len(keys), AT_ONCE):
        dates = {pk: first + timedelta(minutes=n % SPREAD) for n, pk in enumerate(keys[start : start + AT_ONCE], start)}
        found = list(orders.filter(pk__in=dates).only("pk"))
        for order in found:
            order.due_at, order.reminded = dates[order.pk], 0
        orders.bulk_update(found, ["due_at", "reminded"])


class Migration(migrations.Migration):
    dependencies = [("transfers", "0014_bounded_sweep")]

    operations = [migrations.RunPython(give_dates, migrations.RunPython.noop)]
