"""Rows of the simulated authority: its behaviour, what is on file, reports, files to be fetched.

Everything is invented, so nothing is encrypted; `settings.py` refuses to load outside the demo.
"""

import itertools
import time

from django.db import models
from django.db.models import Q

_ids = itertools.count(time.time_ns() // 1000)


def new_id() -> int:
    """A number that this authority never gave before, not even before a reset."""
    return next(_ids)


class Behaviour(models.Model):
    """How this authority behaves; one row."""

    clock_ahead = models.BigIntegerField(default=0)  # seconds its clock is ahead of the machine's
    permitted = models.BooleanField(default=True)  # off: filing permission not open (19)
    opens = models.CharField(max_length=5, blank=True)  # reporting hours "08:00" … "20:00"; empty: always
    closes = models.CharField(max_length=5, blank=True)
    pending_limit = models.PositiveIntegerField(default=0)  # files not processed yet, before code 15; 0: no limit
    processing = models.BooleanField(default=True)  # off: files are accepted and stay unprocessed
    wrong_passwords = models.PositiveIntegerField(default=5)  # allowed in the window, then code 22
    wrong_window = models.PositiveIntegerField(default=3600)  # seconds
    codes_of_download = models.CharField(max_length=10, default="counting")  # "counting": 3, 1, 2; "zero": 0, 2
    encrypt = models.BooleanField(null=True, blank=True)  # downloads; None: as MIIT_ENCRYPT says
    phones = models.CharField(max_length=10, default="manual")  # "manual", "auto" (confirmed at once)
    decides_after = models.PositiveIntegerField(null=True, blank=True)  # seconds until it grants by itself; None: never
    handle = models.CharField(max_length=10, default="own_id")  # Bs of a verdict on an access: "own_id", "number"
    ip_ranges = models.JSONField(default=list, blank=True)  # [first, last] of this provider; empty: not compared (1063)
    newest_first = models.BooleanField(default=False)  # the order in which downloads are handed out

    def __str__(self) -> str:
        return "conduct"


class Province(models.Model):
    """How one province (two-digit code) treats a new access; one without a row asks for no phones."""

    LEAD_AND_ADMINISTRATOR = "lead_and_administrator"
    ADMINISTRATOR = "administrator"

    code = models.CharField(max_length=2, primary_key=True)
    asks_phones = models.BooleanField(default=False)
    people = models.CharField(max_length=30, default=LEAD_AND_ADMINISTRATOR)
    hours = models.PositiveIntegerField(default=48)
    compares_password = models.BooleanField(default=True)  # off: a profile without filing password

    def __str__(self) -> str:
        return self.code


class Filing(models.Model):
    """A subject on file, with the people and mobiles of the authority's own record."""

    subject_id = models.BigIntegerField(unique=True, default=new_id)  # Ztid
    number = models.CharField(max_length=64, unique=True)  # "宁ICP备00000000号"
    province = models.CharField(max_length=2)
    name = models.CharField(max_length=255)
    nature = models.PositiveIntegerField(null=True)  # Dwxz
    id_type_code = models.PositiveIntegerField()
    id_number = models.CharField(max_length=128, db_index=True)
    region = models.CharField(max_length=6)  # the most detailed one known
    address = models.CharField(max_length=1024)
    password = models.CharField(max_length=32)
    lead_name = models.CharField(max_length=128)
    lead_mobile = models.CharField(max_length=20)
    lead_id_number = models.CharField(max_length=128)
    administrator_name = models.CharField(max_length=128)
    administrator_mobile = models.CharField(max_length=20)
    administrator_id_number = models.CharField(max_length=128)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number

    @property
    def lead_tail(self) -> str:
        """The last six characters of the lead's document."""
        return self.lead_id_number[-6:]

    @property
    def administrator_tail(self) -> str:
        """The last six characters of the administrator's document."""
        return self.administrator_id_number[-6:]


class Site(models.Model):
    """A website on file."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="sites")
    site_id = models.BigIntegerField(unique=True, default=new_id)  # Wzid
    domain_id = models.BigIntegerField(unique=True, default=new_id)  # Ymid
    number = models.CharField(max_length=80, unique=True)  # "宁ICP备00000000号-1"
    domain = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=512)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Access(models.Model):
    """A provider's access to a site; an ended one stays as a row."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="accesses")
    access_id = models.BigIntegerField(unique=True, default=new_id)  # Jrid
    isp_id = models.BigIntegerField()
    provider = models.CharField(max_length=100, blank=True)  # its name, for people
    own_id = models.BigIntegerField(null=True, db_index=True)  # IspJrid, the provider's own number
    places = models.JSONField(default=list)  # Wzfb
    methods = models.JSONField(default=list)  # Wzjrfs
    addresses = models.JSONField(default=list)  # [{"id": Ipid, "own_id": IspIpid, "first", "last"}]
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "isp_id"], condition=Q(ended_at__isnull=True), name="one_access_a_provider"
            )
        ]

    def __str__(self) -> str:
        return str(self.access_id)


