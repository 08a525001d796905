"""Every reason of the catalogue as it stands becomes its version 1, in force from the beginning."""

from django.db import migrations

from transfers.review.catalogue import first_version


def begin(apps, schema_editor):
    Reason, Version = apps.get_model("transfers", "ReturnReason"), apps.get_model("transfers", "ReasonVersion")
    Verdict = apps.get_model("transfers", "FieldVerdict")
    for reason in Reason.objects.all():
        first = first_version(Version, reason)
        Verdict.objects.filter(reason=reason, version=None).update(version=first)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0033_reason_versions")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop, elidable=True)]
