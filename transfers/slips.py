"""The order slip: number, domain, subject, state and next date, on every page of an order."""

from typing import Any

from filings.certificates import NATURES
from icpportal.privacy.masks import mask_name
from transfers.next_dates import next_date
from transfers.sentences import mark


def subject_words(order: Any) -> str:
    """The subject's name: an organisation's in full, a person's masked."""
    answers = order.answer("type")
    name = answers.get("name", "")
    nature = NATURES.get(answers.get("nature", ""))
    return name if nature is not None and not nature.is_individual else mask_name(name)


def slip(order: Any) -> dict[str, Any]:
    """What `partials/slip.html` draws."""
    label, moment = next_date(order) or ("", None)
    return {
        "reference": order.reference,
        "domain": order.domain,
        "subject": subject_words(order),
        "state": mark(order),
        "number": order.site_number,
        "next_at": moment,
        "next_label": label,
        "url": order.get_absolute_url(),
    }
