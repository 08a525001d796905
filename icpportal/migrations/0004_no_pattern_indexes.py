"""Each text column with an index had a second one, for searches by a beginning, which no query made."""

from django.db import migrations

from icpportal.database.indexes import drop_pattern_indexes


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("icpportal", "0003_heartbeat"),
    ]

    operations = [
        migrations.RunPython(drop_pattern_indexes, migrations.RunPython.noop),
    ]
