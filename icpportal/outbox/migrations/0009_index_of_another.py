"""Muted messages of an account are found by the index that keeps them unique."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from icpportal.database.indexes import LeaveIndexToAnother


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("outbox", "0008_unread_from_an_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LeaveIndexToAnother(
            model_name="muted",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
