"""The applicant's actions: start, submit, withdraw, abandon, reopen, resubmit, start again, object."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.queries import register_snapshot
from filings.register.certificates import INDIVIDUAL
from icpportal.accounts.models import User
from icpportal.database.prepared import insert_whole
from icpportal.fields.types import Column, Columns, Fact, JsonObject
from icpportal.lifecycle import APPLICANT, MoveNotAllowed
from icpportal.outbox.actions import notify
from icpportal.privacy.fields import seal_value
from icpportal.wizard.storage import change
from transfers.models import Objection, Order, OrderEvent, TypeCheck
from transfers.orders import kinds, queries
from transfers.orders.kinds import is_in
from transfers.orders.machine import ORDER, note, queue_report
from transfers.orders.people import ADMINISTRATOR, BOTH, SAME_AS_LEAD, SUBJECT_LEAD
from transfers.orders.rows import REPORT, Group

CARRIED_OVER = ("type", *queries.DETAILS)
WITHDRAW_REASONS: dict[str, Promise] = {
    "wrong_details": _("Wrong details"),
    "other_server": _("Change of server"),
    "other_provider": _("Change of provider"),
    "not_wanted": _("No longer wanted"),
    "sent_twice": _("Submitted twice"),
    "other": pgettext_lazy("reason", "Other"),
}
ASKED_ABOUT = "subject"  # key in a check's answers: the row of the register it was about


class BeingDecided(MoveNotAllowed):
    """Our decision is being recorded: its owner can act on it in a minute."""


class AlreadyOrdered(Exception):
    """Another open order has this subject or domain; does not say whose."""


def create_draft(*, kept: timedelta, now: datetime, **columns: Any) -> Order:
    """Creates an order of any kind in its first state, in the caller's transaction.

    It expires when its draft has been `kept` this long.
    """
    order = Order(rule_profile=settings.RULE_PROFILE, created_at=now, entered_at=now, due_at=now + kept, **columns)
    insert_whole([order])
    order.keep_derived(is_new=True)
    return order


def start(check: TypeCheck, *, now: datetime | None = None) -> Order:
    """Begins the order that a type check leads to; returns the first one if repeated. Raises `AlreadyOrdered`."""
    now = now or timezone.now()
    if check.order is not None:
        return check.order
    answers = {name: value for name, value in check.answers.items() if name != ASKED_ABOUT}
    try:
        with transaction.atomic():
            order = create_draft(
                kept=settings.DRAFT_KEPT,
                now=now,
                owner=check.owner,
                kind=kinds.for_outcome(check.outcome).key,
                province=answers["region"][:2],
                subject_key=check.subject_key,
                domain=answers["domain"],
                subject_number=check.subject_number,
                site_number=check.site_number,
                answers={"type": answers, **_settled_answers(answers)},
            )
            note(order, "start", by=APPLICANT, actor=check.owner)
            TypeCheck.objects.filter(pk=check.pk).update(order=order)
    except IntegrityError as taken:
        check.refresh_from_db()
        if check.order is None:
            raise AlreadyOrdered(check.reference) from taken
        return check.order  # another tab was first
    return order


def _settled_answers(answers: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Answers that need no question: an individual is the administrator."""
    return {"administrator": SAME_AS_LEAD} if answers.get("nature") == INDIVIDUAL else {}


def claim(order: Order, **columns: Column) -> None:
    """Marks the order as blocking others and writes `columns`; raises `AlreadyOrdered` for the second of two."""
    try:
        with transaction.atomic():
            change(order, lambda answers: answers, claimed=True, **columns)
    except IntegrityError as taken:
        order.refresh_from_db()
        raise AlreadyOrdered(order.reference) from taken


def keep_password(order: Order, digest: str, *, number: str, now: datetime | None = None) -> None:
    """Stores the digest of a confirmed filing password, and claims subject and domain."""
    now = now or timezone.now()
    order.password_digest = digest
    sealed_digest = seal_value(order, "password_digest")
    claim(order, password_digest=sealed_digest, password_kept=True, password_confirmed_at=now, site_number=number)


def submit(
    order: Order,
    *,
    actor: User,
    findings: int | None = None,
    advice: JsonObject | None = None,
    now: datetime | None = None,
) -> OrderEvent | None:
    """Submits the order to review, once; `None` when it already was.

    `advice` is the checks' advice for reviewers, `findings` its number together with what was found on documents.
    """
    now = now or timezone.now()
    if not order.is_editable:
        return None
    if not order.claimed:
        claim(order)
    order.advice = advice or ""
    columns: Columns = {
        "submitted_at": now,
        "nature": order.answer("type").get("nature", ""),
        "findings": findings,
        "advice": seal_value(order, "advice") or "",
        "returns": queries.returns_of(order),  # each return writes it too, except in an earlier version
    }
    return ORDER.apply(order, "submit", by=APPLICANT, actor=actor, columns=columns, now=now)


