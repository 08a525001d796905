"""Closes an objection, once, with a result and an answer to the person who objected."""

from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.desk.own_words import CODES, Own, in_messages
from icpportal.fields.types import Facts
from icpportal.outbox.actions import notify
from icpportal.privacy.fields import seal_value
from icpportal.time_format import short_words
from transfers.calls.actions import end_answered
from transfers.models import Objection
from transfers.objections.results import Result, result_of


class CloseRefused(Exception):
    """Somebody else closed it first, or it is the closer's own; `words` says which."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def close(objection: Objection, closer: User, result: Result, written: Own, *, now: datetime | None = None) -> None:
    """Closes it, ends its call and sends the answer, all or nothing. Raises `CloseRefused`."""
    if not written:
        raise ValueError("an objection is closed with an answer")
    now = now or timezone.now()
    if closer.pk in (objection.owner_id, objection.order.owner_id if objection.order else None):
        raise CloseRefused(_("You cannot answer about an order or an objection of your own"))
    objection.answers = dict(written)
    with transaction.atomic():
        rows = Objection.objects.filter(pk=objection.pk, closed_at=None)
        columns = {"closed_at": now, "closed_by": closer, "result": result.key}
        if rows.update(**columns, answers=seal_value(objection, "answers")) != 1:
            objection.refresh_from_db()
            raise CloseRefused(closed_words(objection))
        end_answered(objection, closer, now)
        _tell(objection, result, written)
    objection.refresh_from_db()


def closed_words(objection: Objection) -> str:
    """`Gao Yang closed this objection (30 Nov 14:20): Not justified: the order goes on`."""
    result = result_of(objection.result)
    facts = {
        "name": str(objection.closed_by or ""),
        "time": short_words(objection.closed_at) if objection.closed_at else "",
        "result": result.label if result else "–",
    }
    return _("%(name)s closed this objection (%(time)s): %(result)s") % facts


def _tell(objection: Objection, result: Result, written: Own) -> None:
    """Tells the account by every channel it has."""
    owner = objection.owner
    context: Facts = {
        "domain": objection.domain,
        "result": _in_both(result),
        "answer": in_messages(written),
        "url": urljoin(settings.PUBLIC_BASE_URL, reverse("objection-page", args=[objection.reference])),
    }
    for channel, to in (("sms", owner.mobile), ("email", owner.email), ("site", str(owner.pk))):
        if to:
            notify(
                key=f"objection_answered:{objection.reference}:{channel}",
                template="objection_answered",
                channel=channel,
                to=to,
                language=owner.language,
                context=context,
                user_id=owner.pk,
            )


def _in_both(result: Result) -> dict[str, str]:
    found = {}
    for language, code in CODES.items():
        with translation.override(code):
            found[language] = str(result.told)
    return found
