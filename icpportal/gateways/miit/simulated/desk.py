"""What the simulated authority does: takes reports in, sends its texts, takes the codes, lets a person decide."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.utils import timezone

from icpportal.gateways.miit.simulated.models import (
    SimulatedAnswer,
    SimulatedFiling,
    SimulatedGuess,
    SimulatedProvince,
    SimulatedReport,
    SimulatedSite,
    SimulatedText,
)
from icpportal.gateways.miit.simulated.processing import PHONE_FAILURE, PHONE_FAILURE_WORDS
from icpportal.gateways.miit.types import AccessReport, AnswerKind, PasswordAnswer, Role

WRONG_CODES = 5  # allowed; one more sends the report back
WRONG_PASSWORDS = 5  # allowed in the window, then the number is locked
PASSWORD_WINDOW = timedelta(hours=1)
US = "PORTAL"  # how the authority lists this provider among a site's accesses
STATE_AFTER = {
    AnswerKind.GRANTED: SimulatedReport.GRANTED,
    AnswerKind.TURNED_DOWN: SimulatedReport.TURNED_DOWN,
    AnswerKind.REPORT_FAILED: SimulatedReport.FAILED,
}


def md5_hex(password: str) -> str:
    """The form in which a report carries a filing password (ICPmm)."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


def check_password(number: str, password: str, *, now: datetime | None = None) -> PasswordAnswer:
    """Right or wrong, `LOCKED` after too many wrong ones in an hour; a wrong one is counted."""
    moment = now or timezone.now()
    recent = SimulatedGuess.objects.filter(number=OuterRef("number"), at__gt=moment - PASSWORD_WINDOW)
    guesses = recent.values("number").annotate(count=Count("pk")).values("count")
    filing = SimulatedFiling.objects.annotate(guesses=Subquery(guesses)).filter(number=number).first()
    if filing is None:
        return PasswordAnswer.UNKNOWN_NUMBER
    if (filing.guesses or 0) >= WRONG_PASSWORDS:
        return PasswordAnswer.LOCKED
    if secrets.compare_digest(filing.password.encode(), password.encode()):
        return PasswordAnswer.RIGHT
    SimulatedGuess.objects.create(number=number, at=moment)
    return PasswordAnswer.WRONG


def body_of(report: AccessReport, site: SimulatedSite | None) -> dict[str, object]:
    """What the desk shows of a report: sizes of the pictures, and whether the password fits, not the password."""
    expected = md5_hex(site.filing.password) if site else ""
    return {
        "places": list(report.places),
        "methods": list(report.methods),
        "addresses": [asdict(row) for row in report.addresses],
        "attachments": [
            {"purpose": row.purpose.value, "owner": row.owner.value, "document": row.document}
            for row in report.attachments
        ],
        "password_fits": secrets.compare_digest(expected, report.password_md5) if report.password_md5 else None,
    }


def receive(report: AccessReport, *, now: datetime | None = None) -> None:
    """Takes a report in once, answers "accepted" and texts the mobiles on record where the province asks for it."""
    if SimulatedReport.objects.filter(key=report.key).exists():
        return
    site = SimulatedSite.objects.select_related("filing").filter(number=report.site_number).first()
    body = body_of(report, site)
    moment = now or timezone.now()
    with transaction.atomic():
        row, new = SimulatedReport.objects.get_or_create(
            key=report.key,
            defaults={"site_number": report.site_number, "site": site, "body": body, "sent_at": moment},
        )
        if not new:
            return
        SimulatedAnswer.objects.create(report=row, kind=AnswerKind.ACCEPTED, at=moment)
        _send_texts(row, moment)


def _send_texts(report: SimulatedReport, moment: datetime) -> None:
    if report.site is None:
        return
    filing = report.site.filing
    province = SimulatedProvince.objects.filter(code=filing.province, asks_phones=True).first()
    if province is None:
        return
    report.closes_at = moment + timedelta(hours=province.hours)
    report.save(update_fields=["closes_at"])
    SimulatedText.objects.bulk_create(
        SimulatedText(report=report, role=role, mobile=mobile, tails=tails, code=_new_code(), sent_at=moment)
        for role, mobile, tails in _people(filing, province.people)
    )


