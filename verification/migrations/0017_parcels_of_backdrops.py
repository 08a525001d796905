"""A backdrop is found by the number of its parcel from an index."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('verification', '0016_words_of_events'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='backdrop',
            index=models.Index(fields=['tracking'], name='backdrops_by_parcel'),
        ),
    ]
