"""The account and the recipient are told where a backdrop is: one outbox row a channel, each with a key."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from icpportal.outbox.actions import tell_all
from icpportal.privacy.masks import mask_email


def tell(backdrop: Any, template: str, *, event_id: Any) -> None:
    """Queue `template`; the same event never tells twice."""
    owner = backdrop.owner
    words = {
        "addressee": mask_email(owner.email),
        "courier": backdrop.courier,
        "tracking": backdrop.tracking,
        "host": urlsplit(settings.PUBLIC_BASE_URL).netloc,
        **backdrop.words,
    }
    tell_all(
        {
            "key": f"{template}:{event_id}:{who}:{channel}",
            "template": template,
            "channel": channel,
            "to": address,
            "language": owner.language,
            "context": words,
            "reference": backdrop.holder,
            "user_id": owner.pk if who == "account" else None,
        }
        for who, channel, address in _addresses(backdrop)
    )


def _addresses(backdrop: Any) -> Iterable[tuple[str, str, str]]:
    owner = backdrop.owner
    found = [("account", "sms", owner.mobile), ("account", "email", owner.email), ("account", "site", str(owner.pk))]
    if backdrop.mobile != owner.mobile:
        found.append(("recipient", "sms", backdrop.mobile))
    return [each for each in found if each[2]]
