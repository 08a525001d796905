"""Exchange with the ministry: reports, numbered files, downloads, outcomes, code tables.

A report is queued without a number; the only sender of an ispId assigns the number together with the bytes. Bodies are
sealed with their own key (`line/file_encryption.py`), so that destroying the key forgets a file. Finished bodies are
moved to the storage (`line/bodies.py`), under `stored_name`.
"""

import hashlib
import time
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.desk.proposals import Proposable, by_a_second_person
from icpportal.gateways.miit.types import AnswerKind, ReportKind

# where a body is: in the database, in the storage, in the storage although its key was destroyed
TO_STORE = Q(body__isnull=False)
STORED = ~Q(stored_name="")
TO_DROP = STORED & Q(key="")


def new_own_id() -> int:
    """A number of ours for a new access (IspJrid), never used before, from the clock."""
    return time.time_ns() // 1000


def own_id_of(key: str) -> int:
    """Our number for this report's access: the same after a restored backup, so that answers find it.

    53 bits of a hash; should two keys ever collide, the later one gets one from the clock.
    """
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7]) >> 3 or 1


class ReportState(models.TextChoices):
    """The states of a report."""

    QUEUED = "queued", pgettext_lazy("report", "queued")  # waits for its number
    PARKED = "parked", pgettext_lazy("report", "parked")  # cannot be sent as it is; it has no number
    NUMBERED = "numbered", pgettext_lazy("report", "being sent")  # has a number, not accepted yet
    ACCEPTED = "accepted", pgettext_lazy("report", "accepted")  # accepted, waits for the authority's answer
    ANSWERED = "answered", pgettext_lazy("report", "answered")
    SUPERSEDED = "superseded", pgettext_lazy("report", "superseded")  # its order goes on without it


