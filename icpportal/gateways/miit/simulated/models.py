"""The small world of the simulated authority: what is on file, what was reported, which texts went out.

Everything in it is invented, so nothing is encrypted; `checks.py` refuses it outside the demo.
"""

from django.db import models
from django.utils import timezone


class SimulatedProvince(models.Model):
    """How one province (two-digit code) treats a report; one without a row asks for no phones."""

    LEAD_AND_ADMINISTRATOR = "lead_and_administrator"
    ADMINISTRATOR = "administrator"

    code = models.CharField(max_length=2, primary_key=True)
    asks_phones = models.BooleanField(default=False)
    people = models.CharField(max_length=30, default=LEAD_AND_ADMINISTRATOR)
    hours = models.PositiveIntegerField(default=48)

    def __str__(self) -> str:
        return self.code


class SimulatedFiling(models.Model):
    """A subject on file at the ministry, with the people and mobiles of the authority's own record."""

    number = models.CharField(max_length=64, unique=True)
    province = models.CharField(max_length=2)
    id_type_code = models.PositiveIntegerField()
    id_number = models.CharField(max_length=64, db_index=True)
    password = models.CharField(max_length=32)
    lead_mobile = models.CharField(max_length=20)
    lead_tail = models.CharField(max_length=6)
    administrator_mobile = models.CharField(max_length=20)
    administrator_tail = models.CharField(max_length=6)

    def __str__(self) -> str:
        return self.number


class SimulatedSite(models.Model):
    """A website on file, and the providers that serve it."""

    filing = models.ForeignKey(SimulatedFiling, on_delete=models.CASCADE, related_name="sites")
    number = models.CharField(max_length=80, unique=True)
    domain = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=200)
    accesses = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.number


class SimulatedGuess(models.Model):
    """A wrong filing password that was tried for a number."""

    number = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["number", "at"], name="simulated_guess_window")]

    def __str__(self) -> str:
        return self.number


class SimulatedReport(models.Model):
    """A report that came in, as far as an authority looks at it; never the password digest itself."""

    RECEIVED = "received"
    GRANTED = "granted"
    TURNED_DOWN = "turned_down"
    FAILED = "failed"

    key = models.CharField(max_length=120, unique=True)
    site_number = models.CharField(max_length=128)
    site = models.ForeignKey(SimulatedSite, null=True, on_delete=models.SET_NULL, related_name="reports")
    body = models.JSONField()
    state = models.CharField(max_length=20, default=RECEIVED, db_index=True)
    sent_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)  # when the codes of its texts end; empty without texts
    decided_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=10, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.key


class SimulatedText(models.Model):
    """The ministry's text to one mobile for one report; a resend changes the code in place."""

    report = models.ForeignKey(SimulatedReport, on_delete=models.CASCADE, related_name="texts")
    role = models.CharField(max_length=20)
    mobile = models.CharField(max_length=20, db_index=True)
    tails = models.JSONField()  # last six characters of the documents of whoever owns the mobile
    code = models.CharField(max_length=6)
    sent_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    wrong = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "role"], name="simulated_one_text_a_role")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.role}"


class SimulatedAnswer(models.Model):
    """An outcome that waits to be fetched; handed out again until it is acknowledged."""

    report = models.ForeignKey(SimulatedReport, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "kind"], name="simulated_one_answer_a_kind")]
        indexes = [
            models.Index(
                fields=["id"], name="simulated_answer_waiting", condition=models.Q(acknowledged_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.kind}"


class SimulatedFault(models.Model):
    """A switch: this question is down, slow or answered with nonsense until it is taken off."""

    DOWN = "down"
    SLOW = "slow"
    GARBAGE = "garbage"

    question = models.CharField(max_length=20, primary_key=True)  # status, password, answers, phones
    kind = models.CharField(max_length=20)
    seconds = models.PositiveIntegerField(default=60)

    def __str__(self) -> str:
        return f"{self.question} {self.kind}"
