"""The list of designated places, and which holder chose which."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('verification', '0005_backdrops'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PhotoPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=6, validators=[django.core.validators.RegexValidator('^\\d{6}$')], verbose_name='City')),
                ('name_zh', models.CharField(max_length=30, verbose_name='Name in Chinese')),
                ('name_en', models.CharField(max_length=60, verbose_name='Name in English')),
                ('address_zh', models.CharField(max_length=60, verbose_name='Address in Chinese')),
                ('address_en', models.CharField(max_length=100, verbose_name='Address in English')),
                ('hours_zh', models.CharField(max_length=40, verbose_name='Opening hours in Chinese')),
                ('hours_en', models.CharField(max_length=60, verbose_name='Opening hours in English')),
                ('phone', models.CharField(max_length=20, verbose_name='Phone')),
                ('active', models.BooleanField(default=True, verbose_name='Open')),
            ],
            options={
                'verbose_name': 'designated place',
                'verbose_name_plural': 'designated places',
                'ordering': ['region', 'name_zh'],
            },
        ),
        migrations.CreateModel(
            name='PlaceChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.CharField(max_length=120, unique=True, verbose_name='holder')),
                ('words', models.JSONField(default=dict)),
                ('chosen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='verification.photoplace')),
            ],
            options={
                'verbose_name': 'choice of a place',
                'verbose_name_plural': 'choices of places',
            },
        ),
    ]
