"""Cancelling an access (取消接入): begin, prove by a code to the filed mobile, confirm, stop; and what blocks it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from filings.models import Access, Person, Website
from filings.queries import live_accesses
from filings.register.numbers import read_number
from icpportal.accounts.models import User
from icpportal.codes import actions as codes
from icpportal.codes.shares import Requester
from icpportal.fields.phones import is_mobile
from icpportal.lifecycle import APPLICANT, CLOCK
from icpportal.time_format import span_words
from icpportal.wizard.storage import change
from transfers.models import Order
from transfers.notifications.messages import notify_recipients
from transfers.orders import queries
from transfers.orders.actions import claim, create_draft
from transfers.orders.kinds import CANCELLATION, in_group, is_in
from transfers.orders.machine import ORDER, note, open_move
from transfers.orders.people import ADMINISTRATOR, SUBJECT_LEAD, language_of
from transfers.orders.rows import EVERYBODY, Group

PURPOSE = "cancel"
LAST_ACCESS = "last known access"  # note of an order begun in spite of the warning


class BlockedByOrder(Exception):
    """The account has another order open for this subject or domain."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.reference)
        self.order = order


@dataclass(frozen=True)
class BlockReason:
    """What keeps a website from being cancelled now: `key` names the words, `until` is set when it ends by itself."""

    key: str
    until: datetime | None = None


@dataclass(frozen=True)
class FiledMobile:
    """A mobile of the filing, as the authority has it."""

    role: str
    name: str
    mobile: str


# --- what blocks it ---


def block_reason(website: Website, user: User, now: datetime | None = None) -> BlockReason | None:
    """The first thing that keeps this website from being cancelled by its owner; None when nothing does."""
    now = now or timezone.now()
    opens = (user.contact_changed_at or now - settings.CANCEL_PAUSE) + settings.CANCEL_PAUSE
    rows = (
        (not live_accesses().filter(website=website).exists(), BlockReason("ended")),
        (now < opens, BlockReason("paused", opens)),
        (settings.CANCEL_REFUSE_LAST_ACCESS and is_last_access(website), BlockReason("last_access")),
        (not filed_mobiles(website), BlockReason("no_mobile")),
        (read_number(website.site_number) is None, BlockReason("no_number")),
    )
    return next((found for holds, found in rows if holds), None)


def is_last_access(website: Website) -> bool:
    """Whether no other provider of this website is known."""
    return is_last(website.accesses.filter(ended_at=None))


def is_last(accesses: Iterable[Access]) -> bool:
    """The same for the open accesses of a website that were read already."""
    return all(each.own for each in accesses)


def filed_mobiles(website: Website) -> list[FiledMobile]:
    """Where the code may be sent: the administrator's mobile, then the lead's if it differs."""
    people = ((ADMINISTRATOR, website.administrator), (SUBJECT_LEAD, website.subject.lead))
    found: dict[str, FiledMobile] = {}
    for role, person in people:
        if person is not None and is_mobile(person.mobile):
            found.setdefault(person.mobile, FiledMobile(role, person.name, person.mobile))
    return list(found.values())


def cool_off_words() -> str:
    """How long a cancellation can be stopped, in words; "" where the operator allows no time."""
    return span_words(settings.CANCEL_COOL_OFF) if timedelta(0) < settings.CANCEL_COOL_OFF else ""


def keep_drafts_past_pause(user: User, at: datetime) -> None:
    """Extends drafts that a change of contact blocks: until it ends, and then by a new draft's term."""
    until = at + settings.CANCEL_PAUSE + settings.CANCEL_DRAFT_KEPT
    held_up = Order.objects.filter(owner=user, kind=CANCELLATION.key, due_at__gt=at, due_at__lt=until)
    for order in held_up.filter(in_group(Group.EDITABLE)):
        same = Order.objects.filter(pk=order.pk, version=order.version)  # skips one that moved on since it was read
        if same.update(due_at=until, version=F("version") + 1, reminded=0):
            note(order, "deadline_moved", by=CLOCK, at=at)


# --- the applicant's verbs ---


