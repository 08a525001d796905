"""Which parts of a case are masked until revealed."""

from collections.abc import Callable

from filings.register.certificates import NATURES
from icpportal.privacy.masks import mask_address, mask_email, mask_mobile
from transfers.models import Order

# what no paper and no file is compared with: masked until it is asked for. Names and numbers are compared
MASKS: dict[str, Callable[[str], str]] = {
    f"{step}.{person}_{name}": mask
    for step, person in (("subject", "lead"), ("administrator", "admin"))
    for name, mask in (
        ("phone1", mask_mobile),
        ("phone2", mask_mobile),
        ("emergency", mask_mobile),
        ("email", mask_email),
    )
}
ADDRESS = "subject.post_address"  # a person's home; an organisation's address is public


def masks_of(order: Order) -> dict[str, Callable[[str], str]]:
    """The parts of this order that are masked until revealed."""
    nature = NATURES.get(order.answer("type").get("nature", ""))
    is_person = nature is None or nature.is_individual
    return {**MASKS, ADDRESS: mask_address} if is_person else MASKS
