"""Which mobiles must be proved alive before submit: those the ministry will text (短信核验), as typed on the order."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from icpportal.privacy.masks import mask_mobile, mask_name
from transfers import queries
from transfers.people import BOTH, SUBJECT_LEAD, by_role
from transfers.phone_cards import ROLES
from verification import phone_proofs


@dataclass(frozen=True)
class Proof:
    """One mobile of the order, and whether it was proved."""

    role: str
    label: str | Promise
    name: str
    mobile: str
    is_proved: bool
    is_asked: bool
    url: str

    @property
    def masked(self) -> str:
        return mask_mobile(self.mobile)


def asked(order: Any) -> list[Proof]:
    """The proofs this order needs; one where lead and administrator share a mobile; none where nobody asks."""
    roles = queries.phone_roles(order)
    if not roles:
        return []
    people = by_role(order)
    known = phone_proofs.proofs(order.reference)
    return [_proof(order, role, people[SUBJECT_LEAD if role == BOTH else role], known.get(role)) for role in roles]


def _proof(order: Any, role: str, person: Any, row: Any) -> Proof:
    same = row is not None and row.mobile_index == phone_proofs.mobile_index(person.mobile)
    return Proof(
        role=role,
        label=ROLES[role],
        name=mask_name(person.name),
        mobile=person.mobile,
        is_proved=same and row.is_proved,
        is_asked=same,
        url=reverse("prove-phone", args=[order.reference, role]),
    )


def missing(order: Any) -> list[Proof]:
    """The mobiles that are typed and not proved yet."""
    return [proof for proof in asked(order) if proof.mobile and not proof.is_proved]


def find(order: Any, role: str) -> Proof | None:
    return next((proof for proof in asked(order) if proof.role == role and proof.mobile), None)
