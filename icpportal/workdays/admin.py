"""The work calendar at the review desk."""

from django.contrib import admin
from django.http import HttpRequest

from icpportal.workdays.models import WorkCalendarDay


@admin.register(WorkCalendarDay)
class WorkCalendarDayAdmin(admin.ModelAdmin):
    """Days that differ from the plain week; whole years are loaded by the command `holidays load`."""

    list_display = ["date", "is_workday", "source"]
    list_filter = ["is_workday"]
    date_hierarchy = "date"
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: WorkCalendarDay | None = None) -> list[str]:  # noqa: ARG002
        """The date identifies the row: another date is another row."""
        return ["date"] if obj else []
