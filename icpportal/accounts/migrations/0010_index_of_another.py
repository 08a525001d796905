"""Requests of an account are found by the index that also orders them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from icpportal.database.indexes import LeaveIndexToAnother


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0009_plain_names"),
    ]

    operations = [
        LeaveIndexToAnother(
            model_name="pending",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
