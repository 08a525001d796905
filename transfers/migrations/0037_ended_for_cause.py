from django.db import migrations, models


def ask_again(apps, schema_editor):
    """What waited for a second person before waits on, as a request like the others."""
    requests = apps.get_model("approvals", "ApprovalRequest").objects
    waiting = apps.get_model("transfers", "CauseCancellation").objects.filter(decision="", website__owner__isnull=False)
    for row in waiting.select_related("website"):
        requests.get_or_create(
            kind="ending",
            key=str(row.pk),
            outcome="",
            defaults={
                "reference": f"#{row.pk}",
                "owner_id": row.website.owner_id,
                "said": {"words": row.words},
                "asked_by_id": row.asked_by_id,
                "asked_at": row.asked_at,
            },
        )


class Migration(migrations.Migration):

    dependencies = [
        ("approvals", "0001_approval_requests"),
        ("transfers", "0036_objections"),
    ]

    operations = [
        migrations.AlterField(
            model_name="causecancellation",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Waiting for a second person"),
                    ("approved", "Approved"),
                    ("declined", "Declined"),
                    ("dropped", "Withdrawn"),
                    ("failed", "Could not be done"),
                ],
                max_length=10,
                verbose_name="Decision",
            ),
        ),
        migrations.RunPython(ask_again, migrations.RunPython.noop),
    ]
