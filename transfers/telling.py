"""Who is told what, and with which words filled in: one outbox row per message, person and channel, each with a key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from filings.provinces.texts import site_name
from icpportal.outbox.actions import tell_all
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name
from icpportal.workdays.calendar import add_workdays, end_of_answer
from transfers import queries, states, texted_mobiles
from transfers.calendar_file import deadline_ics
from transfers.people import ADMINISTRATOR, SUBJECT_LEAD, administrator, by_role, lead
from transfers.photo_ways import told as photo_told

ACCOUNT = "account"

# screens.md §18: event → who
AUDIENCE: dict[str, tuple[str, ...]] = {
    "order_received": (ACCOUNT, SUBJECT_LEAD),
    "order_returned": (ACCOUNT, SUBJECT_LEAD),
    "photo_wanted": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
    "photo_again": (ACCOUNT, ADMINISTRATOR),
    "order_handed_over": (ACCOUNT, SUBJECT_LEAD),
    "confirm_phones": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
    "duty_waits": (ACCOUNT,),
    "draft_waits": (ACCOUNT,),
    "returned_waits": (ACCOUNT,),
    "photo_waits": (ACCOUNT,),
    "lapsed_waits": (ACCOUNT,),
    "turned_down_waits": (ACCOUNT,),
    "phones_24h": (ACCOUNT,),
    "phones_6h": (ACCOUNT,),
    "phones_1h": (ACCOUNT,),
    "order_lapsed": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
    "with_authority": (ACCOUNT, SUBJECT_LEAD),
    "report_waits": (ACCOUNT,),
    "order_approved": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
    "order_turned_down": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
    "order_withdrawn": (ACCOUNT, SUBJECT_LEAD),
    "order_refused": (ACCOUNT, SUBJECT_LEAD),
    "draft_expired": (ACCOUNT,),
    "order_expired": (ACCOUNT, SUBJECT_LEAD),
    "we_are_clearing_this_up": (ACCOUNT,),
    "cancel_started": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
    "cancel_received": (ACCOUNT,),
    "cancelled_for_cause": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
    "cancel_refused": (ACCOUNT, SUBJECT_LEAD),
    "transfer_cancelled": (ACCOUNT, SUBJECT_LEAD, ADMINISTRATOR),
}
NO_WORDS = {"zh": "无", "en": "none"}
WITH_CALENDAR_FILE = ("confirm_phones", "phones_24h", "phones_6h", "phones_1h")


@dataclass(frozen=True)
class Reader:
    """Somebody who is told, and by which channels."""

    role: str
    name: str
    mobile: str
    email: str
    user_id: Any = None

    def addresses(self) -> Iterable[tuple[str, str]]:
        if self.mobile:
            yield "sms", self.mobile
        if self.email:
            yield "email", self.email
        if self.user_id is not None:
            yield "site", str(self.user_id)


def readers(order: Any, roles: Iterable[str]) -> list[Reader]:
    """The people behind `roles`, each address once: one who is lead and administrator gets one message."""
    owner = order.owner
    people = by_role(order)
    found = []
    for role in roles:
        if role == ACCOUNT:
            found.append(Reader(role, owner.email, owner.mobile, owner.email, owner.pk))
        else:
            person = people[role]
            found.append(Reader(role, person.name, person.mobile, person.email))
    return found


def tell_everyone(
    order: Any,
    template: str,
    *,
    event_id: Any,
    facts: dict[str, Any] | None = None,
    roles: Iterable[str] | None = None,
    now: datetime | None = None,
) -> None:
    """Queue `template` for everybody concerned; the same `event_id` never tells anybody twice."""
    now = now or timezone.now()
    tell_all(_letters(order, template, event_id, facts or {}, AUDIENCE[template] if roles is None else roles, now))


def _letters(
    order: Any, template: str, event_id: Any, facts: dict[str, Any], roles: Iterable[str], now: datetime
) -> Iterable[dict[str, Any]]:
    """One letter a person and channel; an address that several people share gets one."""
    language = order.owner.language
    told: set[tuple[str, str]] = set()
    for reader in readers(order, roles):
        words = context(order, reader, facts, now)
        for channel, address in reader.addresses():
            if (channel, address) in told:
                continue
            told.add((channel, address))
            yield {
                "key": f"{template}:{event_id}:{reader.role}:{channel}",
                "template": template,
                "channel": channel,
                "to": address,
                "language": language,
                "context": words,
                "reference": order.reference,
                "user_id": reader.user_id,
                "attachments": _attachments(order, template) if channel == "email" else (),
            }


def _attachments(order: Any, template: str) -> tuple[dict[str, str], ...]:
    if template not in WITH_CALENDAR_FILE or order.due_at is None:
        return ()
    return ({"name": f"{order.reference}.ics", "type": "text/calendar", "content": deadline_ics(order)},)


def context(order: Any, reader: Reader, facts: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Every placeholder a message about an order may have, masked, in both languages where they differ."""
    rules = queries.rules_of(order)
    days_from, days_to = rules.review_days
    return {
        "addressee": mask_email(reader.name) if reader.role == ACCOUNT else mask_name(reader.name),
        "name": mask_name(administrator(order).name),
        "mobile": mask_mobile(lead(order).mobile),
        "mobiles": facts.get("mobiles") or texted_mobiles.not_told(order),
        "mobiles_note": facts.get("mobiles_note", ""),
        "site": site_name(rules.codes_entered_at),
        "site_url": rules.codes_entered_at,
        "domain": order.domain,
        "ref": order.reference,
        "due": _due(order, facts, now),
        "kept": order.due_at,
        "left": facts.get("left", ""),
        "n": facts.get("n", 0),
        "number": order.site_number,
        "province": {"zh": rules.short_zh, "en": rules.name_en},
        "photo_how": photo_told(rules.photo_ways),
        "reason": facts.get("reason", ""),
        "what": facts.get("what", ""),
        "reasons": facts.get("reasons", ""),
        "authority_code": order.authority_code,
        "authority_words": order.authority_words or NO_WORDS,
        "host": urlsplit(settings.PUBLIC_BASE_URL).netloc,
        "phone": settings.PROVIDER_HOTLINE,
        "url": settings.PUBLIC_BASE_URL + order.get_absolute_url(),
        "from": add_workdays(timezone.localdate(now), days_from)[0],
        "to": add_workdays(timezone.localdate(now), days_to)[0],
        "time": now,
    }


def _due(order: Any, facts: dict[str, Any], now: datetime) -> datetime:
    """The date the message speaks of: the order's own deadline, the lapsed one, or when we answer."""
    if facts.get("due") is not None:
        return facts["due"]
    if order.due_at is not None:
        return order.due_at
    return kept_until(order, now) if order.state in states.ENDED else end_of_answer(now)


def kept_until(order: Any, now: datetime) -> datetime:
    """Until when a closed order's answers can be taken up again."""
    return order.entered_at + timedelta(days=settings.DRAFT_KEPT.days)
