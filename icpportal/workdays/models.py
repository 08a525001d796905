"""Days that the yearly holiday notice (国务院办公厅节假日安排) makes different from the plain week."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkCalendarDay(models.Model):
    """One day as a notice or a member of staff states it; it wins over the holiday list that the portal ships with."""

    date = models.DateField(_("date"), primary_key=True)
    is_workday = models.BooleanField(_("working day"))
    source = models.CharField(_("source"), max_length=200, help_text=_("The notice that says so"))

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("work calendar")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"
