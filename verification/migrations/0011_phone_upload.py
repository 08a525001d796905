from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("verification", "0010_plain_words")]

    operations = [migrations.RenameModel("HandOff", "PhoneUpload")]
