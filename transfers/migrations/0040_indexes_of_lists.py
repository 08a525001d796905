"""Lists of a million orders: counts and rare baskets read from indexes of their own, indexes that serve nothing dropped.

`owner` is the beginning of (owner, -created_at), `order` of a round that of its numbers; nothing looks for the beginning
of a reference. New indexes are made before the old ones go.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from icpportal.database.indexes import AddIndexWhileWriting, RemoveIndexWhileWriting, is_postgresql


def drop_beginnings_of_references(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Django makes an index for patterns beside each unique text."""
    if not is_postgresql(editor):
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'transfers_order'"
            " AND indexname LIKE 'transfers\\_order\\_reference\\_%%\\_like'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {editor.quote_name(name)}")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("transfers", "0039_words_of_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('kind__in', ('cancellation',)), ('state__in', ['draft', 'submitted', 'returned', 'photo_due', 'photo_review', 'handing_over', 'phone_due', 'authority_review', 'lapsed', 'authority_returned', 'cooling_off'])), fields=['entered_at', 'id'], name='order_cancelling'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('submitted', 'photo_review'))), fields=['subject_key'], name='order_subject_to_judge'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ['draft', 'submitted', 'returned', 'photo_due', 'photo_review', 'handing_over', 'phone_due', 'authority_review', 'lapsed', 'authority_returned', 'cooling_off'])), fields=['state', 'province', 'kind', 'nature'], name='order_under_way'),
        ),
        AddIndexWhileWriting(
            model_name='reviewround',
            index=models.Index(fields=['reviewer', 'decided_at'], name='rounds_of_reviewer'),
        ),
        AddIndexWhileWriting(
            model_name='reviewround',
            index=models.Index(condition=models.Q(('decision', 'send_back')), fields=['order'], name='rounds_that_returned'),
        ),
        RemoveIndexWhileWriting(
            model_name='order',
            name='order_cancellation',
        ),
        migrations.AlterField(
            model_name='order',
            name='owner',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='reviewround',
            name='order',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='transfers.order'),
        ),
        migrations.AlterField(
            model_name='reviewround',
            name='reviewer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(drop_beginnings_of_references, migrations.RunPython.noop),
    ]
