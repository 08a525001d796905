from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0008_newest_looks'),
    ]

    operations = [
        migrations.CreateModel(
            name='FolderMark',
            fields=[
                ('place', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('mark', models.CharField(max_length=40)),
            ],
        ),
    ]
