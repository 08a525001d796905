"""Accounts that are there keep their codes under the address they have today; can run twice."""

from typing import Any

from django.db import migrations
from django.db.models import F


def name_them(apps: Any, _schema: Any) -> None:
    apps.get_model("accounts", "User").objects.filter(customer_name="").update(customer_name=F("email"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_customer_names")]

    operations = [migrations.RunPython(name_them, migrations.RunPython.noop)]
