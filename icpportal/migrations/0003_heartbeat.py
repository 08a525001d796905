from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("icpportal", "0002_codes_of_accounts")]

    operations = [migrations.RenameModel("Pulse", "Heartbeat")]
