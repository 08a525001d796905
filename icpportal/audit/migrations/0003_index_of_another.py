"""Entries of a person are found by the index that also orders them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from icpportal.database.indexes import LeaveIndexToAnother


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("audit", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LeaveIndexToAnother(
            model_name="auditentry",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Who",
            ),
        ),
    ]
