"""Downloads that were damaged before this was written down: since their first delivery, and healed where they are."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

CAME_WHOLE = "damaged on the way, came whole later"


def keep(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    downloads = apps.get_model("miit", "InboxFile").objects.filter(damaged_at=None)
    downloads.filter(state="stored").exclude(reason="").update(damaged_at=F("received_at"))
    downloads.filter(state="parked", reason=CAME_WHOLE).update(state="processed", damaged_at=F("received_at"))


class Migration(migrations.Migration):
    dependencies = [("miit", "0004_damage")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
