"""Days that a yearly holiday notice (国务院办公厅节假日安排) changes from the plain week."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WorkCalendarDay(models.Model):
    """One day from a notice or a member of staff; overrides the holidays shipped with the portal."""

    date = models.DateField(pgettext_lazy("calendar", "date"), primary_key=True)
    is_workday = models.BooleanField(pgettext_lazy("calendar", "working day"))
    source = models.CharField(
        pgettext_lazy("calendar", "source"), max_length=200, help_text=_("The notice that says so")
    )

    class Meta:
        verbose_name = pgettext_lazy("calendar", "calendar day")
        verbose_name_plural = pgettext_lazy("calendar", "calendar days")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"
