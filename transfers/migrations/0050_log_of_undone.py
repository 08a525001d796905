"""The auditor's log reads decisions that were undone and orders handed on, newest first."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("transfers", "0049_pictures_held"),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name="colleaguenote",
            index=models.Index(condition=models.Q(("kind", "handed_on")), fields=["-at"], name="note_handed_on"),
        ),
        AddIndexWhileWriting(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("outcome", "taken_back")), fields=["-ended_at"], name="decision_undone"
            ),
        ),
    ]
