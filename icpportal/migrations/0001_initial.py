from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: list = []

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("well", models.BooleanField(default=True)),
                ("trouble", models.CharField(blank=True, max_length=100)),
            ],
        ),
    ]