class Blocked(models.Model):
    """A domain or document number that may not file."""

    DOMAIN = "domain"
    SUBJECT = "subject"

    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="blocked_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class FailedPassword(models.Model):
    """A wrong filing password tried for a number."""

    number = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["number", "at"], name="guess_window")]

    def __str__(self) -> str:
        return self.number


class Upload(models.Model):
    """An accepted file, as received."""

    isp_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    name = models.CharField(max_length=200)  # of the one entry in its zip
    body = models.BinaryField()  # the zip
    digest = models.CharField(max_length=24)
    encrypted = models.BooleanField()
    at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["isp_id", "sequence"], name="upload_once")]
        indexes = [models.Index(fields=["id"], name="upload_waiting", condition=Q(processed_at__isnull=True))]

    def __str__(self) -> str:
        return str(self.sequence)


class Report(models.Model):
    """One request of a file, as far as an authority looks at it; never the password digest itself."""

    WAITING = "waiting"  # for a decision, and possibly for phones first
    GRANTED = "granted"
    TURNED_DOWN = "turned_down"
    FAILED = "failed"  # refused by the processing of the file, seen by nobody
    STORED = "stored"  # material added to a filing

    ACCESS = "access"
    CANCELLATION = "cancellation"
    MATERIAL = "material"
    OTHER = "other"

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="reports")
    place = models.PositiveIntegerField()  # in its file, from 1
    kind = models.CharField(max_length=20)
    operation = models.PositiveIntegerField(null=True)  # Czlx
    own_id = models.BigIntegerField(null=True, db_index=True)  # IspJrid
    handle = models.CharField(max_length=128, blank=True)  # the number or id under which the provider names it
    site = models.ForeignKey(Site, null=True, on_delete=models.SET_NULL, related_name="reports")
    access = models.ForeignKey(Access, null=True, on_delete=models.SET_NULL, related_name="reports")
    body = models.JSONField(default=dict)  # places, methods, addresses, attachments, reason, password_fits
    stage = models.CharField(max_length=20, default=WAITING, db_index=True)
    code = models.CharField(max_length=10, blank=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)  # when the codes of its texts expire; empty without texts
    confirmed_at = models.DateTimeField(null=True)  # when the last phone was confirmed
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["upload", "place"], name="report_once")]
        indexes = [models.Index(fields=["closes_at"], name="report_waiting", condition=Q(stage="waiting"))]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """The number of its file, and its place in it unless it is the only one."""
        return f"{self.upload.sequence}" if self.place == 1 else f"{self.upload.sequence}-{self.place}"


class Text(models.Model):
    """The ministry's text to one mobile for one report; a resend changes the code in place."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="texts")
    role = models.CharField(max_length=20)
    mobile = models.CharField(max_length=20, db_index=True)
    tails = models.JSONField()  # last six characters of the documents of the mobile's owner
    code = models.CharField(max_length=6)
    sent_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    wrong = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "role"], name="one_text_a_role")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.role}"


class Download(models.Model):
    """A file for the provider; sent again until it is acknowledged."""

    name = models.CharField(max_length=128, unique=True)
    kind = models.CharField(max_length=20)  # BAJG, BASJ, ZXSJ, JCDM, …
    xml = models.BinaryField()
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="downloads")
    at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True)
    again = models.BooleanField(default=False)  # sent once more although it was acknowledged

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], name="download_open", condition=Q(acknowledged_at__isnull=True))]

    def __str__(self) -> str:
        return self.name


class Fault(models.Model):
    """A switch: a fault of a method, until it is lifted or for a number of calls."""

    method = models.CharField(max_length=20)  # one of `faults.METHODS`
    kind = models.CharField(max_length=20)  # one of `faults.KINDS`
    value = models.CharField(max_length=100, blank=True)  # seconds, a code, a sequence
    left = models.PositiveIntegerField(null=True)  # strikes left; None: until it is lifted
    percent = models.PositiveIntegerField(default=100)  # of the calls, at random

    class Meta:
        ordering = ["method", "kind"]
        constraints = [models.UniqueConstraint(fields=["method", "kind"], name="one_switch")]

    def __str__(self) -> str:
        return f"{self.method} {self.kind}"
