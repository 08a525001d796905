"""The list of parked answers is read from an index."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('transfers', '0041_parts_of_domains'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='parkedanswer',
            index=models.Index(fields=['closed_at', '-at', '-id'], name='parked_answers_listed'),
        ),
    ]
