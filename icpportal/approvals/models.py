"""What one person wants to do and a second one must allow, one row each."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.fields import EncryptedJSONField
from icpportal.privacy.models import SealedModel

REFUSE, CLAIM, REASON, ROLE, ENDING, SUBMIT = "refuse", "claim", "reason", "role", "ending", "submit"
SECOND_FACTOR = "second_factor"
OF_ACCOUNTS = (ROLE, SECOND_FACTOR)  # their reference, which goes into logs, is part of the account's key


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: what is asked, and the permission to ask and answer."""

    label: str | Promise
    permission: str
    of_asker: str = ""  # permission to ask, if another one
    has_page: bool = False  # whether it has a page for the answer, and a list at the desk
    owner_asks: bool = True  # whether the person it is about may ask; they never answer


KINDS = {
    REFUSE: Kind(_("Refusing an order permanently"), "transfers.lead_review", owner_asks=False),
    CLAIM: Kind(_("Accepting the claim of an old filing"), "filings.review_claim", owner_asks=False),
    REASON: Kind(_("Publishing the words of a reason"), "transfers.lead_review"),
    ROLE: Kind(_("Giving an account a role"), "accounts.change_user"),
    SECOND_FACTOR: Kind(_("Resetting a second factor"), "accounts.change_user"),
    ENDING: Kind(_("Ending an access for cause"), "transfers.lead_review", "transfers.add_causecancellation"),
    SUBMIT: Kind(
        _("Submitting an accepted order to the authority"), "transfers.review_order", has_page=True, owner_asks=False
    ),
}


class ApprovalRequest(SealedModel):
    """One request; it is open while it has no outcome."""

    ALLOWED, DECLINED, WITHDRAWN, ALONE, FAILED = "allowed", "declined", "withdrawn", "alone", "failed"

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=40)  # key of what it is about
    reference = models.CharField(max_length=40)  # the same, for people
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    said = EncryptedJSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    alone_at = models.DateTimeField(null=True)  # when it is carried out without a second person, because there is none
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(outcome=""), name="one_open_request_a_thing"),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="answered_by_a_second_person"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "key"], name="requests_of_a_thing"),
            models.Index(fields=["asked_at"], condition=Q(outcome=""), name="requests_open"),
            models.Index(fields=["-asked_at"], name="requests_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def label(self) -> str | Promise:
        """What is asked."""
        return KINDS[self.kind].label

    @property
    def permission(self) -> str:
        """The permission its second person holds."""
        return KINDS[self.kind].permission

    @property
    def needed_to_ask(self) -> str:
        """The permission that the asker must still hold when it is carried out."""
        is_alone = self.alone_at is not None
        return self.permission if is_alone else KINDS[self.kind].of_asker or self.permission

    @property
    def barred(self) -> set[str]:
        """The keys of people who may not answer it."""
        people = {self.asked_by_id, self.owner_id, *self.said.get("barred", [])}
        return {str(person) for person in people if person}

    @property
    def answer(self) -> str:
        """What the second person wrote to the asker."""
        return str(self.said.get("answer", {}).get("words", ""))

    @property
    def words(self) -> str:
        """What the person it is about reads."""
        return str(self.said.get("words", ""))
