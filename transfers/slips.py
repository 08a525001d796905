"""The order slip: number, domain, subject, state and next date, on every page of an order."""

from typing import Any

from django.utils.translation import gettext as _

from filings.certificates import NATURES
from icpportal.privacy.masks import mask_name
from transfers.sentences import mark


def subject_words(order: Any) -> str:
    """The subject's name: an organisation's in full, a person's masked."""
    answers = order.answer("type")
    name = answers.get("name", "")
    nature = NATURES.get(answers.get("nature", ""))
    return name if nature is not None and not nature.is_individual else mask_name(name)


def slip(order: Any) -> dict[str, Any]:
    """What `partials/slip.html` draws."""
    return {
        "reference": order.reference,
        "domain": order.domain,
        "subject": subject_words(order),
        "state": mark(order),
        "number": order.site_number,
        "next_at": order.due_at,
        "next_label": _("Kept until") if order.is_editable else _("Finish by"),
        "url": order.get_absolute_url(),
    }
