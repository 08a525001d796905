"""What is on file (备案): subjects, people in charge, websites and their accesses, and records of the old platform.

Personal data is stored encrypted; values that rows are found by have a blind index beside them (`blind_keys.py`).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.models.legacy import LegacyAccount
from filings.register.certificates import CertificateType, certificate
from filings.register.regions import Region, region
from icpportal.fields.domains import display_domain
from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.privacy.masks import mask_name, readable
from icpportal.privacy.models import SealedModel


class Subject(SealedModel):
    """Who a filing belongs to (主体): a person or an organisation, identified by its document."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="subjects"
    )
    nature = models.CharField(_("Nature of the subject"), max_length=30)
    id_type = models.PositiveSmallIntegerField(_("Type of document"))
    id_number = EncryptedTextField(_("Document number"))
    subject_key = BlindIndexField(of="filings.register.blind_keys.of_subject", unique=True, editable=False)
    name = EncryptedTextField(_("Name of the subject"))
    name_index = BlindIndexField(of="filings.register.blind_keys.of_name", db_index=True, editable=False)
    subject_number = models.CharField(
        pgettext_lazy("register", "Subject number"), max_length=40, blank=True, db_index=True
    )
    region = models.CharField(pgettext_lazy("register", "Region"), max_length=6)
    details = EncryptedJSONField(
        pgettext_lazy("register", "Details"), default=dict
    )  # addresses, investor, remarks, as they were reported
    lead = models.ForeignKey(
        "Person",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("register", "Subject lead"),
    )
    ministry_id = models.BigIntegerField(pgettext_lazy("register", "Ministry's id"), null=True, blank=True)  # Ztid
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)  # when the last record (BASJ) arrived
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "subject"), pgettext_lazy("register", "subjects")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="subject_newest")]

    def __str__(self) -> str:
        return self.subject_number or str(self.pk)

    @property
    def certificate(self) -> CertificateType | None:
        return certificate(self.id_type)

    @property
    def place(self) -> Region | None:
        return region(self.region)


class Person(SealedModel):
    """A person in charge for one subject (负责人): its lead, or the administrator of a website, or both."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="people", db_index=False)
    name = EncryptedTextField(pgettext_lazy("register", "Name"))
    id_type = models.PositiveSmallIntegerField(_("Type of document"))
    id_number = EncryptedTextField(_("Document number"))
    person_key = BlindIndexField(of="filings.register.blind_keys.of_person", db_index=True, editable=False)
    mobile = EncryptedTextField(pgettext_lazy("register", "Mobile"))
    mobile_index = BlindIndexField(of="filings.register.blind_keys.of_mobile", db_index=True, editable=False)
    phone = EncryptedTextField(pgettext_lazy("register", "Second phone"), blank=True, default="")
    emergency = EncryptedTextField(pgettext_lazy("register", "Emergency phone"), blank=True, default="")
    email = EncryptedTextField(pgettext_lazy("register", "Email address"), blank=True, default="")
    id_until = models.DateField(pgettext_lazy("register", "Document valid until"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "person"), pgettext_lazy("register", "people")
        constraints = [models.UniqueConstraint(fields=["subject", "person_key"], name="one_row_per_person_of_subject")]

    def __str__(self) -> str:
        return readable(lambda: mask_name(self.name))


class Website(SealedModel):
    """A filed website (网站): one domain, one number. It stays on file when an access ends."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="websites")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="websites",
        db_index=False,
    )
    name = models.CharField(pgettext_lazy("register", "Website name"), max_length=60, blank=True)
    domain = models.CharField(pgettext_lazy("register", "Domain"), max_length=253)
    site_number = models.CharField(
        pgettext_lazy("register", "Website number"), max_length=40, blank=True, db_index=True
    )
    home_url = models.CharField(pgettext_lazy("register", "Home page"), max_length=255, blank=True)
    administrator = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("register", "Website administrator"),
    )
    details = EncryptedJSONField(
        pgettext_lazy("register", "Details"), default=dict
    )  # content, languages, approvals, as they were reported
    ministry_id = models.BigIntegerField(pgettext_lazy("register", "Ministry's id"), null=True, blank=True)  # Wzid
    since = models.DateTimeField(pgettext_lazy("register", "Since"), default=timezone.now)
    ended_at = models.DateTimeField(pgettext_lazy("register", "Ended"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "website"), pgettext_lazy("register", "websites")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["domain"], condition=Q(ended_at__isnull=True), name="one_live_website_a_domain"
            )
        ]
        indexes = [
            models.Index(fields=["owner", "-since"], name="website_of_owner"),
            models.Index(fields=["-since", "-id"], name="website_newest"),
            models.Index(fields=["domain"], name="website_domain"),  # finds ended ones too
        ]

    def __str__(self) -> str:
        return self.display_domain

    @property
    def display_domain(self) -> str:
        return display_domain(self.domain)


