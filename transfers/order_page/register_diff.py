"""Where the authority's record differs from what was typed, as far as the owner can act on it.

A transfer changes nothing at the authority, so typed values stay on the order and the register keeps the record.
Contact details and the website's name are worth changing in the filing; what documents say is not listed, because it
was compared with the record before the order was accepted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from filings.provinces.match_rules import FIELDS, MatchField, differs
from filings.register.answer_values import lead_answers
from filings.register.certificates import INDIVIDUAL
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name
from transfers.models import Order
from transfers.order_page.on_file import record_of, website_of
from transfers.orders.people import is_same_person

ADDRESS_SHOWN = 6  # characters shown of an individual's address


def _mask_address(address: str) -> str:
    return f"{address[:ADDRESS_SHOWN]}***"


MASKS: dict[str, Callable[[str], str]] = {
    "lead_name": mask_name,
    "lead_phone1": mask_mobile,
    "lead_email": mask_email,
    "admin_name": mask_name,
    "admin_phone1": mask_mobile,
    "admin_email": mask_email,
}
MASKS_OF_A_PERSON = {"post_address": _mask_address}
WORTH_A_CHANGE = (
    "post_address",
    "lead_name",
    "lead_phone1",
    "lead_email",
    "site_name",
    "home_url",
    "admin_name",
    "admin_phone1",
    "admin_email",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs: the record's value, and the typed one."""

    label: Words
    value: str
    typed: str


def rows(order: Order) -> list[Difference]:
    """One row for each field that differs; none before the record has arrived."""
    website = website_of(order)
    if website is None or website.ministry_id is None:
        return []
    record = record_of(order, website)
    typed = _typed_values(order)
    masks = MASKS | (MASKS_OF_A_PERSON if order.answer("type").get("nature") == INDIVIDUAL else {})
    return [
        _difference(field, masks.get(name, str), record[name], typed[name])
        for name, field in FIELDS.items()
        if name in WORTH_A_CHANGE and differs(field, typed, record)
    ]


def _difference(field: MatchField, mask: Callable[[str], str], recorded: str, entered: str) -> Difference:
    """Both sides masked; in full where the masks look alike, or the owner could not see the difference."""
    if mask(recorded) == mask(entered):
        mask = str
    return Difference(field.label, mask(recorded), mask(entered))


def _typed_values(order: Order) -> dict[str, str]:
    """Everything typed that the authority may have on record, under the names of `match_rules.FIELDS`."""
    lead = lead_answers(order.answer("type"), order.answer("subject"))
    administrator = dict(order.answer("administrator"))
    if is_same_person(order):
        administrator |= {f"admin_{name[5:]}": value for name, value in lead.items() if name.startswith("lead_")}
    return {**order.answer("type"), **lead, **order.answer("website"), **administrator}
