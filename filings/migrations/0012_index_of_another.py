"""Claims, imports and people are found by the indexes that keep them unique."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from icpportal.database.indexes import LeaveIndexToAnother


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("filings", "0011_indexes_of_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LeaveIndexToAnother(
            model_name="legacyclaim",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legacy_claims",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Account",
            ),
        ),
        LeaveIndexToAnother(
            model_name="legacyimport",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legacy_imports",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        LeaveIndexToAnother(
            model_name="legacyimportitem",
            name="legacy_import",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="filings.legacyimport",
            ),
        ),
        LeaveIndexToAnother(
            model_name="person",
            name="subject",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="people", to="filings.subject"
            ),
        ),
    ]
