"""Parks answers of the authority that fit no order: puts them aside, tells operations, lists and closes them."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.alarms.actions import clear, open_alarm
from icpportal.desk.proposals import ProposalRefused
from icpportal.gateways.miit.types import Answer, reference_of
from transfers.models import ParkedAnswer
from transfers.models.order import CODES_LONGEST

logger = logging.getLogger(__name__)
PARKED = "authority.answer_parked"


class CannotApply(ProposalRefused):
    """The answer stays parked; the text says why, for people."""


def park(answer: Answer, reason: str) -> None:
    """Puts an answer aside for a person to read, and tells operations."""
    ParkedAnswer.objects.get_or_create(
        answer_id=answer.id,
        defaults={
            "kind": answer.kind,
            "report_key": answer.report_key,
            "code": answer.code[:CODES_LONGEST],
            "words": answer.words,
            "reason": reason,
        },
    )
    logger.warning("answer parked", extra={"reference": reference_of(answer.report_key), "reason": reason})
    open_alarm(PARKED, reference=answer.report_key, detail=f"{answer.kind}: {reason}")


def settle(answer: Answer, *, now: datetime) -> None:
    """Closes parked copies of an answer that the order has taken."""
    same = ParkedAnswer.objects.filter(report_key=answer.report_key, kind=answer.kind, closed_at=None)
    if same.update(closed_at=now):
        logger.info("parked answer settled", extra={"reference": reference_of(answer.report_key)})
        clear_alarm(now)


def close(row: ParkedAnswer, *, now: datetime | None = None) -> None:
    """Closes an answer that a person has dealt with by hand. Raises `CannotApply`."""
    now = now or timezone.now()
    if not ParkedAnswer.objects.filter(pk=row.pk, closed_at=None).update(closed_at=now):
        raise CannotApply(_("It is closed already"))
    clear_alarm(now)


def clear_alarm(now: datetime) -> None:
    """Closes the alarm once nothing is parked."""
    if not ParkedAnswer.objects.filter(closed_at=None).exists():
        clear(PARKED, now=now)


@dataclass(frozen=True)
class ParkedRow:
    """One parked answer of the authority: about which report, what it is, why, and since when."""

    report_key: str
    kind: str
    reason: str
    at: datetime
    proposed: bool

    def words(self, now: datetime) -> str:
        """A line for operations; nothing personal."""
        days, hours = divmod(int((now - self.at).total_seconds()) // 3600, 24)
        age = f"{days} d {hours} h" if days else f"{hours} h"
        return f"{self.kind} parked for {age}: {self.reason}{'; proposed to apply' if self.proposed else ''}"


def parked_answers() -> list[ParkedRow]:
    """Every parked answer that nobody has dealt with, oldest first."""
    rows = ParkedAnswer.objects.filter(closed_at=None).order_by("at", "pk")
    return [ParkedRow(row.report_key, row.kind, row.reason, row.at, row.proposed_by_id is not None) for row in rows]
