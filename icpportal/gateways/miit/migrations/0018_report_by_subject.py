"""A cancellation that is named by its subject is found in an index."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('miit', '0017_subject_of_an_access'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='report',
            index=models.Index(
                condition=models.Q(('subject_id__isnull', False)), fields=['subject_id'], name='report_by_subject'
            ),
        ),
    ]
