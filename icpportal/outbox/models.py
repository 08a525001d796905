"""The outbox: one row for each message, with its recipient (encrypted), content and state."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.types import Words
from icpportal.privacy.fields import EncryptedJSONField
from icpportal.privacy.models import SealedModel

SITE = "site"


class State(models.TextChoices):
    """The states of a message."""

    WAITING = "waiting", pgettext_lazy("message", "Waiting to be sent")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    DELIVERED = "delivered", pgettext_lazy("message", "Sent")
    FAILED = "failed", pgettext_lazy("message", "Could not be sent")
    UNKNOWN = "unknown", pgettext_lazy("message", "Unknown whether sent")


class LossReason(models.TextChoices):
    """Why a message did not arrive, for its reader; the keys are those of the gateways' reports."""

    OFF = "off", _("The phone was off or out of reach")
    NUMBER = "number", _("The number is not in use")
    MAILBOX = "mailbox", _("The mailbox does not exist or takes no mail")
    BLOCKED = "blocked", _("Our messages are blocked there")
    OTHER = "other", _("No reason was given")


# channels in words
CHANNELS: dict[str, Words] = {
    "email": pgettext_lazy("channel", "Email"),
    "sms": pgettext_lazy("channel", "Text message"),
    "site": pgettext_lazy("channel", "On the site"),
    "webhook": pgettext_lazy("channel", "Webhook"),
    "authority": pgettext_lazy("channel", "Report to the authority"),
}

NOT_DELIVERED = pgettext_lazy("message", "Not delivered")
ARRIVED = pgettext_lazy("message", "Delivered")

OWED = (State.WAITING, State.SENDING)
HALTED = (State.WAITING, State.FAILED, State.UNKNOWN)  # states in which a person may send again or give up


class Message(SealedModel):
    """One message on one channel. Only `payload` may contain personal data.

    `next_at` is when to try (while being sent, the end of the lease), and null once nothing is owed.
    """

    key = models.CharField(pgettext_lazy("outbox", "key"), max_length=200, unique=True)
    channel = models.CharField(pgettext_lazy("outbox", "channel"), max_length=20)
    template = models.CharField(pgettext_lazy("outbox", "message"), max_length=60, blank=True)
    event = models.CharField(pgettext_lazy("outbox", "event"), max_length=200, blank=True)
    reference = models.CharField(pgettext_lazy("outbox", "reference"), max_length=80, blank=True)
    payload = EncryptedJSONField(blank=True, default=dict)
    is_secret = models.BooleanField(pgettext_lazy("outbox", "erased once sent"), default=False)
    state = models.CharField(
        pgettext_lazy("outbox", "state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    attempts = models.PositiveIntegerField(pgettext_lazy("outbox", "attempts"), default=0)
    unknown = models.PositiveSmallIntegerField(pgettext_lazy("outbox", "sent without a clear answer"), default=0)
    next_at = models.DateTimeField(pgettext_lazy("outbox", "next attempt"), null=True, blank=True, default=timezone.now)
    not_after = models.DateTimeField(pgettext_lazy("outbox", "expires"), null=True, blank=True)
    leased_until = models.DateTimeField(pgettext_lazy("outbox", "lease until"), null=True, blank=True)
    receipt = models.CharField(pgettext_lazy("outbox", "receipt"), max_length=200, blank=True)
    last_error = models.CharField(pgettext_lazy("outbox", "last error"), max_length=200, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("outbox", "created"), default=timezone.now)
    delivered_at = models.DateTimeField(pgettext_lazy("outbox", "sent"), null=True, blank=True)
    # delivery reports, for mails and texts only
    arrived_at = models.DateTimeField(pgettext_lazy("outbox", "delivered"), null=True, blank=True)
    lost = models.CharField(
        pgettext_lazy("outbox", "not delivered because"),
        max_length=20,
        choices=LossReason.choices,
        blank=True,
        default="",
        db_default="",
    )
    ask_at = models.DateTimeField(pgettext_lazy("outbox", "next question whether it arrived"), null=True, blank=True)
    asked = models.PositiveSmallIntegerField(
        pgettext_lazy("outbox", "questions whether it arrived"), default=0, db_default=0
    )
    failed_at = models.DateTimeField(pgettext_lazy("outbox", "failed"), null=True, blank=True)
    given_up_at = models.DateTimeField(pgettext_lazy("outbox", "stopped"), null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    read_at = models.DateTimeField(pgettext_lazy("outbox", "read"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("outbox", "message")
        verbose_name_plural = pgettext_lazy("outbox", "outgoing messages")
        ordering = ["-created_at", "-id"]
        permissions = [("deliver_message", _("Can resend messages or stop sending them"))]
        # partial by a null column, because SQLite cannot match `state IN (?, ?)` with a partial index
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="outbox_owed"),
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False, is_secret=True), name="outbox_owed_codes"
            ),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="outbox_failed"),
            models.Index(fields=["-created_at", "-id"], name="outbox_newest"),
            models.Index(fields=["user", "channel", "-created_at", "-id"], name="outbox_notes"),
            models.Index(  # counted on every page, from the index alone
                fields=["user", "channel", "state", "next_at"],
                condition=Q(read_at__isnull=True),
                name="outbox_not_read",
            ),
            models.Index(fields=["reference", "created_at"], name="outbox_reference"),
            models.Index(fields=["receipt"], name="outbox_receipt"),
            models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="outbox_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.template or self.key}"

    @property
    def fate(self) -> Words:
        """Its state in words, and whether it arrived, if known."""
        if self.lost:
            return NOT_DELIVERED
        return ARRIVED if self.arrived_at else self.get_state_display()

    @property
    def is_erased(self) -> bool:
        """Whether its content was erased: a code that was sent or came too late."""
        return self.payload == {}


class Muted(models.Model):
    """One event that a reader does not want to be told by one channel."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event", "channel"], name="muted_once")]

    def __str__(self) -> str:
        return f"{self.event} {self.channel}"
