"""What people are told about their own data: by mail and on the site, with a link to the page about it."""

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from icpportal.accounts.models import User
from icpportal.fields.types import Facts
from icpportal.outbox.actions import notify


def tell(user: User, template: str, about: UUID | int, *, page: str, context: Facts) -> None:
    """Owe `user` the message `template` about one row, once; `page` names the address that it leads to."""
    told = {**context, "url": urljoin(settings.PUBLIC_BASE_URL, reverse(page))}
    for channel, to in (("email", user.email), ("site", str(user.pk))):
        notify(
            key=f"{template}:{about}:{channel}",
            template=template,
            channel=channel,
            to=to,
            language=user.language,
            context=told,
            user_id=user.pk,
        )
