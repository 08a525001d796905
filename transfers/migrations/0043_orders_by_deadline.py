"""The queues that stand by deadlines are read from an index, the next page as the first."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transfers', '0042_list_of_parked_answers'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ('phone_due', 'authority_returned'))), fields=['state', 'due_at', 'id'], name='order_by_deadline'),
        ),
    ]
