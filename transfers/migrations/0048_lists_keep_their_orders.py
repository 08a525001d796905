"""A list that somebody asks for keeps its orders, so that no others leave than were shown and allowed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0047_missing_approval"),
    ]

    operations = [
        migrations.AddField(
            model_name="listexport",
            name="keys",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
