"""What nobody has read is counted from an index alone; what told of an event is found by its time.

New indexes are made before the old ones go. Broken off, it can be run once more.
"""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting, RemoveIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('outbox', '0007_receipts'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='message',
            index=models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user', 'channel', 'state', 'next_at'], name='outbox_not_read'),
        ),
        RemoveIndexWhileWriting(
            model_name='message',
            name='outbox_unread',
        ),
        RemoveIndexWhileWriting(
            model_name='message',
            name='outbox_event',
        ),
    ]
