"""Whom we may ring about an order: the people in it, by role, with the number that stands there now."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_mobile, mask_name
from transfers.models import Call, Order
from transfers.orders.people import ADMINISTRATOR, BOTH, ROLES, SUBJECT_LEAD, by_role, is_same_person

OBJECTOR = "objector"  # somebody who objects to the order, and is none of its people
# the part that opens for the applicant when nobody is reached there
PART_OF = {SUBJECT_LEAD: "subject.lead_phone1", ADMINISTRATOR: "administrator.admin_phone1"}


@dataclass(frozen=True, slots=True)
class Called:
    """Who is rung."""

    role: str
    label: Words
    name: str
    mobile: str

    @property
    def masked_name(self) -> str:
        """As lists show it."""
        return mask_name(self.name)

    @property
    def masked_mobile(self) -> str:
        """As every page shows it until it is asked for."""
        return mask_mobile(self.mobile)


def people_of(order: Order) -> list[Called]:
    """Everybody who can be rung about this order; one who answers for both stands there once."""
    people = by_role(order)
    if is_same_person(order):
        lead = people[SUBJECT_LEAD]
        return [Called(SUBJECT_LEAD, ROLES[BOTH], lead.name, lead.mobile)]
    return [Called(role, ROLES[role], person.name, person.mobile) for role, person in people.items()]


def called_of(call: Call) -> Called:
    """The person of a call; who answers for both answers for either."""
    if call.objection is not None:
        return Called(OBJECTOR, _("Who objects"), "", call.objection.owner.mobile)
    found = people_of(call.order)
    return next((each for each in found if each.role == call.role), found[0])
