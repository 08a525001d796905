"""A complete order, its papers, consents and pictures, for tests of the pages after step 4."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.transfers.builders import make_order, make_ready_document, picture
from transfers.documents import actions as paper_actions
from transfers.documents import slots, validity
from transfers.models import Order, OrderDocument
from transfers.orders.people import administrator, is_same_person
from transfers.photo import actions as photo_actions
from transfers.steps.phone_tests import required_tests
from verification import consents
from verification.models import ConsentRequest, PhoneProof
from verification.phones.proofs import mobile_index


def photo_file(name: str = "photo.jpg", **changes: Any) -> SimpleUploadedFile:
    """A picture as sent by a browser."""
    return SimpleUploadedFile(name, picture(**changes), content_type="image/jpeg")


def broken_file() -> SimpleUploadedFile:
    """A picture that was cut short on its way: it has a head, but cannot be opened."""
    return SimpleUploadedFile("photo.jpg", picture()[:-2000], content_type="image/jpeg")


def overtaken_by_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another photo arrives, as by phone, at the moment the next one is sent."""
    real = photo_actions.seal_value

    def sealed(order: Order, column: str) -> Any:
        monkeypatch.setattr(photo_actions, "seal_value", real)
        paper_actions.remove(Order.objects.get(pk=order.pk), slot=slots.PHOTO)
        make_ready_document(order, slots.PHOTO)
        return real(order, column)

    monkeypatch.setattr(photo_actions, "seal_value", sealed)


def fill_papers(order: Order) -> None:
    """Every paper ready and agreed to, for the current answers."""
    for slot in slots.needed_slots(order):
        for side in range(1, slot.needed + 1):
            make_ready_document(order, slot.key, side=side)
        OrderDocument.objects.filter(order=order, slot=slot.key).update(mark=validity.mark_of(order, slot.key))
        agree(order, slot.key)


def agree(order: Order, slot: str) -> None:
    """The person on the slot's paper has ticked the box."""
    person = validity.person_of(order, slot)
    if person is not None:
        consents.give(holder=order.reference, person_key=person.key)


def agree_by_link(order: Order) -> None:
    """The website administrator, if another person, has agreed on the phone."""
    person = administrator(order)
    if is_same_person(order):
        return
    ConsentRequest.objects.update_or_create(
        holder=order.reference,
        defaults={
            "person_key": person.key,
            "mobile": person.mobile,
            "mobile_index": mobile_index(person.mobile),
            "digest": f"digest of {order.reference}",
            "asked_at": order.created_at,
            "expires_at": order.created_at,
            "answer": ConsentRequest.AGREED,
            "answered_at": order.created_at,
        },
    )


def prove_phones(order: Order) -> None:
    """Every mobile that the ministry will text is tested, and so is the administrator's who must consent."""
    needed = required_tests(order)
    agree_by_link(order)
    for proof in needed:
        PhoneProof.objects.create(
            holder=order.reference,
            person_key=proof.role,
            mobile=proof.mobile,
            mobile_index=mobile_index(proof.mobile),
            asked_at=order.created_at,
            proved_at=order.created_at,
        )


def make_complete(**columns: Any) -> Order:
    """A draft that lacks nothing."""
    order = make_order(**columns)
    fill_papers(order)
    prove_phones(order)
    return order
