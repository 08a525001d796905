"""Older rounds read in the order of the form, as far as its fields are known; the order of writing is not stored."""

from django.db import migrations
from django.db.models import Case, Max, Min, PositiveSmallIntegerField, Value, When

PERSON = ("name", "id_type", "id_number", "id_until", "phone1", "phone2", "emergency", "email")
PAGES = {
    "subject": (
        *("id_address", "post_same", "post_region", "post_address", "no_door_number", "investor", "is_legal_rep"),
        *(f"lead_{name}" for name in PERSON),
        "remark",
    ),
    "website": (
        *("site_name", "home_url", "domain_holder", "content", "service_kind", "languages"),
        *("needs_approval", "approval_types", "approval_number", "site_remark"),
    ),
    "administrator": ("same_person", *(f"admin_{name}" for name in PERSON), "admin_told"),
    "paper": (
        *("lead_id", "admin_id", "subject_id", "statement", "letter", "consent_letter", "domain_cert"),
        *("holding_photo", "approval_paper", "residence", "commitment", "registrant_proof", "other"),
    ),
    "photo": ("person", "backdrop", "words", "ground", "clothes", "face", "light", "retouched"),
}
ROUNDS = 1000
PARTS = (*(f"{page}.{name}" for page, names in PAGES.items() for name in names), "photo")


def place(apps, schema_editor):
    """A thousand rounds at a time, so that no row is locked for long; an interrupted run goes on with the rest."""
    order = Case(
        *(When(field=part, then=Value(at)) for at, part in enumerate(PARTS, 1)),
        default=Value(len(PARTS) + 1),
        output_field=PositiveSmallIntegerField(),
    )
    without = apps.get_model("transfers", "FieldVerdict").objects.filter(place=0)
    ends = without.aggregate(first=Min("round_id"), last=Max("round_id"))
    if ends["last"] is None:
        return
    for first in range(ends["first"], ends["last"] + 1, ROUNDS):
        without.filter(round_id__gte=first, round_id__lt=first + ROUNDS).update(place=order)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("transfers", "0052_parts_in_their_order"),
    ]

    operations = [migrations.RunPython(place, migrations.RunPython.noop, elidable=True)]
