"""Rows name the file that their text comes from; the files have new names."""

from django.db import migrations

NAMES = {
    "backdrop_came_back": "backdrop_returned",
    "draft_waits": "draft_reminder",
    "duty_waits": "duty_reminder",
    "handover_overtaken": "handover_failed",
    "handover_taken_back": "handover_withdrawn",
    "lapsed_waits": "lapsed_reminder",
    "order_handed_over": "order_submitted",
    "order_turned_down": "order_returned_by_authority",
    "photo_again": "photo_returned",
    "photo_waits": "photo_reminder",
    "photo_wanted": "photo_requested",
    "report_waits": "report_delayed",
    "returned_waits": "returned_reminder",
    "turned_down_waits": "authority_return_reminder",
    "we_are_clearing_this_up": "report_problem",
    "with_authority": "order_with_authority",
}


def rename(apps, schema_editor, names):
    messages = apps.get_model("outbox", "Message").objects.using(schema_editor.connection.alias)
    for old, new in names.items():
        messages.filter(template=old).update(template=new)


def forwards(apps, schema_editor):
    rename(apps, schema_editor, NAMES)


def backwards(apps, schema_editor):
    rename(apps, schema_editor, {new: old for old, new in NAMES.items()})


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_plain_words")]

    operations = [migrations.RunPython(forwards, backwards)]
