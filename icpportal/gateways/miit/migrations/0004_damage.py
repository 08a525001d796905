"""Since when a download comes damaged, and whether operations have given it up."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("miit", "0003_stops_kept")]

    operations = [
        migrations.AddField(
            "inboxfile",
            "damaged_at",
            models.DateTimeField(blank=True, null=True, verbose_name="Damaged since"),
        ),
        migrations.AddField("inboxfile", "given_up", models.BooleanField(default=False, editable=False)),
        migrations.AddIndex(
            "inboxfile",
            models.Index(condition=Q(damaged_at__isnull=False), fields=["name"], name="download_damaged"),
        ),
    ]
