"""A claim keeps which old account was accepted with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('filings', '0002_old_platform'),
    ]

    operations = [
        migrations.AddField(
            model_name='legacyclaim',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='filings.legacyaccount'),
        ),
    ]
