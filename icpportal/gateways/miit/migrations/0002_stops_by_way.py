"""Sending and fetching stop separately."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("miit", "0001_initial")]

    operations = [
        migrations.RenameField("line", "stopped_at", "sending_stopped_at"),
        migrations.RenameField("line", "stopped_because", "sending_stopped_because"),
        migrations.AlterField(
            "line",
            "sending_stopped_at",
            models.DateTimeField(blank=True, null=True, verbose_name="Sending stopped"),
        ),
        migrations.AddField(
            "line",
            "fetching_stopped_at",
            models.DateTimeField(blank=True, null=True, verbose_name="Fetching stopped"),
        ),
        migrations.AddField(
            "line",
            "fetching_stopped_because",
            models.CharField(blank=True, max_length=500, verbose_name="Because"),
        ),
    ]
