"""The auditor's log reads decisions that were undone and orders handed on, newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0049_pictures_held"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="colleaguenote",
            index=models.Index(condition=models.Q(("kind", "handed_on")), fields=["-at"], name="note_handed_on"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("outcome", "taken_back")), fields=["-ended_at"], name="decision_undone"
            ),
        ),
    ]
