"""Open duties are found among those alone, and what a queue is narrowed by stands in the index that it is read from.

New indexes are made before the old ones go. Broken off, it can be run once more.
"""

import django.db.models.deletion
from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting, RemoveIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transfers', '0045_baskets_from_indexes'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='duty',
            index=models.Index(condition=models.Q(('done_at__isnull', True)), fields=['order'], name='duty_open'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('draft', 'submitted', 'returned', 'photo_due', 'photo_review', 'handing_over', 'phone_due', 'authority_review', 'lapsed', 'authority_returned', 'cooling_off'))), fields=['state', 'province', 'entered_at', 'id', 'kind', 'nature', 'findings', 'returns', 'held', 'claimed_until'], name='order_on_the_way'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('phone_due', 'authority_returned'))), fields=['state', 'due_at', 'id', 'province', 'kind', 'nature', 'findings', 'returns'], name='order_dated'),
        ),
        AddIndexWhileWriting(
            model_name='objection',
            index=models.Index(fields=['closed_at', 'created_at', '-id'], name='objections_listed'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('submitted', 'photo_review'))), fields=['subject_key', 'id'], name='order_judged_subject'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('submitted', 'photo_review'))), fields=['domain', 'id'], name='order_judged_domain'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('submitted', 'photo_review'))), fields=['reference', 'province'], name='order_judged_reference'),
        ),
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('submitted', 'photo_review'))), fields=['id', 'province'], name='order_judged_key'),
        ),
        migrations.AlterField(
            model_name='duty',
            name='order',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='transfers.order'),
        ),
        RemoveIndexWhileWriting(
            model_name='order',
            name='order_on_its_way',
        ),
        RemoveIndexWhileWriting(
            model_name='order',
            name='order_by_deadline',
        ),
        RemoveIndexWhileWriting(
            model_name='order',
            name='order_subject_to_judge',
        ),
    ]