def begin(
    website: Website, *, owner: User, actor: User | None = None, by: str = APPLICANT, now: datetime | None = None
) -> Order:
    """Returns the draft of this cancellation, a new one on the first press. Raises `BlockedByOrder`."""
    now = now or timezone.now()
    subject = website.subject
    try:
        with transaction.atomic():
            order = create_draft(
                kept=settings.CANCEL_DRAFT_KEPT,
                now=now,
                owner=owner,
                kind=CANCELLATION.key,
                province=subject.region[:2],
                subject_key=subject.subject_key,
                domain=website.domain,
                subject_number=subject.subject_number,
                site_number=website.site_number,
                answers=answers_of(website),
                subject=subject,
                website=website,
            )
            words = LAST_ACCESS if is_last_access(website) else ""
            note(order, "start", by=by, actor=actor or owner, words=words, at=now)
    except IntegrityError as taken:
        return _own_draft(website, owner, taken)
    return order


def _own_draft(website: Website, owner: User, conflict: IntegrityError) -> Order:
    open_one = queries.own_open_order(owner, website.subject.subject_key, website.domain)
    if open_one is None:
        raise conflict
    if open_one.website_id != website.pk:  # no other kind of open order has a website yet
        raise BlockedByOrder(open_one)
    return open_one


def answers_of(website: Website) -> dict[str, dict[str, str]]:
    """The register's values under the names of an order's steps: who is told, and who it is about."""
    subject = website.subject
    same = website.administrator_id in (None, subject.lead_id)
    return {
        "type": {
            "region": subject.region,
            "nature": subject.nature,
            "id_type": str(subject.id_type),
            "id_number": subject.id_number,
            "name": subject.name,
            "domain": website.domain,
            "subject_key": subject.subject_key,
        },
        "subject": _person("lead", subject.lead),
        "administrator": {"same_person": "yes" if same else "no", **_person("admin", website.administrator)},
    }


def _person(prefix: str, person: Person | None) -> dict[str, str]:
    if person is None:
        return {}
    return {
        f"{prefix}_name": person.name,
        f"{prefix}_id_type": str(person.id_type),
        f"{prefix}_id_number": person.id_number,
        f"{prefix}_phone1": person.mobile,
        f"{prefix}_email": person.email,
    }


def send_code(order: Order, to: FiledMobile, *, client: str = "") -> None:
    """Texts a code that is valid for this order's cancellation only; raises `NotSent` of the codes."""
    codes.issue(
        purpose=PURPOSE,
        holder=order.reference,
        to=codes.Destination(to.mobile, "sms", language_of(order, name=to.name, mobile=to.mobile)),
        requester=Requester(client, str(order.owner_id)),
        context={"domain": order.domain, "ref": order.reference},
    )


def code_status(order: Order) -> codes.CodeStatus:
    """The status of the code that was sent."""
    return codes.status_of(purpose=PURPOSE, holder=order.reference)


@sensitive_variables("typed")
def enter_code(order: Order, typed: str, *, now: datetime | None = None) -> codes.Verdict:
    """Judges the code; a correct one opens the remaining pages for some minutes. Raises `RowClosed`."""
    now = now or timezone.now()
    verdict = codes.enter(purpose=PURPOSE, holder=order.reference, typed=typed, now=now)
    if verdict.state == "right":
        until = (now + settings.CANCEL_PROOF_COUNTS).isoformat()
        change(order, lambda answers: {**answers, "proof": {"until": until}})
    return verdict


class ProofRequired(Exception):
    """The code is too old, or the filing password was not confirmed."""


def confirm(order: Order, *, actor: User, now: datetime | None = None) -> None:
    """Confirms the cancellation: it is reported, or cools off first; everybody on the filing is told, once.

    Raises `ProofRequired`, `AlreadyOrdered`, and `MoveNotAllowed` when somebody moved the order in the meantime.
    """
    now = now or timezone.now()
    if not order.is_editable:
        return
    if not queries.is_proved(order, now) or (queries.rules_of(order).asks_password and not order.password_kept):
        raise ProofRequired(order.reference)
    if not order.claimed:
        claim(order)
    facts = queries.facts_of(order)
    move = open_move(order, "confirms", by=APPLICANT, facts=facts)
    with transaction.atomic():
        event = ORDER.apply(order, move, by=APPLICANT, actor=actor, facts=facts, now=now)
        template = "cancel_cooling" if is_in(order, Group.WAITS_FOR_OWNER) else "cancel_started"
        notify_recipients(order, template, event_id=event.pk, roles=EVERYBODY, now=now)


def stop(order: Order, *, actor: User) -> None:
    """Stops a cancellation that is still cooling off; the transfer stays as it is."""
    ORDER.apply(order, "stop", by=APPLICANT, actor=actor)
