"""Where the authority's record differs from what was typed on an order: its owner is shown both sides, masked.

A transfer changes nothing at the authority, so what was typed stays on the order and the register keeps the record.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from filings.answers import lead_answers
from filings.certificates import INDIVIDUAL
from filings.matching import FIELDS, differs
from filings.queries import record_of
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name, mask_number
from transfers.people import is_same_person

ADDRESS_SHOWN = 6  # characters of an individual's address


def _mask_address(address: str) -> str:
    return f"{address[:ADDRESS_SHOWN]}***"


MASKS: dict[str, Callable[[str], str]] = {
    "id_number": mask_number,
    "lead_name": mask_name,
    "lead_id_number": mask_number,
    "lead_phone1": mask_mobile,
    "lead_email": mask_email,
    "admin_name": mask_name,
    "admin_id_number": mask_number,
    "admin_phone1": mask_mobile,
    "admin_email": mask_email,
}
MASKS_OF_A_PERSON = {"name": mask_name, "id_address": _mask_address, "post_address": _mask_address}
NOT_ON_RECORD = ("is_legal_rep",)  # the record has no word for it


def rows(order: Any) -> list[dict[str, Any]]:
    """A summary row for each field that differs, with both sides; none before the record came."""
    if order.website is None or order.website.ministry_id is None:
        return []
    record = record_of(subject_key=order.website.subject.subject_key, domain=order.domain, owner=order.owner)
    typed = _typed(order)
    masks = MASKS | (MASKS_OF_A_PERSON if order.answer("type").get("nature") == INDIVIDUAL else {})
    return [
        {
            "label": field.label,
            "value": masks.get(name, str)(record[name]),
            "note": _("Entered here: %(value)s") % {"value": masks.get(name, str)(typed[name])},
        }
        for name, field in FIELDS.items()
        if name not in NOT_ON_RECORD and differs(field, typed, record)
    ]


def _typed(order: Any) -> dict[str, Any]:
    """Everything that was typed and the authority may have on record, under the names of `matching.FIELDS`."""
    lead = lead_answers(order.answer("type"), order.answer("subject"))
    administrator = dict(order.answer("administrator"))
    if is_same_person(order):
        administrator |= {f"admin_{name[5:]}": value for name, value in lead.items() if name.startswith("lead_")}
    return {**order.answer("type"), **lead, **order.answer("website"), **administrator}
