"""Parts that a round names are found by the index that keeps them unique.

Apart from the column of their place: outside a transaction, only what can be run again may be beside another operation.
"""

import django.db.models.deletion
from django.db import migrations, models

from icpportal.database.indexes import LeaveIndexToAnother


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("transfers", "0053_places_of_older_parts"),
    ]

    operations = [
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
