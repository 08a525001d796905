"""The catalogue of reasons that the portal ships with."""

from django.db import migrations

from transfers.review.catalogue import seed


def fill(apps, schema_editor):
    seed(apps.get_model("transfers", "ReturnReason"))


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
