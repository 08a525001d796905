"""The mobiles that the ministry texts (短信核验), masked: those on its record, as far as it tells us.

A transfer changes nobody's number at the ministry, so what was typed here says nothing about where its code goes.
"""

from collections.abc import Collection, Iterable
from typing import Protocol
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from filings.register.certificates import Shape, certificate
from icpportal.database.row_reads import keep, read_once
from icpportal.fields.types import Fact, Words
from icpportal.privacy.masks import mask_mobile
from transfers.models import Order, PhoneCheck
from transfers.orders import queries
from transfers.orders.people import BOTH, SUBJECT_LEAD, Person, by_role

PHONES = "phones"
ONE_UNKNOWN = _("the phone on the filing")
ALL_UNKNOWN = _("the phones on the filing")
# each follows a sentence: English needs the leading space
NOT_TOLD = _(" We are not told that number: it can differ from the one entered in the order.")
NOT_AS_TYPED = _(" {mobile} is the number on the filing, not the one entered in the order.")
BACK_OF_PERMIT = _(" With a Hong Kong or Macao travel permit, it is the number on the back, with full-width brackets.")


class TextedPerson(Protocol):
    """A person whom the ministry texts, as the authority told it or as recorded."""

    @property
    def role(self) -> str: ...

    @property
    def mobile_masked(self) -> str: ...


def person_of(order: Order, role: str) -> Person:
    """Whose phone it is; a phone of both people is the lead's."""
    return by_role(order)[SUBJECT_LEAD if role == BOTH else role]


def enters_back(order: Order, person: Person) -> bool:
    """Whether this person enters the number on the back of a travel permit (港澳居民来往内地通行证)."""
    document = certificate(person.id_type)
    is_permit = document is not None and document.shape == Shape.PERMIT_HK_MACAO
    return is_permit and queries.rules_of(order).permit_back


def number_note(order: Order) -> Words:
    """What is special about a document number that somebody has to enter; "" for the others."""
    return BACK_OF_PERMIT if any(enters_back(order, each) for each in by_role(order).values()) else ""


def masked_mobiles(texted: Iterable[TextedPerson]) -> list[Words]:
    """The mobiles for a message: masked, or words for those not told to us."""
    masks = [each.mobile_masked for each in texted]
    known = list(dict.fromkeys(filter(None, masks)))
    unknown = len([mask for mask in masks if not mask])
    return [*known, *([ONE_UNKNOWN if unknown == 1 else ALL_UNKNOWN] if unknown else [])]


def not_told(order: Order) -> list[Words]:
    """The same when no phone of this order is known."""
    return [ONE_UNKNOWN if len(queries.phone_roles(order)) == 1 else ALL_UNKNOWN]


def facts(order: Order, texted: Iterable[TextedPerson]) -> dict[str, Fact]:
    """The values for the message about the ministry's text: the mobiles, and whether they were the typed ones."""
    found = list(texted)
    if not found or not all(each.mobile_masked for each in found):
        return {"mobiles": masked_mobiles(found) or not_told(order), "mobiles_note": NOT_TOLD}
    return {"mobiles": masked_mobiles(found), "mobiles_note": differences(order, found)}


def differences(order: Order, texted: Iterable[TextedPerson]) -> Words:
    """A sentence for each number on the filing that is not the typed one; "" without any."""
    notes = [format_lazy(NOT_AS_TYPED, mobile=mobile) for mobile in masked_mobiles(_differing(order, texted))]
    return format_lazy("{}" * len(notes), *notes)


def number_differs(order: Order) -> bool:
    """Whether the ministry texted a number other than the typed one: unchanged, the order would lapse again."""
    return bool(_differing(order, phones_of(order)))


def phones_of(order: Order) -> list[PhoneCheck]:
    """The phones of the latest report, read once for the parts of a page."""
    return read_once(order, PHONES, lambda: list(queries.phone_checks(order)))


def read_phones(orders: Collection[Order]) -> None:
    """Reads the phones of all these orders in one query."""
    found: dict[UUID, list[PhoneCheck]] = {order.pk: [] for order in orders}
    for check in PhoneCheck.objects.filter(order__in=found) if found else ():
        found[check.order_id].append(check)
    for order in orders:
        keep(order, PHONES, [check for check in found[order.pk] if check.report == order.report])


def _differing(order: Order, texted: Iterable[TextedPerson]) -> list[TextedPerson]:
    """Those whose number on the filing is known and is not the typed one."""
    known = [each for each in texted if each.mobile_masked]
    return [each for each in known if each.mobile_masked != mask_mobile(person_of(order, each.role).mobile)]
