from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("miit", "0012_plain_words")]

    operations = [migrations.RenameModel("Line", "MinistryLine")]
