"""The owner of an import or of a claim is told what came of it: one outbox row a channel, each with a key."""

from typing import Any

from django.conf import settings

from icpportal.outbox.actions import tell_all
from icpportal.privacy.masks import mask_email


def tell_owner(thing: Any, template: str, *, event_id: Any, domain: str = "", facts: dict[str, Any]) -> None:
    """Queue `template` for the account that `thing` belongs to; the same event never tells twice."""
    owner = thing.owner
    words = {
        "addressee": mask_email(owner.email),
        "n": facts.get("n", 0),
        "m": facts.get("m", 0),
        "reason": facts.get("reason", ""),
        "domain": domain,
        "url": settings.PUBLIC_BASE_URL + thing.get_absolute_url(),
    }
    addresses = (("sms", owner.mobile), ("email", owner.email), ("site", str(owner.pk)))
    tell_all(
        {
            "key": f"{template}:{event_id}:{channel}",
            "template": template,
            "channel": channel,
            "to": address,
            "language": owner.language,
            "context": words,
            "user_id": owner.pk,
        }
        for channel, address in addresses
        if address
    )
