"""Requests to correct something (PIPL 46), and their answers: once, within the promised time."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.models import Website
from icpportal.accounts.models import User
from icpportal.alarms.actions import clear, open_alarm
from icpportal.desk.own_words import CODES
from icpportal.fields.types import Columns, Words
from icpportal.privacy.access_words import WHAT
from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.fields import seal_value
from icpportal.workdays.calendar import end_of_answer
from transfers.models import Order
from transfers.rights import messages
from transfers.rights.models import CorrectionRequest

ITEMS: dict[str, Words] = {
    "subject": _("Subject: name, document, address"),
    "lead": _("Subject lead"),
    "website": _("Website: name, domain, content"),
    "administrator": _("Website administrator"),
    "papers": _("A document or the photo"),
    "number": _("Filing number"),
    "other": _("Something else"),
}
OPEN, DONE, REFUSED = "", "done", "refused"
OUTCOMES: dict[str, Words] = {
    OPEN: pgettext_lazy("correction", "Being looked at"),
    DONE: pgettext_lazy("correction", "Corrected"),
    REFUSED: pgettext_lazy("correction", "Not corrected"),
}
OVERDUE = "rights.corrections_overdue"
ANSWERED, LOOK = "correction_answered", "correction request"
WHAT[LOOK] = pgettext_lazy("looked at", "Correction request")
CLOSED = _("It was answered before")
OWN = _("You cannot answer a request of your own, or one about an order of your own")


class AnswerRefused(Exception):
    """The answer is not accepted; the text says why."""


def ask(
    user: User, *, order: Order | None, website: Website | None, item: str, words: str, now: datetime | None = None
) -> CorrectionRequest:
    """Records what is wrong in an order or a filing, and by when to answer; repeated, returns the first one."""
    now = now or timezone.now()
    due_at = end_of_answer(now, settings.RIGHTS_ANSWERED_WORKDAYS)
    about: Columns = {"user": user, "order": order, "website": website, "item": item}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # of two presses, the second waits here for the first
        open_ones = CorrectionRequest.objects.filter(**about, closed_at=None)
        if there := next((each for each in open_ones if _is_said_in(each, words)), None):
            return there
        return CorrectionRequest.objects.create(**about, words=words, asked_at=now, due_at=due_at)


def _is_said_in(row: CorrectionRequest, words: str) -> bool:
    """Whether the request has these words; one that no key opens must not keep its author from asking again."""
    try:
        return row.words == words
    except Unreadable:
        return False


def of_account(user: User) -> QuerySet[CorrectionRequest]:
    """This account's requests: open ones, then answered ones, newest first."""
    mine = CorrectionRequest.objects.filter(user=user).select_related("order", "website")
    return mine.order_by(F("closed_at").desc(nulls_first=True), "-asked_at")


def is_overdue(asked: CorrectionRequest, now: datetime | None = None) -> bool:
    """Whether the promised time has passed without an answer."""
    return asked.closed_at is None and asked.due_at < (now or timezone.now())


def watch(*, now: datetime | None = None) -> None:
    """Keeps an alarm open while an answer is late."""
    now = now or timezone.now()
    late = CorrectionRequest.objects.filter(closed_at=None, due_at__lt=now).count()
    if late:
        open_alarm(OVERDUE, detail=f"{late} requests", now=now)
    else:
        clear(OVERDUE, now=now)


def answer(asked: CorrectionRequest, *, actor: User, outcome: str, words: str, now: datetime | None = None) -> None:
    """Answers what was done, or why nothing is; the person is told in the same transaction. Raises `AnswerRefused`."""
    if actor.pk in (asked.user_id, asked.order.owner_id if asked.order else None):
        raise AnswerRefused(OWN)
    asked.answer = words
    with transaction.atomic():
        still_open = CorrectionRequest.objects.filter(pk=asked.pk, closed_at=None)
        columns = {"outcome": outcome, "closed_at": now or timezone.now(), "closed_by": actor}
        if not still_open.update(**columns, answer=seal_value(asked, "answer")):
            raise AnswerRefused(CLOSED)
        _tell(asked, outcome)
    asked.refresh_from_db()


def _tell(asked: CorrectionRequest, outcome: str) -> None:
    """Tells the person by mail and on the site; the answer itself is on the page."""
    user, result = asked.user, {}
    for language, code in CODES.items():
        with translation.override(code):
            result[language] = str(OUTCOMES[outcome])
    messages.tell(user, ANSWERED, asked.pk, page="data-corrections", context={"about": str(asked), "result": result})
