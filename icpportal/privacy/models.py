"""The base of rows with personal data, the access log, keys and legal holds."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.desk.proposals import Proposable, by_a_second_person


class SealedModel(models.Model):
    """A row whose encrypted fields are bound to its id, which is known before the first save."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


LATEST_LOOK = Coalesce("last_at", "at")  # of an access note, also of older, uncounted ones


class AccessNote(models.Model):
    """Who looked at which personal data, when, why and how often; kept at least three years (PIPL 55, 56)."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("access", "Who"),
    )
    what = models.CharField(pgettext_lazy("access", "What"), max_length=60)
    reference = models.CharField(pgettext_lazy("access", "Of what"), max_length=80, db_index=True)
    reason = models.CharField(pgettext_lazy("access", "Reason"), max_length=200, blank=True)
    at = models.DateTimeField(pgettext_lazy("access", "First look"), default=timezone.now, db_index=True)
    times = models.PositiveIntegerField(pgettext_lazy("access", "Looks"), default=1)
    # the latest counted look; null where each look is its own row (older rows, and commands)
    last_at = models.DateTimeField(pgettext_lazy("access", "Last look"), null=True)
    client = models.CharField(  # the address of the latest look
        pgettext_lazy("access", "From where"), max_length=45, blank=True, default="", db_default=""
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name, verbose_name_plural = _("look at personal data"), _("looks at personal data")
        indexes = [models.Index(LATEST_LOOK.desc(), models.F("id").desc(), name="looks_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "what", "reference", "reason"],
                condition=models.Q(last_at__isnull=False),
                name="looks_of_one_purpose_are_counted",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.reference}"


class FileKey(models.Model):
    """The key of one stored file, wrapped by the portal's (`files/keys.py`).

    The table has no relations: it is backed up separately, and for a shorter time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # in the file's header
    place = models.CharField(max_length=20)  # an alias of STORAGES
    name = models.CharField(max_length=200)
    wrapped = models.TextField()
    sealed_texts: ClassVar[dict[str, str]] = {"wrapped": "file:{row.pk}"}
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("key of a file"), _("keys of files")
        indexes = [models.Index(fields=["place", "name"], name="key_of_file")]

    def __str__(self) -> str:
        return str(self.pk)


class FolderMark(models.Model):
    """What a file in the folder of a storage says (`gateways/storage.py`): a folder that does not is another one."""

    place = models.CharField(max_length=20, primary_key=True)  # an alias of STORAGES
    mark = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.place


class KeyMark(models.Model):
    """A known word sealed with a key in use: a process that cannot read it must not start."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100)  # name of the key
    token = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_mark_a_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class IndexName(models.Model):
    """The digest of one blind index under the new key; exists only during a change of the key."""

    old = models.CharField(max_length=64, primary_key=True)
    new = models.CharField(max_length=64, db_index=True)

    def __str__(self) -> str:
        return self.old[:8]


class LegalHold(Proposable):
    """Data of one order must not be deleted while a court or an authority may need it; set and lifted by two people.

    It is in force as soon as the first person sets it, so that nothing is lost in between; lifting it is a proposal
    that a second person confirms.
    """

    reference = models.CharField(pgettext_lazy("hold", "Order"), max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("hold", "Account"),
    )
    because = models.CharField(pgettext_lazy("hold", "Why it is held"), max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("hold", "Asked by"),
    )
    asked_at = models.DateTimeField(pgettext_lazy("hold", "Since"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("hold", "Confirmed by"),
    )
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("hold", "Lifted by"),
    )
    lifted_at = models.DateTimeField(pgettext_lazy("hold", "Lifted"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("legal hold"), _("legal holds")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=models.Q(lifted_at__isnull=True), name="one_hold_of_an_order"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("asked_by")),
                name="hold_confirmed_by_a_second_person",
            ),
            by_a_second_person("lifted_by", "hold_lifted_by_a_second_person"),
        ]
        indexes = [
            models.Index(fields=["owner"], condition=models.Q(lifted_at__isnull=True), name="hold_of_owner"),
        ]

    def __str__(self) -> str:
        return self.reference
