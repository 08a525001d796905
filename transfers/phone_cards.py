"""One card a person of the phone verification: whose phone, what is known, whether another number is on file."""

from django.utils.translation import gettext_lazy as _

from icpportal.privacy.masks import mask_mobile, mask_name
from transfers import queries
from transfers.models import Order
from transfers.people import ADMINISTRATOR, BOTH, SUBJECT_LEAD, by_role

ROLES = {
    SUBJECT_LEAD: _("Subject lead"),
    ADMINISTRATOR: _("Website administrator"),
    BOTH: _("Subject lead and website administrator"),
}
WRONG_ALLOWED = 5


def cards(order: Order) -> list[dict[str, object]]:
    """One card a person: whose phone, what is known, and whether the number on file is another one than typed."""
    people = by_role(order)
    found = []
    for check in queries.phone_checks(order):
        person = people[SUBJECT_LEAD if check.role == BOTH else check.role]
        typed = mask_mobile(person.mobile)
        found.append(
            {
                "check": check,
                "role": ROLES[check.role],
                "name": mask_name(person.name),
                "mobile": check.mobile_masked or typed,
                "typed": typed,
                "differs": bool(check.mobile_masked) and check.mobile_masked != typed,
                "left": max(WRONG_ALLOWED - check.wrong, 0),
            }
        )
    return found
