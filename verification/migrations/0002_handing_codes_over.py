"""Who keeps a code, the hand-overs between accounts, and a name for addresses (filled in by the next one)."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import verification.models.service_codes

REFERENCE = models.CharField(
    default=verification.models.service_codes.unguessable, editable=False, max_length=32, unique=True
)


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("verification", "0002_hand_offs")]

    operations = [
        migrations.AddField(
            model_name="servicecode",
            name="kept_by",
            field=models.CharField(blank=True, db_index=True, default="", max_length=254),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="servicecode",
            name="reference",
            field=models.CharField(editable=False, max_length=32, null=True),
        ),
        migrations.AlterField(
            model_name="servicecode",
            name="state",
            field=models.CharField(
                choices=[
                    ("free", "Free"),
                    ("bound", "In an order"),
                    ("used", "Used"),
                    ("expired", "Expired"),
                    ("revoked", "Revoked"),
                    ("forfeited", "Given up with its order"),
                ],
                default="free",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="CodeHandover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", REFERENCE),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("offered", "Waiting for an answer"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("taken_back", "Taken back"),
                            ("overtaken", "No longer possible"),
                        ],
                        default="offered",
                        max_length=12,
                    ),
                ),
                ("offered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="verification.servicecode",
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over of a service code",
                "verbose_name_plural": "hand-overs of service codes",
                "ordering": ["-offered_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "offered")), fields=("code",), name="one_open_handover_per_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True), name="handover_between_two"
                    ),
                ],
            },
        ),
    ]
