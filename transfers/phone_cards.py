"""One card a person of the phone verification: whose phone, which number is on file, what is known of it."""

from django.utils.translation import gettext_lazy as _

from icpportal.privacy.masks import mask_mobile, mask_name
from transfers import queries
from transfers.models import Order
from transfers.people import ADMINISTRATOR, BOTH, SUBJECT_LEAD
from transfers.texted_mobiles import person_of

ROLES = {
    SUBJECT_LEAD: _("Subject lead"),
    ADMINISTRATOR: _("Website administrator"),
    BOTH: _("Subject lead and website administrator"),
}
WRONG_ALLOWED = 5


def cards(order: Order) -> list[dict[str, object]]:
    """One card a person: `mobile` is the number on file, "" when nobody told us; `differs` from the one typed."""
    found = []
    for check in queries.phone_checks(order):
        person = person_of(order, check.role)
        typed = mask_mobile(person.mobile)
        found.append(
            {
                "check": check,
                "role": ROLES[check.role],
                "name": mask_name(person.name),
                "mobile": check.mobile_masked,
                "typed": typed,
                "differs": bool(check.mobile_masked) and check.mobile_masked != typed,
                "left": max(WRONG_ALLOWED - check.wrong, 0),
            }
        )
    return found
