"""That an approval is missing is also told of an order that says it needs none: a further version of the reason.

Where leads have written a version of their own, it stays as it is: what the reason fits is theirs to say.
"""

from django.db import migrations
from django.utils import timezone

KEY, PART = "approval_missing", "website.needs_approval"


def widen(apps, schema_editor):
    Reason, Version = apps.get_model("transfers", "ReturnReason"), apps.get_model("transfers", "ReasonVersion")
    reason = Reason.objects.filter(key=KEY, active=True).first()
    first = Version.objects.filter(reason=reason).first() if reason else None
    if first is None or first.number > 1 or first.ends_at or not first.fields or PART in first.fields.split():
        return
    fields = f"{PART} {first.fields}"
    copied = ("text_zh", "text_en", "todo_zh", "todo_en", "short_zh", "short_en", "provinces", "code")
    words = {name: getattr(first, name) for name in copied}
    now = timezone.now()
    Version.objects.create(reason=reason, number=2, fields=fields, published_at=now, begins_at=now, **words)
    Reason.objects.filter(pk=reason.pk).update(fields=fields)


class Migration(migrations.Migration):
    dependencies = [("transfers", "0046_narrowed_queues_from_indexes")]

    operations = [migrations.RunPython(widen, migrations.RunPython.noop, elidable=True)]
