"""A line that was stopped before sending and fetching stopped separately stays stopped both ways."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def keep(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    stopped = apps.get_model("miit", "Line").objects.filter(sending_stopped_at__isnull=False)
    stopped.update(
        fetching_stopped_at=F("sending_stopped_at"), fetching_stopped_because=F("sending_stopped_because")
    )


class Migration(migrations.Migration):
    dependencies = [("miit", "0002_stops_by_way")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
