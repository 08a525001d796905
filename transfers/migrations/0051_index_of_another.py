"""Rows of an order or a reason are found by the indexes that order them or keep them unique."""

import django.db.models.deletion
from django.db import migrations, models

from icpportal.database.indexes import LeaveIndexToAnother


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("transfers", "0050_log_of_undone"),
    ]

    operations = [
        LeaveIndexToAnother(
            model_name="orderevent",
            name="order",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="transfers.order"
            ),
        ),
        LeaveIndexToAnother(
            model_name="phonecheck",
            name="order",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="phone_checks",
                to="transfers.order",
            ),
        ),
        LeaveIndexToAnother(
            model_name="reasonversion",
            name="reason",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="transfers.returnreason",
            ),
        ),
        LeaveIndexToAnother(
            model_name="reviewdraft",
            name="order",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="transfers.order"
            ),
        ),
    ]
