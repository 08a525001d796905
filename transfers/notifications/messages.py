"""Who is told what, with which values: one outbox row for each message, person and channel, each with a key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.provinces.rule_texts import site_name
from icpportal.fields.types import Facts, Key
from icpportal.outbox.actions import Attachment, Letter, notify_all
from icpportal.outbox.texts import catalogue
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name
from icpportal.workdays.calendar import LONGEST_BREAK, Calendar, add_workdays, calendar, end_of_answer
from transfers.models import Order
from transfers.notifications import texted_mobiles
from transfers.notifications.calendar_file import deadline_ics
from transfers.orders import queries
from transfers.orders.history import audience_of
from transfers.orders.kinds import is_in
from transfers.orders.people import administrator, by_role, language_of, lead
from transfers.orders.rows import ACCOUNT, Group
from verification.photos.methods import first_method_label

MIDDLE_DOT = " · "
UNCHANGED = _(
    "If nothing has changed, resubmit it unchanged on its page. There is no new review, and a new code will follow."
)
SOMETHING_EXPIRED = _(
    "Something in it has expired since: change it on the order's page, then resubmit. We will review the order again."
)
NO_WORDS = pgettext_lazy("words of the authority", "none")


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told, and by which channels."""

    role: str
    name: str
    mobile: str
    email: str
    user_id: UUID | None = None

    def addresses(self) -> Iterable[tuple[str, str]]:
        if self.mobile:
            yield "sms", self.mobile
        if self.email:
            yield "email", self.email
        if self.user_id is not None:
            yield "site", str(self.user_id)

    def is_the_same_as(self, other: "Recipient") -> bool:
        """Whether both are one person: by mobile, or by a mailbox that is not shared."""
        if self.mobile and self.mobile == other.mobile:
            return True
        shares = bool(self.email) and self.email.lower() == other.email.lower()
        return shares and (not self.name or not other.name or self.name == other.name)


def recipients(order: Order, roles: Iterable[str], *, every_address: bool = False) -> list[Recipient]:
    """The people behind `roles`; a person with two roles is told once, as the first of them.

    With `every_address` they are told in each role, where their numbers differ.
    """
    owner, people = order.owner, by_role(order)
    found: list[Recipient] = []
    for role in dict.fromkeys(roles):
        if role == ACCOUNT:
            reader = Recipient(role, "", owner.mobile, owner.email, owner.pk)
        else:
            person = people[role]
            reader = Recipient(role, person.name, person.mobile, person.email)
        if every_address or not any(reader.is_the_same_as(other) for other in found):
            found.append(reader)
    return found


def notify_recipients(
    order: Order,
    template: str,
    *,
    event_id: Key,
    facts: Facts | None = None,
    roles: Iterable[str] | None = None,
    now: datetime | None = None,
) -> None:
    """Queues `template` for everybody concerned; an `event_id` never tells anybody twice."""
    now = now or timezone.now()
    roles = audience_of(template) if roles is None else roles
    notify_all(_letters(order, template, event_id, facts or {}, roles, now))


def _letters(
    order: Order, template: str, event_id: Key, facts: Facts, roles: Iterable[str], now: datetime
) -> Iterable[Letter]:
    """One message for each person and channel; an address that several people share gets one."""
    reached: set[tuple[str, str]] = set()
    shared = words_of(order, facts, now)
    for reader in recipients(order, roles, every_address=catalogue.reaches_every_address(template)):
        language = language_of(order, name=reader.name, mobile=reader.mobile)
        words = {**shared, "account": _account(order, reader)}
        for channel, address in reader.addresses():
            if (channel, address) in reached or not catalogue.has(template, channel):
                continue
            reached.add((channel, address))
            yield {
                "key": f"{template}:{event_id}:{reader.role}:{channel}",
                "template": template,
                "channel": channel,
                "to": address,
                "language": language,
                "context": words,
                "reference": order.reference,
                "user_id": reader.user_id,
                "attachments": _attachments(order, language) if channel == "email" else (),
            }


def _attachments(order: Order, language: str) -> tuple[Attachment, ...]:
    if not is_in(order, Group.PHONES_OPEN) or order.due_at is None:
        return ()
    return (
        {"name": f"{order.reference}.ics", "type": "text/calendar", "content": deadline_ics(order, language=language)},
    )


def context(order: Order, reader: Recipient, facts: Facts, now: datetime) -> Facts:
    """The values of every placeholder in messages about an order, masked, in both languages where they differ."""
    return {**words_of(order, facts, now), "account": _account(order, reader)}


def _account(order: Order, reader: Recipient) -> str:
    """The account's name, for recipients other than its owner."""
    return "" if reader.role == ACCOUNT else mask_email(order.owner.email)


def words_of(order: Order, facts: Facts, now: datetime) -> Facts:
    """The values that are the same for every recipient."""
    rules = queries.rules_of(order)
    days_from, days_to = rules.review_days
    today = timezone.localdate(now)
    known = calendar(today, today + timedelta(days=2 * days_to + LONGEST_BREAK))
    return {
        "name": mask_name(administrator(order).name),
        "mobile": facts.get("mobile") or mask_mobile(lead(order).mobile),
        "mobiles": facts.get("mobiles") or texted_mobiles.not_told(order),
        "mobiles_note": facts.get("mobiles_note", ""),
        "number_note": texted_mobiles.number_note(order),
        "site": site_name(rules.codes_entered_at),
        "site_url": rules.codes_entered_at,
        "domain": order.domain,
        "ref": order.reference,
        "due": _due(order, facts, now, known),
        "kept": order.due_at,
        "left": facts.get("left", ""),
        "n": facts.get("n", 0),
        "number": order.site_number,
        "province": {"zh": rules.short_zh, "en": rules.name_en},
        "photo_how": first_method_label(rules.photo_ways),
        "resubmission": UNCHANGED if queries.can_be_sent_unchanged(order) else SOMETHING_EXPIRED,
        "reason": facts.get("reason", ""),
        "what": facts.get("what", ""),
        "reasons": facts.get("reasons", ""),
        "parts": facts.get("parts", ""),
        "others": facts.get("others", ""),
        "authority_answer": MIDDLE_DOT.join(filter(None, (order.authority_code, order.authority_words))) or NO_WORDS,
        "host": urlsplit(settings.PUBLIC_BASE_URL).netloc,
        "phone": settings.PROVIDER_HOTLINE,
        "url": settings.PUBLIC_BASE_URL + order.get_absolute_url(),
        "from": add_workdays(today, days_from, known=known)[0],
        "to": add_workdays(today, days_to, known=known)[0],
        "time": now,
    }


def _due(order: Order, facts: Facts, now: datetime, known: Calendar) -> datetime:
    """The date in the message: the order's deadline, the lapsed one, or the day we answer."""
    due = facts.get("due")
    if isinstance(due, datetime):
        return due
    if order.due_at is not None:
        return order.due_at
    return kept_until(order, now) if order.is_ended else end_of_answer(now, known=known)


def kept_until(order: Order, now: datetime) -> datetime:
    """Until when a closed order's answers can be used for a new one."""
    return order.entered_at + timedelta(days=settings.DRAFT_KEPT.days)
