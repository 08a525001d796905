"""No code is without a name for addresses, and no two have the same."""

from django.db import migrations, models

import verification.models.service_codes


class Migration(migrations.Migration):
    dependencies = [("verification", "0003_names_of_codes")]

    operations = [
        migrations.AlterField(
            model_name="servicecode",
            name="reference",
            field=models.CharField(
                default=verification.models.service_codes.unguessable, editable=False, max_length=32, unique=True
            ),
        ),
    ]
