"""A reason more for a photo: its ground is not plain white."""

from django.db import migrations

from transfers.review.catalogue import seed


def fill(apps, schema_editor):
    seed(apps.get_model("transfers", "ReturnReason"))


class Migration(migrations.Migration):
    dependencies = [("transfers", "0007_causes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
