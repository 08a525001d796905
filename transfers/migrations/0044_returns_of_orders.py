"""How often an order was returned stands in a column of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transfers', '0043_orders_by_deadline'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='returns',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