def withdraw(order: Order, *, actor: User, reason: str, words: str = "") -> None:
    """Withdraws the order before the authority has it (撤销备案); `reason` is a key of `WITHDRAW_REASONS`."""
    if queries.is_being_decided(order):
        raise BeingDecided(f"withdraw from {order.state}")
    note_text = f"{reason}: {words}" if words else reason
    facts: dict[str, Fact] = {"reason": WITHDRAW_REASONS[reason], "due": timezone.now() + settings.DRAFT_KEPT}
    ORDER.apply(order, "withdraw", by=APPLICANT, actor=actor, words=note_text, facts=facts)


def abandon(order: Order, *, actor: User, words: str = "") -> None:
    """Closes a draft or returned order (放弃备案); its service code is free again."""
    ORDER.apply(order, "abandon", by=APPLICANT, actor=actor, words=words)


def reopen(order: Order, *, actor: User) -> None:
    """Opens a lapsed or authority-returned order for changes; it goes through our review again."""
    ORDER.apply(order, "mend", by=APPLICANT, actor=actor, facts=queries.facts_of(order))


def resubmit(order: Order, *, actor: User) -> None:
    """Sends a lapsed order again, unchanged, without a new review."""
    ORDER.apply(order, "resubmit", by=APPLICANT, actor=actor, facts=queries.facts_of(order))


def can_start_again(order: Order, *, now: datetime | None = None) -> bool:
    """Whether the answers of an ended order may still be used for a new one."""
    in_time = (now or timezone.now()) < order.entered_at + settings.DRAFT_KEPT
    return in_time and order.erased_at is None and is_in(order, Group.STARTS_AGAIN)


class TypeChanged(Exception):
    """Since the type was verified, the site came to us, in any account, or was found on the old platform."""


def start_again(order: Order, *, actor: User, now: datetime | None = None) -> Order:
    """Returns a new draft with the answers of a withdrawn, refused or expired order; proofs and documents are new.

    Repeated, returns the first one. Raises `TypeChanged` and `AlreadyOrdered`.
    """
    now = now or timezone.now()
    typed = {name: order.answer("type")[name] for name in ("domain", "region", "name")}
    known = register_snapshot(owner=order.owner, subject_key=order.subject_key, **typed)
    if known.own_access or known.other_subject or known.old_record:
        raise TypeChanged(order.reference)
    answers = {step: values for step, values in order.answers.items() if step in CARRIED_OVER}
    try:
        with transaction.atomic():
            fresh = create_draft(
                kept=settings.DRAFT_KEPT,
                now=now,
                owner=order.owner,
                kind=kinds.for_subject(known=bool(known.own_subject)).key,
                province=order.province,
                subject_key=order.subject_key,
                domain=order.domain,
                subject_number=order.subject_number,
                site_number=order.site_number,
                answers=answers,
            )
            note(fresh, "start", by=APPLICANT, actor=actor, key=order.reference)
    except IntegrityError as taken:
        first = _successor_of(order)
        if first is None:
            raise AlreadyOrdered(order.reference) from taken
        return first
    return fresh


def _successor_of(order: Order) -> Order | None:
    """The open order that took over the answers of this one."""
    return queries.in_progress().filter(owner=order.owner, events__move="start", events__note=order.reference).first()


def state_phone(order: Order, role: str, *, stated: bool, now: datetime | None = None) -> bool:
    """Records the applicant's statement that a person has entered the code, or takes it back."""
    now = now or timezone.now()
    if not is_in(order, Group.PHONES_OPEN) or (order.due_at is not None and now >= order.due_at):
        return False
    if role not in (SUBJECT_LEAD, ADMINISTRATOR, BOTH):
        return False
    rows = queries.phone_checks(order).filter(role=role, confirmed_at__isnull=True)
    return rows.update(stated_at=now if stated else None) == 1


def open_objection(owner: User, domain: str) -> Objection | None:
    """This account's objection about the domain that a reviewer has not answered."""
    return Objection.objects.filter(owner=owner, domain=domain, closed_at=None).first()


def object_to(*, owner: User, domain: str, subject_key: str, words: str) -> Objection:
    """Sends a reviewer an objection to an open order elsewhere; returns the first one if repeated."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)  # of two presses, the second waits here for the first
        if there := open_objection(owner, domain):
            return there
        order = queries.objected_order(owner, subject_key, domain)
        objection = Objection.objects.create(
            owner=owner, domain=domain, subject_key=subject_key, words=words, order=order
        )
        page = reverse("objection-page", args=[objection.reference])
        notify(
            key=f"objection_received:{objection.reference}",
            template="objection_received",
            channel="site",
            to=str(owner.pk),
            language=owner.language,
            context={"domain": domain, "url": urljoin(settings.PUBLIC_BASE_URL, page)},
            user_id=owner.pk,
        )
    return objection


def release_hold(order: Order, *, actor: User | None, by: str = "operations") -> bool:
    """Ends a hold and reports the order again; returns False when it is not held, or changed since it was read."""
    released = Order.objects.filter(queries.being_submitted(), pk=order.pk, held=True, version=order.version)
    with transaction.atomic():
        if released.update(held=False, version=F("version") + 1) != 1:
            return False
        order.refresh_from_db()
        note(order, "released", by=by, actor=actor)
        queue_report(order, REPORT)
    return True
