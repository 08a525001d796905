"""The newest requests, for the record of whoever oversees the desk."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('approvals', '0001_approval_requests'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='approvalrequest',
            index=models.Index(fields=['-asked_at'], name='requests_newest'),
        ),
    ]
