from django.db import migrations, models


def keep_words(apps, schema_editor):
    """Returns from before keep the words of today's catalogue: the nearest to what was told that is left."""
    Reason, Verdict = apps.get_model("transfers", "ReturnReason"), apps.get_model("transfers", "FieldVerdict")
    for reason in Reason.objects.all():
        told = {
            "zh": {"text": reason.text_zh, "short": reason.short_zh},
            "en": {"text": reason.text_en, "short": reason.short_en},
        }
        Verdict.objects.filter(reason=reason).update(told=told)


class Migration(migrations.Migration):

    dependencies = [
        ("transfers", "0021_footer_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="fieldverdict",
            name="told",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.RunPython(keep_words, migrations.RunPython.noop, elidable=True),
    ]
