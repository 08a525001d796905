"""The summary of an order: number, domain, subject, state and next date, on every page of an order."""

from filings.register.certificates import NATURES
from icpportal.fields.components import OrderSlip
from icpportal.privacy.masks import mask_name
from transfers.models import Order
from transfers.orders.kinds import is_in, state_of
from transfers.orders.rows import Group
from transfers.pages.dates import next_date


def subject_words(order: Order) -> str:
    """The subject's name: an organisation's in full, a person's masked."""
    answers = order.answer("type")
    name = answers.get("name", "")
    nature = NATURES.get(answers.get("nature", ""))
    return name if nature is not None and not nature.is_individual else mask_name(name)


def order_summary(order: Order) -> OrderSlip:
    """The summary at the head of every page of an order."""
    label, moment = next_date(order) or ("", None)
    return OrderSlip(
        reference=order.reference,
        domain=order.display_domain,
        subject=subject_words(order),
        state=state_of(order),
        is_approved=is_in(order, Group.APPROVED),
        number=order.site_number,
        next_at=moment,
        next_label=label,
        url=order.get_absolute_url(),
    )
