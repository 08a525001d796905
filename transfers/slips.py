"""The order slip: number, domain, subject, state and next date, on every page of an order."""

from typing import Any

from django.utils.translation import gettext as _

from icpportal.privacy.masks import mask_name
from transfers.sentences import mark


def slip(order: Any) -> dict[str, Any]:
    """What `partials/slip.html` draws."""
    return {
        "reference": order.reference,
        "domain": order.domain,
        "subject": mask_name(order.answer("type").get("name", "")),
        "state": mark(order),
        "number": order.site_number,
        "next_at": order.due_at,
        "next_label": _("Kept until") if order.is_editable else _("Finish by"),
        "url": order.get_absolute_url(),
    }
