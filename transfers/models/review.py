"""Reviewers' decisions, round by round, kept for ever; and their work together before that."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.desk.own_words import Own, own_texts
from icpportal.fields.language_marks import ENDS
from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.privacy.models import SealedModel
from transfers.models.order import Order


class ReturnReason(models.Model):
    """A reason for returning a field, in both languages, so that everybody uses the same words."""

    key = models.SlugField(unique=True, max_length=40)
    fields = models.CharField(max_length=300, blank=True, help_text="Field or slot keys it fits, separated by spaces")
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=240)
    short_zh = models.CharField(max_length=18)
    short_en = models.CharField(max_length=38)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("reason for returning"), _("reasons for returning")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.text_zh

    def as_told(self) -> dict[str, dict[str, str]]:
        """Its present words, by language and form; a verdict keeps a copy."""
        return {
            "zh": {"text": self.text_zh, "short": self.short_zh},
            "en": {"text": self.text_en, "short": self.short_en},
        }


class ReasonVersion(models.Model):
    """A reason's words, and where and when they hold; never changed once published.

    Of the published versions that have begun, the last one holds until it ends; after that the reason is not offered.
    """

    reason = models.ForeignKey(ReturnReason, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=240)
    todo_zh = models.CharField(max_length=120, blank=True)  # what to do about it
    todo_en = models.CharField(max_length=240, blank=True)
    short_zh = models.CharField(max_length=18)
    short_en = models.CharField(max_length=38)
    fields = models.CharField(max_length=300, blank=True)  # parts it may be used for; "" for all
    provinces = models.CharField(max_length=120, blank=True)  # codes separated by spaces; "" for all
    code = models.CharField(max_length=8, blank=True)  # the matching processing code of the ministry
    because = models.CharField(max_length=200, blank=True)  # why the words were changed, for colleagues
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    written_at = models.DateTimeField(default=timezone.now)
    tried_on = models.CharField(max_length=40, blank=True)  # the order with which it was previewed before publishing
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    published_at = models.DateTimeField(null=True)  # null for a draft
    begins_at = models.DateTimeField(null=True)  # null for the first version
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["reason", "number"], name="versions_are_counted"),
            models.UniqueConstraint(
                fields=["reason"], condition=Q(published_at__isnull=True), name="one_draft_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} v{self.number}"

    def text(self, language: str) -> str:
        """What is wrong and what to do as two sentences, before their blanks are filled in."""
        is_chinese = language == "zh"
        wrong, todo = (self.text_zh, self.todo_zh) if is_chinese else (self.text_en, self.todo_en)
        if not todo:
            return wrong
        stop = "" if wrong.endswith(ENDS) else "。" if is_chinese else "."
        return f"{wrong}{stop}{'' if is_chinese else ' '}{todo}"

    def short(self, language: str) -> str:
        """Its form for text messages."""
        return self.short_zh if language == "zh" else self.short_en


class ReviewRound(models.Model):
    """One reviewer's examination of an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="rounds", db_index=False)
    number = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, blank=True)
    # for colleagues: why a part accepted in the round before is returned now
    why = models.CharField(max_length=200, blank=True, default="", db_default="")
    # for the applicant: why the order is refused, by the language of writing
    own = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="rounds_are_counted")]
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["reviewer", "decided_at"], name="rounds_of_reviewer"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.number}"


class FieldVerdict(SealedModel):
    """A round's verdict on one field or slot, with the value at that time to compare with the new one."""

    OK = "ok"
    RETURN = "return"

    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="verdicts", db_index=False)
    # from 1, as in the form that the reviewer filled in; 0 where an earlier version of the portal wrote the row
    place = models.PositiveSmallIntegerField(default=0, db_default=0)
    field = models.CharField(max_length=60)  # "subject.lead_name", "paper.lead_id", "photo"
    verdict = models.CharField(max_length=8)
    reason = models.ForeignKey(ReturnReason, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ReasonVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # the reason's words as sent: the catalogue may change later
    told = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    words = models.CharField(max_length=200, blank=True)
    # the reviewer's words by language of writing; older rows have `words` only
    own = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    value = EncryptedTextField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "field"], name="one_verdict_per_field")]
        ordering = ["place", "field"]

    def __str__(self) -> str:
        return f"{self.field}: {self.verdict}"

    @property
    def written(self) -> Own:
        """The reviewer's own words, by language of writing."""
        return own_texts(self.own, self.words)

    def save(self, *args: Any, **options: Any) -> None:
        if self.reason is not None and not self.told:
            self.told = self.reason.as_told()
        super().save(*args, **options)


class ReviewDraft(SealedModel):
    """What a reviewer has typed into the case page in one round and not used yet, by field name."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()  # the number of the round to be decided
    typed = EncryptedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "reviewer", "round"], name="one_draft_a_reviewer_and_round")
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.round}"


class DeskSettings(models.Model):
    """A member of staff's preferences for the desk: whose orders come first, whether single keys act."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_settings", primary_key=True
    )
    provinces = models.CharField(max_length=120, blank=True)  # codes separated by spaces; "" for all
    single_keys = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("settings of the desk")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.provinces or 'all'}"


class ColleagueNote(SealedModel):
    """What a member of staff wrote about an order for others: a note, a question or a hand-on."""

    NOTE, QUESTION, HANDED_ON = "note", "question", "handed_on"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="colleague_notes")
    kind = models.CharField(max_length=10)
    part = models.CharField(max_length=60, blank=True)  # of a question: "subject.lead_name", "paper.lead_id"
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    addressee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    words = EncryptedTextField(blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    answer = EncryptedTextField(blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["addressee", "at"],
                condition=Q(kind="question", answered_at__isnull=True),
                name="question_open",
            ),
            # for the log
            models.Index(fields=["-at"], condition=Q(kind="handed_on"), name="note_handed_on"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class Decision(SealedModel):
    """A reviewer's decision that can still be taken back; a worker carries it out at `final_at`."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="decisions")
    move = models.CharField(max_length=30)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()  # the order's version when it was decided
    said = EncryptedJSONField(default=dict)  # the content: named parts, reasons, words
    decided_at = models.DateTimeField(default=timezone.now)
    final_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)  # done, taken_back, failed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(ended_at__isnull=True), name="one_open_decision")
        ]
        indexes = [
            models.Index(fields=["final_at"], condition=Q(ended_at__isnull=True), name="decision_open"),
            models.Index(fields=["reviewer", "-decided_at"], name="decisions_of_reviewer"),
            # for the log
            models.Index(fields=["-ended_at"], condition=Q(outcome="taken_back"), name="decision_undone"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.move}"
