"""The applicant's verbs: start, submit, withdraw, abandon, mend, send again, start anew, object."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from filings.queries import known_about
from icpportal.lifecycle import APPLICANT
from icpportal.outbox.actions import tell
from icpportal.privacy.fields import sealed
from icpportal.wizard.storage import change
from transfers import queries, states
from transfers.decide import Outcome
from transfers.firing import ORDER, hand_over, note
from transfers.models import Objection, Order, TypeCheck
from transfers.people import ADMINISTRATOR, BOTH, SUBJECT_LEAD

CARRIED_OVER = ("type", "subject", "website", "administrator")
WITHDRAW_REASONS: dict[str, dict[str, str]] = {
    "wrong_details": {"zh": "信息填错", "en": "Wrong details"},
    "other_server": {"zh": "更换服务器", "en": "Other server"},
    "other_provider": {"zh": "更换接入商", "en": "Other provider"},
    "not_wanted": {"zh": "不再备案", "en": "No longer wanted"},
    "sent_twice": {"zh": "重复提交", "en": "Sent twice"},
    "other": {"zh": "其他", "en": "Other"},
}
ASKED_ABOUT = "subject"  # in the answers of a check: the row of the register it was asked about
STARTS_AGAIN = (states.WITHDRAWN, states.REFUSED, states.EXPIRED, states.ABANDONED)
KIND_OF = {Outcome.TRANSFER: states.TRANSFER, Outcome.TRANSFER_ANOTHER: states.TRANSFER_ANOTHER}


class Taken(Exception):
    """Another open order has this subject or domain; whose is not said."""


def start(check: TypeCheck, *, now: datetime | None = None) -> Order:
    """Begin the order that a type check leads to; a second press finds the first one. Raises `Taken`."""
    now = now or timezone.now()
    if check.order is not None:
        return check.order
    answers = {name: value for name, value in check.answers.items() if name != ASKED_ABOUT}
    try:
        with transaction.atomic():
            order = Order.objects.create(
                owner=check.owner,
                kind=KIND_OF[Outcome(check.outcome)],
                rule_profile=settings.RULE_PROFILE,
                province=answers["region"][:2],
                subject_key=answers["subject_key"],
                domain=answers["domain"],
                subject_number=check.subject_number,
                site_number=check.site_number,
                answers={"type": answers},
                created_at=now,
                entered_at=now,
                due_at=now + settings.DRAFT_KEPT,
            )
            note(order, "start", by=APPLICANT, actor=check.owner)
            TypeCheck.objects.filter(pk=check.pk).update(order=order)
    except IntegrityError as taken:
        check.refresh_from_db()
        if check.order is None:
            raise Taken(check.reference) from taken
        return check.order  # another tab was first
    return order


def claim(order: Order, **columns: Any) -> None:
    """Count the order against everybody else and write `columns` with it; raises `Taken` to the second."""
    try:
        with transaction.atomic():
            change(order, lambda answers: answers, claimed=True, **columns)
    except IntegrityError as taken:
        order.refresh_from_db()
        raise Taken(order.reference) from taken


def keep_password(order: Order, digest: str, *, number: str, now: datetime | None = None) -> None:
    """After the ministry confirmed the filing password: keep its fingerprint and claim subject and domain."""
    now = now or timezone.now()
    order.password_digest = digest
    kept = sealed(order, "password_digest")
    claim(order, password_digest=kept, password_kept=True, password_confirmed_at=now, site_number=number)


def submit(order: Order, *, actor: Any, now: datetime | None = None) -> Any:
    """Send the order to review, once, however often it is pressed; `None` when it already was."""
    now = now or timezone.now()
    if order.state not in states.EDITABLE:
        return None
    if not order.claimed:
        claim(order)
    return ORDER.fire(order, "submit", by=APPLICANT, actor=actor, columns={"submitted_at": now}, now=now)


def withdraw(order: Order, *, actor: Any, reason: str, words: str = "") -> None:
    """Take the order back before it is with the authority (撤销备案); `reason` is a key of the list of reasons."""
    note_text = f"{reason}: {words}" if words else reason
    facts = {"reason": WITHDRAW_REASONS[reason], "due": timezone.now() + settings.DRAFT_KEPT}
    ORDER.fire(order, "withdraw", by=APPLICANT, actor=actor, note=note_text, facts=facts)


def abandon(order: Order, *, actor: Any, words: str = "") -> None:
    """Close an order that was not sent, or came back (放弃备案); its service code is free again."""
    ORDER.fire(order, "abandon", by=APPLICANT, actor=actor, note=words)


def mend(order: Order, *, actor: Any) -> None:
    """Open a lapsed or authority-returned order for changes; it goes through our review again."""
    ORDER.fire(order, "mend", by=APPLICANT, actor=actor, facts=queries.facts_of(order))


def resubmit(order: Order, *, actor: Any) -> None:
    """Send a lapsed order again, unchanged, without a new review."""
    ORDER.fire(order, "resubmit", by=APPLICANT, actor=actor, facts=queries.facts_of(order))


def can_start_again(order: Order, *, now: datetime | None = None) -> bool:
    """Whether an order that came to nothing may lend its answers to a new one: as long as they are promised."""
    kept = (now or timezone.now()) < order.entered_at + settings.DRAFT_KEPT
    return kept and order.state in STARTS_AGAIN and order.kind != states.CANCELLATION


class TypeChanged(Exception):
    """Since its type was verified the site came to us, in this account or another, or lies on the old platform."""


def start_again(order: Order, *, actor: Any, now: datetime | None = None) -> Order:
    """A new draft with the answers of a withdrawn, refused or expired order; gates and papers are asked anew.

    A second press finds the first one. Raises `TypeChanged` and `Taken`.
    """
    now = now or timezone.now()
    typed = {name: order.answer("type")[name] for name in ("subject_key", "domain", "region", "name")}
    known = known_about(owner=order.owner, **typed)
    if known.own_access or known.other_subject or known.old_record:
        raise TypeChanged(order.reference)
    kept = {step: values for step, values in order.answers.items() if step in CARRIED_OVER}
    try:
        with transaction.atomic():
            fresh = Order.objects.create(
                owner=order.owner,
                kind=states.TRANSFER_ANOTHER if known.own_subject else states.TRANSFER,
                rule_profile=settings.RULE_PROFILE,
                province=order.province,
                subject_key=order.subject_key,
                domain=order.domain,
                subject_number=order.subject_number,
                site_number=order.site_number,
                answers=kept,
                created_at=now,
                entered_at=now,
                due_at=now + settings.DRAFT_KEPT,
            )
            note(fresh, "start", by=APPLICANT, actor=actor, words=order.reference)
    except IntegrityError as taken:
        first = _begun_from(order)
        if first is None:
            raise Taken(order.reference) from taken
        return first
    return fresh


def _begun_from(order: Order) -> Order | None:
    """The open order that took up the answers of this one."""
    return queries.in_progress().filter(owner=order.owner, events__move="start", events__note=order.reference).first()


def state_phone(order: Order, role: str, *, stated: bool, now: datetime | None = None) -> bool:
    """The applicant says that a person has entered the code, or takes it back; a statement, shown as such."""
    now = now or timezone.now()
    if order.state != states.PHONE_DUE or (order.due_at is not None and now >= order.due_at):
        return False
    if role not in (SUBJECT_LEAD, ADMINISTRATOR, BOTH):
        return False
    rows = queries.phone_checks(order).filter(role=role, confirmed_at__isnull=True)
    return rows.update(stated_at=now if stated else None) == 1


def object_to(*, owner: Any, domain: str, subject_key: str, words: str) -> Objection:
    """Tell a reviewer that an open order elsewhere is not rightful."""
    with transaction.atomic():
        objection = Objection.objects.create(owner=owner, domain=domain, subject_key=subject_key, words=words)
        tell(
            key=f"objection_received:{objection.reference}",
            template="objection_received",
            channel="site",
            to=str(owner.pk),
            language=owner.language,
            context={"domain": domain, "ref": "", "name": "", "phone": settings.PROVIDER_HOTLINE, "url": ""},
            user_id=owner.pk,
        )
    return objection


def release_hold(order: Order, *, actor: Any, by: str = "operations") -> bool:
    """What held the order is over: report it anew. False when it is not held, or has changed since it was read."""
    released = Order.objects.filter(pk=order.pk, state=states.HANDING_OVER, held=True, version=order.version)
    with transaction.atomic():
        if released.update(held=False, version=F("version") + 1) != 1:
            return False
        order.refresh_from_db()
        note(order, "released", by=by, actor=actor)
        hand_over(order, "authority")
    return True
