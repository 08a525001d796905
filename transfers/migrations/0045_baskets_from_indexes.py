"""The column `returns` is filled, and the baskets are counted from indexes alone.

New indexes are made before the old ones go. Broken off, it can be run once more.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from icpportal.database.indexes import AddIndexWhileWriting, RemoveIndexWhileWriting

RETURN = "send_back"
AT_ONCE = 1_000  # orders of one statement: nobody who writes one waits for long


def keep_returns(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Writes what the rounds of each order say, the same however often it runs."""
    orders, rounds = apps.get_model("transfers", "Order"), apps.get_model("transfers", "ReviewRound")
    of_each = rounds.objects.filter(decision=RETURN, order=models.OuterRef("pk")).order_by().values("order")
    times = models.Subquery(of_each.annotate(n=models.Count("pk")).values("n"))
    last = None
    while found := list(_next(rounds, last)[:AT_ONCE]):
        orders.objects.filter(pk__in=found).update(returns=times)
        last = found[-1]


def _next(rounds: type[models.Model], last: object) -> "models.QuerySet[models.Model, object]":
    returned = rounds.objects.filter(decision=RETURN)
    behind = returned.filter(order__gt=last) if last else returned
    return behind.order_by("order").values_list("order", flat=True).distinct()


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('filings', '0011_indexes_of_lists'),
        ('transfers', '0044_returns_of_orders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(keep_returns, migrations.RunPython.noop),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('submitted', 'photo_review'))), fields=['entered_at', 'id', 'state', 'province', 'kind', 'nature', 'findings', 'returns', 'claimed_until', 'reviewer', 'reference'], name='order_judged'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('draft', 'submitted', 'returned', 'photo_due', 'photo_review', 'handing_over', 'phone_due', 'authority_review', 'lapsed', 'authority_returned', 'cooling_off'))), fields=['state', 'province', 'kind', 'nature', 'findings', 'returns', 'entered_at', 'held', 'claimed_until'], name='order_on_its_way'),
        ),
        RemoveIndexWhileWriting(
            model_name='order',
            name='order_to_judge',
        ),
        RemoveIndexWhileWriting(
            model_name='order',
            name='order_under_way',
        ),
        RemoveIndexWhileWriting(
            model_name='reviewround',
            name='rounds_that_returned',
        ),
    ]
