"""The groups of the roles; what each may do is written by `manage.py ensure_roles`, once permissions exist."""

from django.db import migrations

NAMES = ("applicant", "reviewer", "lead reviewer", "auditor", "operations")


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in NAMES:
        group.objects.using(schema_editor.connection.alias).get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
