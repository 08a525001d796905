"""Whom we may call about an order: its people by role, with their present numbers in it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_mobile, mask_name
from transfers.models import Call, Order
from transfers.orders.people import ADMINISTRATOR, BOTH, ROLES, SUBJECT_LEAD, by_role, is_same_person

OBJECTOR = "objector"  # somebody who objects to the order and is not one of its people
# the part that is opened for changes when the person is not reached
PART_OF = {SUBJECT_LEAD: "subject.lead_phone1", ADMINISTRATOR: "administrator.admin_phone1"}


@dataclass(frozen=True, slots=True)
class PersonToCall:
    """A person to be called."""

    role: str
    label: Words
    name: str
    mobile: str

    @property
    def masked_name(self) -> str:
        """The name as lists show it."""
        return mask_name(self.name)

    @property
    def masked_mobile(self) -> str:
        """The number as pages show it until it is revealed."""
        return mask_mobile(self.mobile)


def people_of(order: Order) -> list[PersonToCall]:
    """Everybody who can be called about this order; one person with both roles appears once."""
    people = by_role(order)
    if is_same_person(order):
        lead = people[SUBJECT_LEAD]
        return [PersonToCall(SUBJECT_LEAD, ROLES[BOTH], lead.name, lead.mobile)]
    return [PersonToCall(role, ROLES[role], person.name, person.mobile) for role, person in people.items()]


def called_of(call: Call) -> PersonToCall:
    """The person of a call; a person with both roles stands for either."""
    if call.objection is not None:
        return PersonToCall(OBJECTOR, _("The person who objects"), "", call.objection.owner.mobile)
    found = people_of(call.order)
    return next((each for each in found if each.role == call.role), found[0])