class Report(models.Model):
    """A report to the authority; `own_id` is our permanent number for the access (IspJrid)."""

    key = models.CharField(_("Report"), max_length=120, unique=True)
    kind = models.CharField(_("Type"), max_length=20, choices=[(kind.value, kind.value) for kind in ReportKind])
    reference = models.CharField(_("Order"), max_length=80, db_index=True)
    site_number = models.CharField(_("Site number"), max_length=128, blank=True, db_index=True)
    own_id = models.BigIntegerField(_("Our id"), unique=True, default=new_own_id)  # IspJrid
    access_id = models.BigIntegerField(_("Ministry's ID"), null=True, blank=True, db_index=True)  # Jrid
    subject_id = models.BigIntegerField(null=True, editable=False)  # Ztid, for an access on record
    payload = models.TextField(editable=False)  # sealed JSON of the report (`line/serialization.py`)
    sealed_texts: ClassVar[dict[str, str]] = {"payload": "miit.report:{row.key}"}
    state = models.CharField(_("State"), max_length=20, choices=ReportState, default=ReportState.QUEUED)
    field = models.CharField(_("Field"), max_length=120, blank=True)  # for a parked report: the field at fault
    code = models.CharField(_("Code"), max_length=10, blank=True)
    reason = models.CharField(_("Reason"), max_length=500, blank=True)
    tries = models.PositiveIntegerField(default=0)  # how often the authority asked to try again ("neither's fault")
    queued_at = models.DateTimeField(_("Queued"), default=timezone.now)
    next_at = models.DateTimeField(_("Not before"), default=timezone.now)
    answered_at = models.DateTimeField(_("Answered"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("report"), _("reports")
        ordering = ["-queued_at", "-pk"]
        permissions = [("operate_ministry", "Can send, park and fetch reports")]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state="queued"), name="report_queued"),
            models.Index(fields=["state", "-queued_at"], name="report_by_state"),
            models.Index(fields=["-queued_at", "-id"], name="report_queued_last"),
            models.Index(fields=["subject_id"], condition=Q(subject_id__isnull=False), name="report_by_subject"),
            models.Index(
                fields=["id"],
                condition=~Q(payload="") & Q(state__in=("answered", "superseded")),
                name="report_with_payload",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class UploadFile(models.Model):
    """A numbered file: sent until accepted, kept for three months, never skipped."""

    isp_id = models.BigIntegerField(_("Provider's id"))
    sequence = models.BigIntegerField(pgettext_lazy("of a file", "Number"))
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files", verbose_name=_("report"))
    name = models.CharField(_("File"), max_length=128, db_index=True)
    digest = models.CharField(max_length=24)  # base64 of the MD5 of the zip, as it is sent
    body = models.BinaryField(null=True, editable=False)  # the zip, sealed; empty once it is stored or forgotten
    stored_name = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    key = models.TextField(blank=True, editable=False)  # which one is its own, empty once it is destroyed
    sealed_texts: ClassVar[dict[str, str]] = {"key": "miit.upload:{row.isp_id}:{row.sequence}"}
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(_("First sent"), null=True, blank=True)  # since it last was certainly not there
    accepted_at = models.DateTimeField(pgettext_lazy("of a file", "Accepted"), null=True, blank=True)
    tries = models.PositiveIntegerField(_("Attempts"), default=0)
    code = models.CharField(_("Last code"), max_length=10, blank=True)
    words = models.CharField(_("Last message"), max_length=500, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("numbered file"), _("numbered files")
        ordering = ["-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["isp_id", "sequence"], name="one_file_a_number"),
            models.UniqueConstraint(
                fields=["isp_id"], condition=Q(accepted_at__isnull=True), name="one_file_on_its_way"
            ),
        ]
        indexes = [
            models.Index(fields=["accepted_at"], condition=~Q(key=""), name="upload_with_key"),
            models.Index(fields=["id"], condition=TO_STORE & Q(accepted_at__isnull=False), name="upload_to_store"),
            models.Index(fields=["stored_name"], condition=STORED, name="upload_stored"),
            models.Index(fields=["id"], condition=TO_DROP, name="upload_to_drop"),
            models.Index(fields=["-sequence", "-id"], name="uploads_listed"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}"


class MinistryLine(models.Model):
    """The state of the line for one ispId: leases, last number, waits and stops."""

    isp_id = models.BigIntegerField(primary_key=True)
    last_sequence = models.BigIntegerField(_("Last accepted number"), null=True, blank=True)  # None: ask first
    holder = models.CharField(max_length=80, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    fetcher = models.CharField(max_length=80, blank=True, editable=False)
    fetching_until = models.DateTimeField(null=True, blank=True, editable=False)
    sending_waits_until = models.DateTimeField(_("Sending waits until"), null=True, blank=True)
    sending_waits_because = models.CharField(_("Reason"), max_length=500, blank=True)
    sending_tries = models.PositiveIntegerField(default=0, editable=False)  # waits in a row
    fetching_waits_until = models.DateTimeField(_("Fetching waits until"), null=True, blank=True)
    fetching_waits_because = models.CharField(_("Reason"), max_length=500, blank=True)
    fetching_tries = models.PositiveIntegerField(default=0, editable=False)  # waits in a row
    fetch_after = models.DateTimeField(_("Next look"), null=True, blank=True)  # None: at once (`polling.py`)
    news_at = models.DateTimeField(null=True, blank=True, editable=False)  # a file came, or a report was accepted
    answered_at = models.DateTimeField(_("Last answer"), null=True, blank=True)  # to whatever the line asked
    answered_code = models.CharField(max_length=10, blank=True, editable=False)
    sending_stopped_at = models.DateTimeField(_("Sending stopped"), null=True, blank=True)  # until operations resume it
    sending_stopped_because = models.CharField(_("Reason"), max_length=500, blank=True)
    fetching_stopped_at = models.DateTimeField(_("Fetching stopped"), null=True, blank=True)
    fetching_stopped_because = models.CharField(_("Reason"), max_length=500, blank=True)
    number_heard_at = models.DateTimeField(null=True, blank=True, editable=False)  # they said which was their last
    encryption_tried = models.CharField(max_length=64, blank=True, editable=False)  # the mark of the keys (`agreement`)
    encryption_agreed_at = models.DateTimeField(_("Encryption agreed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("Last sent"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("Last fetched"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("connection to the ministry"), _("connections to the ministry")

    def __str__(self) -> str:
        return str(self.isp_id)


class InboxState(models.TextChoices):
    """The states of a download."""

    STORED = "stored", pgettext_lazy("download", "stored")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("download", "acknowledged")
    PROCESSED = "processed", pgettext_lazy("download", "processed")
    PARKED = "parked", pgettext_lazy("download", "parked")


class InboxFile(Proposable):
    """A file from the authority, raw: stored, acknowledged, then processed; parked when not understood.

    One person proposes to close a parked one and says why; another one closes it.
    """

    isp_id = models.BigIntegerField()
    name = models.CharField(_("File"), max_length=200)
    digest = models.CharField(max_length=64)  # SHA-256 of what came, so that a second delivery is known
    body = models.BinaryField(null=True, editable=False)  # what came, as JSON of the wire file, sealed
    stored_name = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    key = models.TextField(blank=True, editable=False)
    sealed_texts: ClassVar[dict[str, str]] = {"key": "miit.inbox:{row.isp_id}:{row.digest}"}
    kind = models.CharField(_("Type"), max_length=20, blank=True)  # BAJG, BASJ, ZXSJ, JCDM, …
    state = models.CharField(_("State"), max_length=20, choices=InboxState, default=InboxState.STORED)
    reason = models.CharField(_("Reason"), max_length=500, blank=True)
    deliveries = models.PositiveIntegerField(_("Deliveries"), default=1)
    damaged_at = models.DateTimeField(_("Damaged since"), null=True, blank=True)  # until it comes whole
    given_up = models.BooleanField(default=False, editable=False)  # by operations: confirm it although it is damaged
    received_at = models.DateTimeField(_("Received"), default=timezone.now)
    acknowledged_at = models.DateTimeField(_("Acknowledged"), null=True, blank=True)
    processed_at = models.DateTimeField(_("Processed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Closed by"),
        editable=False,
    )

    class Meta:
        verbose_name, verbose_name_plural = _("download"), _("downloads")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["isp_id", "name", "digest"], name="one_row_a_download"),
            by_a_second_person("closed_by", "closed_by_a_second_person"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=("stored", "acknowledged")), name="download_waiting"),
            models.Index(fields=["received_at"], condition=~Q(key=""), name="download_with_key"),
            models.Index(fields=["id"], condition=TO_STORE, name="download_to_store"),
            models.Index(fields=["stored_name"], condition=STORED, name="download_stored"),
            models.Index(fields=["id"], condition=TO_DROP, name="download_to_drop"),
            models.Index(fields=["name"], condition=Q(damaged_at__isnull=False), name="download_damaged"),
            models.Index(fields=["id"], condition=Q(state="parked"), name="download_parked"),
            models.Index(fields=["-received_at", "-id"], name="downloads_listed"),
            models.Index(fields=["name"], name="download_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Outcome(models.Model):
    """One answer for the portal, delivered until acknowledged; `once` makes repeating it harmless."""

    once = models.CharField(max_length=200, unique=True)
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes")
    file = models.ForeignKey(InboxFile, null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in AnswerKind])
    payload = models.TextField(editable=False)  # sealed JSON of the rest of the answer; empty once it is forgotten
    sealed_texts: ClassVar[dict[str, str]] = {"payload": "miit.outcome:{row.once}"}
    at = models.DateTimeField(default=timezone.now)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(acknowledged_at__isnull=True), name="outcome_waiting"),
            models.Index(fields=["acknowledged_at"], condition=~Q(payload=""), name="outcome_with_payload"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.once}"


class TableRow(models.Model):
    """One row of the authority's code tables (JCDM), which replace the seeds."""

    table = models.CharField(_("Table"), max_length=40)
    code = models.BigIntegerField(_("Code"))
    name = models.CharField(pgettext_lazy("of a code", "Name"), max_length=255)
    under = models.CharField(max_length=40, blank=True)  # Ysid, Dwflid, or the level of a region
    valid = models.BooleanField(_("Valid"), default=True)  # Sfyx
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("code of the ministry"), _("codes of the ministry")
        ordering = ["table", "code"]
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="one_row_a_code")]

    def __str__(self) -> str:
        return f"{self.table} {self.code}"
