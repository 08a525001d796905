"""Staff, and the newest accounts, are found among many customers."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0007_invitation")]

    operations = [
        AddIndexWhileWriting("user", models.Index(fields=["-date_joined", "-id"], name="account_newest")),
        AddIndexWhileWriting(
            "user",
            models.Index(condition=models.Q(("is_staff", True)), fields=["name", "id"], name="account_of_staff"),
        ),
        AddIndexWhileWriting(
            "user",
            models.Index(condition=models.Q(("is_superuser", True)), fields=["id"], name="account_without_limits"),
        ),
    ]
