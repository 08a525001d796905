"""The simulated authority behind the seam: it answers from its own tables, and badly when a switch says so."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.simulated import desk
from icpportal.gateways.miit.simulated.faults import pass_through
from icpportal.gateways.miit.simulated.models import SimulatedAnswer, SimulatedFiling, SimulatedSite, SimulatedText
from icpportal.gateways.miit.types import (
    AccessReport,
    Answer,
    AnswerKind,
    FilingStatus,
    PasswordAnswer,
    PhoneState,
    Role,
    refuse_faults,
)
from icpportal.privacy.masks import mask_mobile

AT_ONCE = 200  # answers handed out in one go


class SimulatedAuthority:
    """`miit.seam.Authority` without a ministry."""

    def status_by_domain(self, domain: str, *, timeout: float | None = None) -> FilingStatus:
        """By the registrable domain, with the site's name and number."""
        nonsense = pass_through("status", timeout)
        site = SimulatedSite.objects.select_related("filing").filter(domain=domain).first()
        return read_status(nonsense or _status_of_site(site))

    def status_by_certificate(self, id_type_code: int, number: str, *, timeout: float | None = None) -> FilingStatus:
        """By certificate, with the subject's number alone."""
        nonsense = pass_through("status", timeout)
        filing = SimulatedFiling.objects.filter(id_type_code=id_type_code, id_number=number.upper()).first()
        return read_status(nonsense or {"filed": filing is not None, "subject_number": filing.number if filing else ""})

    def check_password(self, number: str, password: str, *, timeout: float | None = None) -> PasswordAnswer:
        """Right, wrong, locked or unknown number."""
        nonsense = pass_through("password", timeout)
        return read_password_answer(nonsense or desk.check_password(number, password).value)

    def queue(self, report: AccessReport) -> None:
        """Kept in the tables at once, answered "accepted" by itself."""
        refuse_faults(report)
        desk.receive(report)

    def send(self) -> int:
        """Nothing is on its way here."""
        return 0

    def fetch(self) -> int:
        """Nothing to bring, but it can be out of reach."""
        if pass_through("answers", None):
            raise Retryable("the download is not readable")
        return 0

    def answers(self) -> list[Answer]:
        """What was not acknowledged yet, oldest first."""
        waiting = SimulatedAnswer.objects.filter(acknowledged_at__isnull=True).select_related("report__site__filing")
        return [_answer(row) for row in waiting.order_by("pk")[:AT_ONCE]]

    def acknowledge(self, answer_id: str) -> None:
        """Never handed out again."""
        SimulatedAnswer.objects.filter(pk=answer_id, acknowledged_at__isnull=True).update(
            acknowledged_at=timezone.now()
        )

    def phones(self, report_key: str) -> list[PhoneState] | None:
        """Per mobile of the authority's record; `None` with `AUTHORITY_TELLS_PHONES` off."""
        if not settings.AUTHORITY_TELLS_PHONES:
            return None
        nonsense = pass_through("phones", None)
        if nonsense:
            raise Retryable("the phone states are not readable")
        return [_phone_state(text) for text in SimulatedText.objects.filter(report__key=report_key)]

    def check(self) -> None:
        """Raises while the status question is switched off, or before the tables are there."""
        try:
            raw = pass_through("status", None)
        except DatabaseError as problem:
            raise Retryable("the simulated authority has no tables: run migrate") from problem
        read_status(raw or {"filed": False})


def _status_of_site(site: SimulatedSite | None) -> dict[str, Any]:
    if site is None:
        return {"filed": False}
    return {
        "filed": True,
        "subject_number": site.filing.number,
        "site_name": site.name,
        "site_number": site.number,
    }


def read_status(raw: object) -> FilingStatus:
    """The status out of what came back; anything else is `Retryable`."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("filed"), bool):
        raise Retryable("the status is not readable")
    words = [raw.get(name, "") for name in ("subject_number", "site_name", "site_number")]
    if not all(isinstance(word, str) for word in words) or (raw["filed"] and not words[0]):
        raise Retryable("the status is not readable")
    return FilingStatus(raw["filed"], *words)


def read_password_answer(raw: object) -> PasswordAnswer:
    """The verdict out of what came back; anything else is `Retryable`."""
    answer = next((one for one in PasswordAnswer if one == raw), None)
    if answer is None:
        raise Retryable("the password verdict is not readable")
    return answer


def _answer(row: SimulatedAnswer) -> Answer:
    report = row.report
    granted = row.kind == AnswerKind.GRANTED
    judged = row.kind in (AnswerKind.TURNED_DOWN, AnswerKind.REPORT_FAILED)
    return Answer(
        id=str(row.pk),
        kind=AnswerKind(row.kind),
        report_key=report.key,
        at=row.at,
        sent_at=report.sent_at if row.kind == AnswerKind.ACCEPTED else None,
        subject_number=report.site.filing.number if granted and report.site else "",
        site_number=report.site_number if granted else "",
        code=report.code if judged else "",
        words=report.words if judged else "",
    )


def _phone_state(text: SimulatedText) -> PhoneState:
    return PhoneState(Role(text.role), mask_mobile(text.mobile), text.sent_at, text.confirmed_at, text.wrong)
