"""Parts that a round names have a place, and are found by the index that keeps them unique."""

import django.db.models.deletion
from django.db import migrations, models

from icpportal.database.indexes import LeaveIndexToAnother


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("transfers", "0051_index_of_another"),
    ]

    operations = [
        migrations.AddField(
            model_name="fieldverdict",
            name="place",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterModelOptions(name="fieldverdict", options={"ordering": ["place", "field"]}),
        LeaveIndexToAnother(
            model_name="fieldverdict",
            name="round",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verdicts",
                to="transfers.reviewround",
            ),
        ),
    ]
