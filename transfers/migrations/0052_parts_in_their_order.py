"""Parts that a round names have a place."""

from django.db import migrations, models


class Migration(migrations.Migration):
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
    ]
