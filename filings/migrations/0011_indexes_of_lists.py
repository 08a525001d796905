"""Lists of the register are read newest first, and by what is typed, from indexes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('filings', '0010_words_of_events'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='website',
            name='owner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='websites', to=settings.AUTH_USER_MODEL),
        ),
        AddIndexWhileWriting(
            model_name='access',
            index=models.Index(fields=['-since', '-id'], name='access_newest'),
        ),
        AddIndexWhileWriting(
            model_name='access',
            index=models.Index(fields=['instance'], name='access_instance'),
        ),
        AddIndexWhileWriting(
            model_name='legacyrecord',
            index=models.Index(fields=['-created_at', '-id'], name='record_newest'),
        ),
        AddIndexWhileWriting(
            model_name='legacyrecord',
            index=models.Index(fields=['subject_number'], name='record_subject_number'),
        ),
        AddIndexWhileWriting(
            model_name='subject',
            index=models.Index(fields=['-created_at', '-id'], name='subject_newest'),
        ),
        AddIndexWhileWriting(
            model_name='website',
            index=models.Index(fields=['-since', '-id'], name='website_newest'),
        ),
        AddIndexWhileWriting(
            model_name='website',
            index=models.Index(fields=['domain'], name='website_domain'),
        ),
    ]
