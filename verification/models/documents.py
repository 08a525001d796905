"""An uploaded picture, from its first second. It knows no order: whoever uses it refers to it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.privacy.fields import EncryptedTextField
from icpportal.privacy.models import SealedModel
from verification import file_names
from verification.pictures.likeness import DIGITS

if TYPE_CHECKING:
    from verification.documents.advice import PicturesTogether


class DocumentState(models.TextChoices):
    """The states of a document; only `verification.documents` changes them."""

    CHECKING = "checking", _("Checking")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Upload again")
    RETIRED = "retired", _("Replaced")


class Document(SealedModel):
    """One picture. Until it is `ready`, its bytes are in quarantine and shown to nobody."""

    reference = models.CharField(
        _("picture number"), max_length=40, unique=True, default=file_names.reference, editable=False
    )
    kind = models.CharField(_("kind"), max_length=40)
    side = models.PositiveSmallIntegerField(_("side"), default=1, db_default=1)
    holder = models.CharField(_("holder"), max_length=120, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=DocumentState.choices, default=DocumentState.CHECKING)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    advice = models.JSONField(_("advice"), default=list, blank=True)
    display_name = EncryptedTextField(_("file name"), blank=True)
    size = models.PositiveIntegerField(_("bytes"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    likeness = models.CharField(max_length=DIGITS, blank=True, db_default="", editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    quarantine_name = models.CharField(max_length=120, blank=True, db_index=True)
    stored_name = models.CharField(max_length=120, blank=True, db_index=True)
    preview_name = models.CharField(max_length=120, blank=True, db_index=True)
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    to_clear = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("received at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    retired_at = models.DateTimeField(_("replaced at"), null=True)

    together: "PicturesTogether | None" = None  # those that a page read with it (`advice.note_together`)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=DocumentState.READY) | ~Q(stored_name=""), name="ready_document_has_a_file"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state=DocumentState.CHECKING), name="documents_to_examine"),
            models.Index(fields=["decided_at"], condition=Q(to_clear=True), name="documents_to_clear"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference[:6]}…"

    @property
    def is_ready(self) -> bool:
        return self.state == DocumentState.READY

    @property
    def is_checking(self) -> bool:
        return self.state == DocumentState.CHECKING


def sent_along(holder: OuterRef) -> Coalesce:
    """The number of pictures ever sent under a holder, as a column of the query that reads the holder."""
    theirs = Document.objects.filter(holder=holder).order_by().values("holder")
    return Coalesce(Subquery(theirs.annotate(number=Count("pk")).values("number")), 0)
