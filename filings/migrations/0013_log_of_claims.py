"""The auditor's log reads decisions about claims, newest first."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("filings", "0012_index_of_another"),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name="legacyclaimevent",
            index=models.Index(
                condition=models.Q(("actor__isnull", False), ("by", "reviewer")), fields=["-at"], name="claim_judged"
            ),
        ),
    ]
