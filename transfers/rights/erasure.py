"""Erases what is kept of a person, except what the law requires a provider to keep.

What stays: the register and the orders that brought a filing, with answers and documents; of all other orders the
reference, dates and moves; consents as proof that they were given; the access log and the audit chain; files sent to
the ministry until the end of their own retention.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from filings.legacy_import.claims import erasure as claims
from filings.legacy_import.claims.claims import withdraw
from filings.models import LegacyClaim
from filings.models.legacy_states import SENT
from icpportal.accounts.models import FormerAddress, Pending, User
from icpportal.audit.actions import append
from icpportal.audit.words import ACTS
from icpportal.drafts.models import PageDraft
from icpportal.lifecycle import APPLICANT
from icpportal.outbox.models import Message, Muted
from icpportal.privacy.masks import CLOSED
from transfers.calls.actions import end_answered
from transfers.models import Objection, Order, SearchKey, TypeCheck
from transfers.orders.kinds import is_in
from transfers.orders.machine import note
from transfers.orders.rows import REPORT, Group
from transfers.retention.erasure import erase, erase_contacts, erase_notes
from transfers.rights import export_files
from transfers.rights.models import CorrectionRequest
from verification.backdrops import actions as backdrops
from verification.models import Backdrop, PlaceChoice, ServiceCode
from verification.service_codes import handovers

ERASE = "erase"
ACTS[ERASE] = pgettext_lazy("audit", "Erased at the person's request")
LAST_WORD, WITH_DUTIES = "account_closed", "account_closed_duties"  # all that is still sent to the account
FOR_OTHERS = ("cancel_stopped", "order_approved")  # still sent to the people named in the order, who wait for it


def erase_order(order: Order, *, now: datetime | None = None) -> None:
    """Erases answers and documents of an ended order, unless it brought a filing and the law requires them."""
    holder = order.reference
    with transaction.atomic():
        erase_messages(order)
        PageDraft.objects.filter(holder=holder).delete()
        if is_in(order, Group.APPROVED) or is_in(order, Group.LAST_WORD_SAID):
            erase_contacts(order)
            erase_notes(order)
            return
        erase(order, now=now)
        order.refresh_from_db()
        order.domain = order.subject_key = order.subject_number = order.site_number = order.instance = ""
        order.save()
        SearchKey.objects.filter(order=order).delete()
        if not order.events.filter(move="erased").exists():
            note(order, "erased", by=APPLICANT, actor=None, at=now)


def erase_messages(order: Order) -> None:
    """Erases the messages about an order, sent and unsent; what others must still hear, once it is sent."""
    mine = Message.objects.filter(reference=order.reference).exclude(
        Q(channel=REPORT) | Q(template__in=(LAST_WORD, WITH_DUTIES))
    )
    owed = Q(template__in=FOR_OTHERS, user__isnull=True, next_at__isnull=False)
    mine.filter(owed).update(is_secret=True)
    mine.exclude(owed).delete()


def erase_account(user: User, *, now: datetime | None = None) -> None:
    """Erases the account's identity; the row stays, because orders and the log refer to it."""
    export_files.forget_of(user)  # first, because files are not transactional
    with transaction.atomic():
        TypeCheck.objects.filter(owner=user).delete()
        CorrectionRequest.objects.filter(user=user).delete()
        mine = Objection.objects.filter(owner=user)
        for objection in mine.filter(closed_at=None):  # nobody is left to answer or to call
            end_answered(objection, None, now or timezone.now())
        mine.filter(closed_at=None).update(closed_at=now or timezone.now())
        mine.update(words="", answers="")
        for claim in LegacyClaim.objects.select_for_update(of=("self",)).filter(owner=user):
            if claim.state == SENT:  # nobody is left to be given the filing
                withdraw(claim, now=now)
            claims.erase(claim, now=now)
        backdrops.erase(Backdrop.objects.filter(owner=user))
        PlaceChoice.objects.filter(owner=user).delete()
        handovers.end_offers(user, now=now)
        handovers.give_back(user.customer)
        ServiceCode.objects.filter(account=user.customer).update(account=f"account:{user.pk}")
        ServiceCode.objects.filter(kept_by=user.customer).update(kept_by=f"account:{user.pk}")
        Message.objects.filter(user=user).exclude(template__in=(LAST_WORD, WITH_DUTIES)).delete()
        PageDraft.objects.filter(owner=user).delete()
        for model in (Muted, FormerAddress, Pending):
            model.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user_id=user.pk).delete()
        Authenticator.objects.filter(user_id=user.pk).delete()
        user.email = f"closed-{user.pk}@{CLOSED}"
        user.customer_name = f"account:{user.pk}"
        user.mobile, user.mobile_confirmed_at, user.name, user.is_active = "", None, "", False
        user.set_unusable_password()
        user.save()
        append(ERASE, actor=user, what="account", reference=str(user.pk), now=now)
