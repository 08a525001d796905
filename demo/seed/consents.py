"""Answers of the people of invented orders on their phones: that they agree, and that texts arrive."""

from transfers.models import Order
from transfers.orders.people import administrator, is_same_person
from transfers.steps import phone_tests
from verification.models import ConsentRequest, PhoneProof
from verification.phones.consent_links import digest
from verification.phones.proofs import mobile_index


def answer_on_the_phone(order: Order) -> None:
    """The administrator agrees, if that is another person, and every mobile is tested."""
    needed = phone_tests.required_tests(order)
    _agree(order)
    for proof in needed:
        PhoneProof.objects.create(
            holder=order.reference,
            person_key=proof.role,
            mobile=proof.mobile,
            mobile_index=mobile_index(proof.mobile),
            asked_at=order.created_at,
            proved_at=order.created_at,
        )


def _agree(order: Order) -> None:
    person = administrator(order)
    if is_same_person(order):
        return
    ConsentRequest.objects.create(
        holder=order.reference,
        person_key=person.key,
        mobile=person.mobile,
        mobile_index=mobile_index(person.mobile),
        digest=digest(order.reference),
        asked_at=order.created_at,
        expires_at=order.created_at,
        answer=ConsentRequest.AGREED,
        answered_at=order.created_at,
    )
