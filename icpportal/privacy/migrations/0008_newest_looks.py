"""Looks by their latest moment, for the log of the auditor."""

import django.db.models.functions.comparison
from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('privacy', '0007_legal_holds'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='accessnote',
            index=models.Index(models.OrderBy(django.db.models.functions.comparison.Coalesce('last_at', 'at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='looks_newest'),
        ),
    ]
