from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('workdays', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='workcalendarday',
            options={'ordering': ['-date'], 'verbose_name': 'calendar day', 'verbose_name_plural': 'calendar days'},
        ),
    ]
