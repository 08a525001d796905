"""The mobiles that must pass the phone test before submitting: those the ministry will text (短信核验)."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Action
from icpportal.privacy.masks import mask_mobile, mask_name
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.people import ADMINISTRATOR, BOTH, ROLES, SUBJECT_LEAD, Person, by_role
from transfers.proofs import freshness
from transfers.steps import consent
from verification.models import PhoneProof
from verification.phones import proofs


@dataclass(frozen=True)
class Proof:
    """One mobile of the order, and whether it has passed."""

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

    @property
    def test(self) -> Action:
        """The address of its test: one press sends the code, and its page takes it."""
        if self.is_asked:
            return Action(_("Enter the code"), self.url, about=self.masked)
        return Action(_("Test this phone"), self.url, post=True, name="send", value="1", about=self.masked)


def required_tests(order: Order, *, agreed: bool | None = None) -> list[Proof]:
    """The tests that this order needs: one if lead and administrator share a mobile, none where nobody is texted.

    `agreed` is whether the administrator has agreed by a texted link, if the caller knows; that proves the phone, too.
    """
    roles = queries.phone_roles(order)
    if not roles:
        return []
    people = by_role(order)
    known = proofs.proofs(order.reference)
    tested = {role: people[SUBJECT_LEAD if role == BOTH else role] for role in roles}
    return [_proof(order, role, person, known.get(role), agreed=agreed) for role, person in tested.items()]


def _proof(order: Order, role: str, person: Person, row: PhoneProof | None, *, agreed: bool | None) -> Proof:
    proof = row if row is not None and row.mobile_index == proofs.mobile_index(person.mobile) else None
    return Proof(
        role=role,
        label=ROLES[role],
        name=mask_name(person.name),
        mobile=person.mobile,
        is_proved=(proof is not None and proof.is_proved)
        or _is_of_account(order, person.mobile)
        or (role == ADMINISTRATOR and (consent.has_agreed(order) if agreed is None else agreed)),
        is_asked=proof is not None,
        url=reverse("prove-phone", args=[order.reference, role]),
    )


def _is_of_account(order: Order, mobile: str) -> bool:
    """Whether the account's owner recently entered a code sent to this number."""
    owner = order.owner
    confirmed = owner.mobile_confirmed_at
    return bool(mobile) and mobile == owner.mobile and confirmed is not None and freshness.is_fresh(order, confirmed)


def missing(order: Order, *, agreed: bool | None = None) -> list[Proof]:
    """The typed mobiles that have not passed yet; `agreed` as above."""
    return [proof for proof in required_tests(order, agreed=agreed) if proof.mobile and not proof.is_proved]


def find(order: Order, role: str) -> Proof | None:
    return next((proof for proof in required_tests(order) if proof.role == role and proof.mobile), None)
