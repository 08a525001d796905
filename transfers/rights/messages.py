"""Messages about people's own data: by mail and on the site, with a link to their page."""

from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from icpportal.accounts.models import User
from icpportal.fields.types import Facts
from icpportal.outbox.actions import notify


def tell(user: User, template: str, about: UUID | int, *, page: str, context: Facts) -> None:
    """Queues the message `template` about one row for `user`, once; `page` is the URL name of the link."""
    values = {**context, "url": urljoin(settings.PUBLIC_BASE_URL, reverse(page))}
    for channel, to in (("email", user.email), ("site", str(user.pk))):
        notify(
            key=f"{template}:{about}:{channel}",
            template=template,
            channel=channel,
            to=to,
            language=user.language,
            context=values,
            user_id=user.pk,
        )
