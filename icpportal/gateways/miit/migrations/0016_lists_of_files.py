"""The lists of files sent and received are read from indexes."""

from django.db import migrations, models

from icpportal.database.indexes import AddIndexWhileWriting


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('miit', '0015_kept_answers'),
    ]

    operations = [
        AddIndexWhileWriting(
            model_name='inboxfile',
            index=models.Index(fields=['-received_at', '-id'], name='downloads_listed'),
        ),
        AddIndexWhileWriting(
            model_name='inboxfile',
            index=models.Index(fields=['name'], name='download_by_name'),
        ),
        AddIndexWhileWriting(
            model_name='uploadfile',
            index=models.Index(fields=['-sequence', '-id'], name='uploads_listed'),
        ),
    ]