def _people(filing: SimulatedFiling, people: str) -> list[tuple[Role, str, list[str]]]:
    administrator = (Role.ADMINISTRATOR, filing.administrator_mobile, [filing.administrator_tail])
    if people == SimulatedProvince.ADMINISTRATOR:
        return [administrator]
    if filing.lead_mobile == filing.administrator_mobile:
        tails = sorted({filing.lead_tail, filing.administrator_tail})
        return [(Role.BOTH, filing.lead_mobile, tails)]
    return [(Role.SUBJECT_LEAD, filing.lead_mobile, [filing.lead_tail]), administrator]


def _new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def decide(
    report: SimulatedReport, kind: AnswerKind, *, code: str = "", words: str = "", now: datetime | None = None
) -> bool:
    """The authority's decision, once: False when the report was decided before."""
    moment = now or timezone.now()
    with transaction.atomic():
        changed = SimulatedReport.objects.filter(pk=report.pk, state=SimulatedReport.RECEIVED).update(
            state=STATE_AFTER[kind], decided_at=moment, code=code, words=words
        )
        if not changed:
            return False
        SimulatedAnswer.objects.create(report=report, kind=kind, at=moment)
        if kind == AnswerKind.GRANTED and report.site is not None:
            _add_access(report.site)
    return True


def _add_access(site: SimulatedSite) -> None:
    if US not in site.accesses:
        site.accesses = [*site.accesses, US]
        site.save(update_fields=["accesses"])


@dataclass(frozen=True)
class Entry:
    """What the ministry's site says to somebody who typed a code."""

    state: str  # confirmed, waiting (for the other person), wrong, returned, over, not_found
    left: int = 0


def enter_code(mobile: str, tail: str, code: str, *, now: datetime | None = None) -> Entry:
    """A code typed on the ministry's site; five wrong ones are allowed, the sixth returns the order."""
    moment = now or timezone.now()
    texts = _open_texts(mobile)
    if not texts:
        return Entry("not_found")
    alive = [text for text in texts if text.report.closes_at is not None and text.report.closes_at > moment]
    if not alive:
        return Entry("over")
    for text in alive:
        if secrets.compare_digest(text.code.encode(), code.encode()) and tail.upper() in text.tails:
            return _confirm(text, moment)
    return _count_wrong(alive[0], moment)


def _open_texts(mobile: str) -> list[SimulatedText]:
    waiting = SimulatedText.objects.filter(
        mobile=mobile, confirmed_at__isnull=True, report__state=SimulatedReport.RECEIVED
    )
    return list(waiting.select_related("report").order_by("-sent_at", "-pk"))


def _confirm(text: SimulatedText, moment: datetime) -> Entry:
    confirmed = SimulatedText.objects.filter(pk=text.pk, confirmed_at__isnull=True, wrong__lte=WRONG_CODES).update(
        confirmed_at=moment
    )
    if not confirmed:
        return Entry("not_found")
    others = SimulatedText.objects.filter(report_id=text.report_id, confirmed_at__isnull=True).exists()
    return Entry("waiting" if others else "confirmed")


def _count_wrong(text: SimulatedText, moment: datetime) -> Entry:
    SimulatedText.objects.filter(pk=text.pk).update(wrong=F("wrong") + 1)
    text.refresh_from_db(fields=["wrong"])
    if text.wrong <= WRONG_CODES:
        return Entry("wrong", left=WRONG_CODES - text.wrong)
    decide(text.report, AnswerKind.TURNED_DOWN, code=PHONE_FAILURE, words=PHONE_FAILURE_WORDS, now=moment)
    return Entry("returned")


def resend(text: SimulatedText, *, now: datetime | None = None) -> bool:
    """A new code to the same mobile; the old one no longer counts. False when nobody waits for it any more."""
    moment = now or timezone.now()
    waiting = SimulatedText.objects.filter(
        pk=text.pk,
        confirmed_at__isnull=True,
        report__state=SimulatedReport.RECEIVED,
        report__closes_at__gt=moment,
    )
    return bool(waiting.update(code=_new_code(), sent_at=moment, times=F("times") + 1))
