"""Bodies of files may lie in the storage: where, and what is still to be moved or deleted there."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('miit', '0008_number_and_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='inboxfile',
            name='stored_name',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=100),
        ),
        migrations.AddField(
            model_name='uploadfile',
            name='stored_name',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=100),
        ),
        migrations.AddIndex(
            model_name='inboxfile',
            index=models.Index(condition=models.Q(('body__isnull', False)), fields=['id'], name='download_to_store'),
        ),
        migrations.AddIndex(
            model_name='inboxfile',
            index=models.Index(condition=models.Q(('stored_name', ''), _negated=True), fields=['stored_name'], name='download_stored'),
        ),
        migrations.AddIndex(
            model_name='inboxfile',
            index=models.Index(condition=models.Q(models.Q(('stored_name', ''), _negated=True), ('key', '')), fields=['id'], name='download_to_drop'),
        ),
        migrations.AddIndex(
            model_name='uploadfile',
            index=models.Index(condition=models.Q(('body__isnull', False), ('accepted_at__isnull', False)), fields=['id'], name='upload_to_store'),
        ),
        migrations.AddIndex(
            model_name='uploadfile',
            index=models.Index(condition=models.Q(('stored_name', ''), _negated=True), fields=['stored_name'], name='upload_stored'),
        ),
        migrations.AddIndex(
            model_name='uploadfile',
            index=models.Index(condition=models.Q(models.Q(('stored_name', ''), _negated=True), ('key', '')), fields=['id'], name='upload_to_drop'),
        ),
    ]
