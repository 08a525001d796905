"""Erasing what is kept of a person, and leaving what the law asks a provider to keep.

What stays: the register and the orders that brought a filing, with their entries and papers; of all other orders the
reference, the days and the moves; consents as the proof that they were given; the access log and the audit chain; what
was sent to the ministry until its own time is over.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from filings.models import LegacyClaim
from icpportal.accounts.models import FormerAddress, Pending, User
from icpportal.audit.actions import append
from icpportal.audit.words import ACTS
from icpportal.drafts.models import PageDraft
from icpportal.lifecycle import APPLICANT
from icpportal.outbox.models import Message, Muted
from transfers.models import (
    Call,
    CallAttempt,
    ColleagueNote,
    Decision,
    FieldVerdict,
    Objection,
    Order,
    ReviewDraft,
    SearchKey,
    TypeCheck,
)
from transfers.orders.history import row_of
from transfers.orders.kinds import is_in
from transfers.orders.machine import note
from transfers.orders.rows import CAUSE, PERSON, REPORT, Group
from transfers.rights.papers import erase_papers
from verification.documents.actions import retire
from verification.models import Backdrop, Document, PhoneUpload, PlaceChoice, ServiceCode
from verification.phones import consent_links, proofs

ERASE = "erase"
ACTS[ERASE] = pgettext_lazy("audit", "Erased at the person's request")
BLANK_ADDRESS = {"recipient": "", "mobile": "", "region": "", "region_name": "", "address": "", "company": ""}
LAST_WORD = "account_closed"  # the one message that is still sent


def erase_order(order: Order, *, now: datetime | None = None) -> None:
    """Erase the entries and papers of an order that is over; one that brought a filing keeps what the law asks for."""
    with transaction.atomic():
        _erase_beside(order)
        if is_in(order, Group.APPROVED) or is_in(order, Group.LAST_WORD_SAID):
            return
        erase_papers(order, now=now)
        Document.objects.filter(holder=order.reference).update(display_name="")
        _erase_entries(order)
        _erase_words(order)
        if not order.events.filter(move="erased").exists():
            note(order, "erased", by=APPLICANT, actor=None, at=now)


def _erase_beside(order: Order) -> None:
    """What was kept to talk to people, and not for the record."""
    holder = order.reference
    proofs.forget(holder)
    consent_links.forget(holder)
    PhoneUpload.objects.filter(holder=holder).delete()
    PlaceChoice.objects.filter(holder=holder).delete()
    Backdrop.objects.filter(holder=holder).update(**BLANK_ADDRESS)
    Message.objects.filter(reference=holder).exclude(Q(channel=REPORT) | Q(template=LAST_WORD)).delete()
    PageDraft.objects.filter(holder=holder).delete()


def _erase_entries(order: Order) -> None:
    order.answers = {}
    order.came_back = order.advice = ""
    order.domain = order.subject_key = order.subject_number = order.site_number = ""
    order.instance = order.authority_words = order.password_digest = ""
    order.save()
    SearchKey.objects.filter(order=order).delete()
    TypeCheck.objects.filter(order=order).delete()
    order.phone_checks.update(mobile_masked="")


def _erase_words(order: Order) -> None:
    """What people wrote about it: applicants, reviewers and the authority."""
    told = [event.pk for event in order.events.all() if not _is_a_key(event.move)]
    order.events.filter(pk__in=told).update(note="")
    order.rounds.update(why="", own={})
    FieldVerdict.objects.filter(round__order=order).update(words="", value="", own={}, told={})
    ColleagueNote.objects.filter(order=order).update(words="", answer="")
    ReviewDraft.objects.filter(order=order).delete()
    for decision in Decision.objects.filter(order=order):
        decision.said = {}
        decision.save(update_fields=["said"])
    Call.objects.filter(order=order).update(about="")
    CallAttempt.objects.filter(call__order=order).update(note="")


def _is_a_key(move: str) -> bool:
    """Whether the note of a move names a row of a table of ours, and nothing of a person."""
    row = row_of(move)
    return row is not None and row.note in (CAUSE, PERSON)


def erase_account(user: User, *, now: datetime | None = None) -> None:
    """Erase who the account belongs to; the row stays, because orders and the log point to it."""
    with transaction.atomic():
        TypeCheck.objects.filter(owner=user).delete()
        mine = Objection.objects.filter(owner=user)
        mine.filter(closed_at=None).update(closed_at=now or timezone.now())  # nobody is there to be answered
        mine.update(words="", answers="")
        for claim in LegacyClaim.objects.filter(owner=user):
            LegacyClaim.objects.filter(pk=claim.pk).update(words="", answer="", own_answer="")
            for paper in claim.papers.select_related("document"):
                retire(paper.document, now=now)
        Backdrop.objects.filter(owner=user).update(**BLANK_ADDRESS)
        PlaceChoice.objects.filter(owner=user).delete()
        ServiceCode.objects.filter(account=user.customer).update(account=f"account:{user.pk}")
        ServiceCode.objects.filter(kept_by=user.customer).update(kept_by=f"account:{user.pk}")
        Message.objects.filter(user=user).exclude(template=LAST_WORD).delete()
        PageDraft.objects.filter(owner=user).delete()
        for model in (Muted, FormerAddress, Pending):
            model.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user_id=user.pk).delete()
        Authenticator.objects.filter(user_id=user.pk).delete()
        user.email = f"closed-{user.pk}@closed.invalid"
        user.customer_name = f"account:{user.pk}"
        user.mobile, user.mobile_confirmed_at, user.name, user.is_active = "", None, "", False
        user.set_unusable_password()
        user.save()
        for order in Order.objects.filter(owner=user).exclude(domain="").select_related("owner"):
            order.keep_derived()  # it was found by the mobile of the account, too
        append(ERASE, actor=user, what="account", reference=str(user.pk), now=now)
