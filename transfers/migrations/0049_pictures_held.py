"""A replaced picture names the one in its place, and returns if that cannot be read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0048_lists_keep_their_orders"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderdocument",
            name="successor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="transfers.orderdocument",
            ),
        ),
    ]
