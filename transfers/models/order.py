"""An order (订单): one request on its way, and everything that ever happened to it."""

import secrets
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.domains import display_domain
from icpportal.fields.types import Columns
from icpportal.gateways.miit.types import report_key
from icpportal.lifecycle.models import LifecycleEvent
from icpportal.paths import path
from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.wizard.models import DraftModel
from transfers.orders import kinds, states
from transfers.orders.rows import Group

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODES_LONGEST = 80  # length of the codes of one answer
ON_THE_WAY = ("state", "province", "kind", "nature", "findings", "returns")  # columns that baskets are filtered by
COUNTED_BY = (*ON_THE_WAY, "claimed_until", "reviewer", "reference")
IN_REVIEW = Q(state__in=states.keys(Group.IN_REVIEW))
IN_PROGRESS = ~Q(state__in=states.keys(Group.ENDED))


def new_reference() -> str:
    """A reference such as `T7Q4-M2KX`: short enough to read out; one of 31⁸, and never the only protection."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class Order(DraftModel):
    """A transfer, another transfer, or a cancellation. Only `ORDER.apply` and `ORDER.apply_many` write `state`."""

    reference = models.CharField(_("Order"), max_length=12, unique=True, default=new_reference, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders", db_index=False)
    kind = models.CharField(max_length=20, default="transfer")
    state = models.CharField(max_length=20, default="draft")

    rule_profile = models.CharField(max_length=20)
    province = models.CharField(_("Province"), max_length=2)
    subject_key = BlindIndexField(of="transfers.orders.people.indexes_of")
    domain = models.CharField(_("Domain name"), max_length=253)
    subject_number = models.CharField(max_length=40, blank=True)
    site_number = models.CharField(max_length=40, blank=True)
    answers = EncryptedJSONField(default=dict)
    # blocks everybody else: from the confirmed filing password, or from submitting where there is none
    claimed = models.BooleanField(default=False)
    # the answers when the order was returned, and why parts of them stay unchanged
    came_back = EncryptedJSONField(blank=True, default="")

    service_code = models.CharField(max_length=36, blank=True)
    instance = models.CharField(max_length=80, blank=True)
    code_confirmed_at = models.DateTimeField(null=True)
    password_digest = EncryptedTextField(blank=True, default="")
    password_kept = models.BooleanField(default=False)
    password_confirmed_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)

    # blind index of the website administrator whose photo was accepted in this order
    photo_accepted_for = BlindIndexField(copied=True, blank=True)
    photo_way = models.CharField(max_length=20, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="claimed_orders", db_index=False
    )
    claimed_since = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    # how often a reviewer returned it, for the lists of the desk
    returns = models.PositiveSmallIntegerField(default=0, db_default=0)
    # written at submit: the nature of subject, and how many findings a reviewer should look at
    nature = models.CharField(_("Nature"), max_length=30, blank=True, default="", db_default="")
    findings = models.PositiveSmallIntegerField(null=True)
    advice = EncryptedJSONField(blank=True, default="", db_default="")  # the checks' advice at submit, for reviewers

    report = models.PositiveIntegerField(default=0)  # number of the last report
    reported_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)  # the last reminder sent for this window, in hours left
    held = models.BooleanField(default=False)  # a fault of ours stops the report; operations must act
    authority_code = models.CharField(max_length=CODES_LONGEST, blank=True)  # several codes are separated by spaces
    authority_words = models.TextField(blank=True)

    # when its documents, then its answers, were deleted at the end of their retention (`transfers/retention`)
    papers_erased_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    subject = models.ForeignKey("filings.Subject", null=True, on_delete=models.PROTECT, related_name="orders")
    website = models.ForeignKey("filings.Website", null=True, on_delete=models.PROTECT, related_name="orders")

    derived_from = frozenset(
        {"type", "subject", "administrator", "domain", "subject_number", "site_number", "erased_at"}
    )

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "order"), pgettext_lazy("register", "orders")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "subject_key"], condition=IN_PROGRESS, name="one_order_per_own_subject"
            ),
            models.UniqueConstraint(fields=["owner", "domain"], condition=IN_PROGRESS, name="one_order_per_own_domain"),
            models.UniqueConstraint(
                fields=["subject_key"], condition=IN_PROGRESS & Q(claimed=True), name="one_order_per_subject"
            ),
            models.UniqueConstraint(
                fields=["domain"], condition=IN_PROGRESS & Q(claimed=True), name="one_order_per_domain"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="order_due"),
            models.Index(fields=["state", "entered_at"], name="order_queue"),
            models.Index(
                fields=["state", "due_at", "id", *ON_THE_WAY[1:]],
                condition=Q(state__in=kinds.keys_sorted_by_deadline()),
                name="order_dated",
            ),
            models.Index(fields=["entered_at", "id"], name="order_entered"),
            models.Index(
                fields=["entered_at", "id"],
                condition=Q(kind__in=kinds.CANCELLATIONS, state__in=kinds.not_ended()),
                name="order_cancelling",
            ),
            models.Index(  # covers all columns the baskets are counted by: no row is read
                fields=["entered_at", "id", *COUNTED_BY],
                condition=IN_REVIEW,
                name="order_judged",
            ),
            models.Index(
                fields=["subject_key", "id"],
                condition=IN_REVIEW,
                name="order_judged_subject",
            ),
            models.Index(
                fields=["domain", "id"],
                condition=IN_REVIEW,
                name="order_judged_domain",
            ),
            models.Index(  # joins open requests and objections with the orders of a province
                fields=["reference", "province"],
                condition=IN_REVIEW,
                name="order_judged_reference",
            ),
            models.Index(
                fields=["id", "province"],
                condition=IN_REVIEW,
                name="order_judged_key",
            ),
            models.Index(  # the baskets are counted from it alone
                fields=["state", "province", "entered_at", "id", *ON_THE_WAY[2:], "held", "claimed_until"],
                condition=Q(state__in=kinds.not_ended()),
                name="order_on_the_way",
            ),
            models.Index(
                fields=["state"],
                condition=Q(due_at__isnull=True, state__in=states.time_limited_keys()),
                name="order_undated",
            ),
            models.Index(fields=["owner", "-created_at"], name="order_of_owner"),
            models.Index(fields=["domain"], name="order_domain"),  # SQLite cannot use the partial ones above
            models.Index(fields=["site_number"], name="order_site_number"),
            models.Index(fields=["entered_at"], condition=Q(held=True), name="order_held"),
            models.Index(fields=["created_at"], condition=Q(password_kept=True), name="order_password_kept"),
            models.Index(
                fields=["state", "entered_at"], condition=Q(papers_erased_at__isnull=True), name="order_with_papers"
            ),
            models.Index(
                fields=["state", "entered_at"], condition=Q(erased_at__isnull=True), name="order_with_details"
            ),
            models.Index(fields=["reviewer"], condition=Q(reviewer__isnull=False), name="order_of_reviewer"),
        ]
        permissions = [
            ("review_order", "Can review orders"),
            ("lead_review", "Can refuse orders"),
            ("audit_order", "Can read who looked at what and who did what"),
            ("operate_order", "Can release held orders and move deadlines"),
        ]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **options: Any) -> None:
        """Also writes what the order is found by."""
        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **options)
            self.keep_derived(is_new=is_new)

    def get_absolute_url(self) -> str:
        return path("order", self.reference)

    @property
    def display_domain(self) -> str:
        return display_domain(self.domain)

    @property
    def is_editable(self) -> bool:
        return kinds.is_in(self, Group.EDITABLE)

    @property
    def is_erased(self) -> bool:
        """Whether its answers and documents were erased at a person's request; reference, days and moves are left."""
        return not self.domain

    @property
    def is_ended(self) -> bool:
        return kinds.is_in(self, Group.ENDED)

    def columns_when_changed(self) -> Columns:
        """The further columns that a change of answers or documents writes: idle time starts again."""
        setting = kinds.state_of(self).kept
        return {"due_at": timezone.now() + getattr(settings, setting), "reminded": 0} if setting else {}

    def derived_sources(self) -> Collection[object]:
        """What the order is found by, as in its present answers."""
        sources: Collection[object] = import_string(f"{settings.ORDER_SEARCH_KEYS}.sources_of")(self)
        return sources

    def keep_derived(self, *, is_new: bool = False) -> None:
        """Updates what the order is found by from its answers, domain and numbers, in their transaction."""
        import_string(f"{settings.ORDER_SEARCH_KEYS}.keep")(self, is_new=is_new)

    @property
    def report_key(self) -> str:
        """The key of the latest report at the authority gateway."""
        return report_key(self.reference, self.report)

    def answer(self, step: str) -> dict[str, Any]:
        """The answers of a step; empty when there are none."""
        return self.answers.get(step, {})


class OrderEvent(LifecycleEvent):
    """One event of an order; append-only. `move` is a move or a noted fact."""

    thing_field = "order"
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events", db_index=False)
    move = models.CharField(max_length=30)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)

    class Meta(LifecycleEvent.Meta):
        indexes = [
            models.Index(fields=["order", "-at"], name="event_of_order"),
            models.Index(fields=["at"], name="event_at"),  # what happened on a day, for the daily count
        ]
