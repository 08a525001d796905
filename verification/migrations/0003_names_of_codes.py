"""Gives every code that is there a name for addresses; safe to run twice."""

from typing import Any

from django.db import migrations

from verification.models.service_codes import unguessable


def name_codes(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
    codes = apps.get_model("verification", "ServiceCode").objects
    for pk in codes.filter(reference=None).values_list("pk", flat=True):
        codes.filter(pk=pk, reference=None).update(reference=unguessable())


class Migration(migrations.Migration):
    dependencies = [("verification", "0002_handing_codes_over")]

    operations = [migrations.RunPython(name_codes, migrations.RunPython.noop)]
