"""The ministry's texts: whom a province asks about a new access, and the codes sent to the mobiles on the filing."""

import secrets
from datetime import datetime, timedelta

from demo.ministry.models import Filing, Province, Report, Text

LEAD, ADMINISTRATOR, BOTH = "subject_lead", "administrator", "both"


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def send_texts(report: Report, moment: datetime, *, confirmed: bool = False) -> None:
    """Texts the mobiles on record if the province asks for it; with `confirmed` all have confirmed at once."""
    if report.site is None:
        return
    filing = report.site.filing
    province = Province.objects.filter(code=filing.province, asks_phones=True).first()
    if province is None:
        return
    report.closes_at = moment + timedelta(hours=province.hours)
    report.confirmed_at = moment if confirmed else None
    report.save(update_fields=["closes_at", "confirmed_at"])
    Text.objects.bulk_create(
        Text(
            report=report,
            role=role,
            mobile=mobile,
            tails=tails,
            code=new_code(),
            sent_at=moment,
            confirmed_at=report.confirmed_at,
        )
        for role, mobile, tails in _people(filing, province.people)
    )


def _people(filing: Filing, people: str) -> list[tuple[str, str, list[str]]]:
    administrator = (ADMINISTRATOR, filing.administrator_mobile, [filing.administrator_tail])
    if people == Province.ADMINISTRATOR:
        return [administrator]
    if filing.lead_mobile == filing.administrator_mobile:
        tails = sorted({filing.lead_tail, filing.administrator_tail})
        return [(BOTH, filing.lead_mobile, tails)]
    return [(LEAD, filing.lead_mobile, [filing.lead_tail]), administrator]
