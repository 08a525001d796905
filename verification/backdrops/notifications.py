"""Messages to the account and the recipient about a backdrop: one outbox row for each channel, each with a key."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.fields.types import Key
from icpportal.outbox.actions import notify_all
from verification.models.backdrops import Backdrop

# sent instead while nobody has to take the photo
BEFORE_PHOTO = {"backdrop_posted": "backdrop_posted_early"}


def tell(backdrop: Backdrop, template: str, *, event_id: Key) -> None:
    """Queues `template`, or what replaces it until the photo is due; an event is never told twice."""
    if template in BEFORE_PHOTO and not import_string(settings.PHOTO_IS_DUE)(backdrop.holder):
        template = BEFORE_PHOTO[template]
    owner = backdrop.owner
    words = {
        "courier": backdrop.courier,
        "tracking": backdrop.tracking,
        "host": urlsplit(settings.PUBLIC_BASE_URL).netloc,
        **backdrop.words,
    }
    notify_all(
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


def _addresses(backdrop: Backdrop) -> Iterable[tuple[str, str, str]]:
    owner = backdrop.owner
    found = [("account", "sms", owner.mobile), ("account", "email", owner.email), ("account", "site", str(owner.pk))]
    if backdrop.mobile != owner.mobile:
        found.append(("recipient", "sms", backdrop.mobile))
    return [each for each in found if each[2]]