class Access(models.Model):
    """The link between a website and a provider (接入): ours, or another provider's as far as we know of it."""

    website = models.ForeignKey(Website, on_delete=models.PROTECT, related_name="accesses")
    own = models.BooleanField(pgettext_lazy("register", "Ours"), default=True)
    provider = models.CharField(pgettext_lazy("register", "Provider"), max_length=120, blank=True)
    report_key = models.CharField(
        pgettext_lazy("register", "Report"), max_length=60, null=True, blank=True, unique=True
    )
    instance = models.CharField(pgettext_lazy("register", "Instance"), max_length=80, blank=True)
    service_code = models.CharField(pgettext_lazy("register", "Service code"), max_length=36, blank=True)
    ip = models.GenericIPAddressField(pgettext_lazy("register", "Address"), null=True, blank=True)
    method = models.PositiveSmallIntegerField(
        pgettext_lazy("register", "Method"), null=True, blank=True
    )  # the ministry's JRFS
    ministry_id = models.BigIntegerField(pgettext_lazy("register", "Ministry's id"), null=True, blank=True)  # Jrid
    since = models.DateTimeField(pgettext_lazy("register", "Since"), default=timezone.now)
    ended_at = models.DateTimeField(pgettext_lazy("register", "Ended"), null=True, blank=True)
    ended_because = models.CharField(pgettext_lazy("register", "Why it ended"), max_length=40, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = pgettext_lazy("register", "access"), pgettext_lazy("register", "accesses")
        ordering = ["-since", "-pk"]
        indexes = [
            models.Index(fields=["website"], condition=Q(ended_at__isnull=True), name="live_access_of_website"),
            models.Index(fields=["-since", "-id"], name="access_newest"),
            models.Index(fields=["instance"], name="access_instance"),
        ]

    def __str__(self) -> str:
        return self.report_key or str(self.pk)


class LegacyRecord(SealedModel):
    """A filing still on the old platform (原平台), which must be imported before anything else can be done with it.

    `details` holds its answers under the names of an order's steps, and also "access" and the ministry's "ids".
    """

    account = models.ForeignKey(
        LegacyAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="records", editable=False
    )
    subject_key = BlindIndexField(of="filings.register.blind_keys.of_record", db_index=True, editable=False)
    region = models.CharField(pgettext_lazy("register", "Region"), max_length=6)
    domain = models.CharField(pgettext_lazy("register", "Domain"), max_length=253, unique=True)
    name = EncryptedTextField(_("Name of the subject"))
    details = EncryptedJSONField(pgettext_lazy("register", "Details"), default=dict)
    subject_number = models.CharField(pgettext_lazy("register", "Subject number"), max_length=40, blank=True)
    site_number = models.CharField(pgettext_lazy("register", "Website number"), max_length=40, blank=True)
    filed_on = models.DateField(pgettext_lazy("register", "Filed on"), null=True, blank=True)
    fingerprint = BlindIndexField(blank=True, editable=False)  # of the dump's row
    created_at = models.DateTimeField(default=timezone.now)
    imported_at = models.DateTimeField(pgettext_lazy("register", "Imported"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("record of the old platform"), _("records of the old platform")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="record_newest"),
            models.Index(fields=["subject_number"], name="record_subject_number"),
        ]

    def __str__(self) -> str:
        return display_domain(self.domain)
