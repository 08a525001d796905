"""Accounts of the old platform, imports of what they hold, and claims of records too old for an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.models import legacy_states as states
from icpportal.database.references import random_reference
from icpportal.fields.domains import display_domain
from icpportal.lifecycle import REVIEWER
from icpportal.lifecycle.models import LifecycleEvent, LifecycleModel
from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.privacy.masks import mask_email, readable
from icpportal.privacy.models import SealedModel


def unguessable() -> str:
    return random_reference(18)


class LegacyAccount(SealedModel):
    """An account of the old platform: its address, and a hash of its password."""

    email = EncryptedTextField(pgettext_lazy("register", "Email address"))
    email_index = BlindIndexField(of="filings.legacy_import.dump.rows.index_of", unique=True, editable=False)
    password = models.CharField(max_length=300, editable=False)  # formats: `filings.legacy_import.dump.passwords`
    is_active = models.BooleanField(pgettext_lazy("account", "Active"), default=True)
    has_open_order = models.BooleanField(_("Has an open order there"), default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("account of the old platform"), _("accounts of the old platform")

    def __str__(self) -> str:
        return readable(lambda: mask_email(self.email))


class LegacyImport(LifecycleModel, SealedModel):
    """The import of one old account by one of our accounts. Only `IMPORT.apply` writes `state`."""

    kind = "import"  # the lifecycle's table has one kind

    reference = models.CharField(max_length=32, unique=True, default=unguessable, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="legacy_imports", db_index=False
    )
    account = models.ForeignKey(LegacyAccount, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(max_length=12, default=states.PROVED)
    proved_at = models.DateTimeField(default=timezone.now)
    holds = models.BooleanField(default=False)  # something of the old account was imported, or is being imported
    keep_here = models.JSONField(default=list)  # the keys of subjects whose details stay as they are here
    index_lists = ("keep_here",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "account"], name="one_import_per_owner_and_account"),
            models.UniqueConstraint(fields=["account"], condition=Q(holds=True), name="one_import_holds_an_account"),
        ]
        indexes = [models.Index(fields=["entered_at"], condition=Q(state=states.RUNNING), name="imports_to_run")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("import-page", args=[self.reference])


class LegacyImportEvent(LifecycleEvent):
    """One event of an import; append-only."""

    thing_field = "legacy_import"
    legacy_import = models.ForeignKey(LegacyImport, on_delete=models.PROTECT, related_name="events")


class LegacyImportItem(models.Model):
    """A record chosen for an import, and its outcome; "" while it waits."""

    legacy_import = models.ForeignKey(LegacyImport, on_delete=models.PROTECT, related_name="items", db_index=False)
    record = models.ForeignKey("filings.LegacyRecord", on_delete=models.PROTECT, related_name="items")
    keep_here = models.BooleanField(default=False)
    outcome = models.CharField(max_length=16, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["legacy_import", "record"], name="one_item_per_record")]
        indexes = [models.Index(fields=["legacy_import"], condition=Q(outcome=""), name="items_to_bring")]

    def __str__(self) -> str:
        return self.outcome or "waiting"


class LegacyClaim(LifecycleModel, SealedModel):
    """Somebody claims a record of the old platform with documents; a reviewer decides."""

    kind = "claim"

    reference = models.CharField(max_length=32, unique=True, default=unguessable, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="legacy_claims",
        verbose_name=_("Account"),
        db_index=False,  # another index begins with it
    )
    record = models.ForeignKey("filings.LegacyRecord", on_delete=models.PROTECT, related_name="claims")
    # the old account accepted as the applicant's: kept here because a newer dump may move the record
    account = models.ForeignKey(LegacyAccount, null=True, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=12, default=states.OPEN, db_index=True)
    entered_at = models.DateTimeField(_("Waiting since"), default=timezone.now)
    words = EncryptedTextField(blank=True, default="")
    answer = EncryptedTextField(blank=True, default="")
    # the answer by language; older rows have `answer` only
    own_answer = EncryptedJSONField(blank=True, default="", db_default="")
    erased_at = models.DateTimeField(null=True)  # when documents and texts were deleted at the end of their retention

    class Meta:
        verbose_name, verbose_name_plural = _("claim of an old record"), _("claims of old records")
        ordering = ["entered_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "record"], name="one_claim_per_owner_and_record")]
        permissions = [("review_claim", "Can accept and decline claims of old records")]

    def __str__(self) -> str:
        return display_domain(self.record.domain)

    def get_absolute_url(self) -> str:
        return reverse("claim-page", args=[self.reference])


class LegacyClaimEvent(LifecycleEvent):
    """One event of a claim; append-only."""

    thing_field = "claim"
    claim = models.ForeignKey(LegacyClaim, on_delete=models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        indexes = [
            models.Index(fields=["-at"], condition=Q(by=REVIEWER, actor__isnull=False), name="claim_judged"),
        ]


class LegacyClaimPaper(models.Model):
    """A picture that proves a claim; it counts until `retired_at`."""

    claim = models.ForeignKey(LegacyClaim, on_delete=models.PROTECT, related_name="papers")
    side = models.PositiveSmallIntegerField(default=1)
    document = models.ForeignKey("verification.Document", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "side"], condition=Q(retired_at__isnull=True), name="one_claim_paper_per_side"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.side}"
