"""The first page of the auditor: who looked at what and why, and what staff did; no personal values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from icpportal.accounts.models import User
from icpportal.desk.pages import page_response
from icpportal.fields.types import Words
from transfers.review.home.audit_rows import SORTS, LogRow, RowFilter, rows
from transfers.review.home.auditor_sides import looks_today, roles_given, two_duties
from transfers.review.home.page import Line

DAYS = (("", pgettext_lazy("of the log", "always")), ("1", gettext_lazy("today")), ("7", gettext_lazy("7 days")),
        ("30", gettext_lazy("30 days")))  # fmt: skip


class LogForm(forms.Form):
    """The rows of the log to show."""

    reference = forms.CharField(
        label=gettext_lazy("Order or other reference"), max_length=80, required=False, widget=forms.SearchInput
    )
    who = forms.ModelChoiceField(
        User.objects.filter(is_staff=True).order_by("name", "pk"),
        label=pgettext_lazy("access", "Who"),
        empty_label=pgettext_lazy("of the log", "anybody"),
        required=False,
    )
    sort = forms.ChoiceField(label=pgettext_lazy("access", "What"), choices=list(SORTS.items()), required=False)
    days = forms.ChoiceField(label=gettext_lazy("When"), choices=DAYS, required=False)
    before = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def criteria(self, now: datetime) -> RowFilter:
        """What was chosen; an invalid form asks for nothing in particular."""
        if not self.is_valid():
            return RowFilter()
        cleaned = self.cleaned_data
        since = now - timedelta(days=int(cleaned["days"])) if cleaned["days"] else None
        return RowFilter(cleaned["reference"].strip(), cleaned["who"], cleaned["sort"], since, cleaned["before"])


@dataclass(frozen=True, slots=True)
class AuditorPage:
    """What `admin/home/auditor.html` draws."""

    title: Words
    form: LogForm
    rows: list[LogRow]
    earlier_url: str
    log_url: str
    looks: list[Line]
    duties: list[Line]
    given: list[Line]


def auditors_home(request: HttpRequest, context: dict[str, object]) -> TemplateResponse:
    """Shows the newest rows of the log."""
    page = auditor_page(LogForm(request.GET or None), timezone.now())
    return page_response(request, "admin/home/auditor.html", context, page)


def auditor_page(form: LogForm, now: datetime) -> AuditorPage:
    """The matching rows, newest first."""
    found, before = rows(form.criteria(now))
    filters = {name: form.data[name] for name in ("reference", "who", "sort", "days") if form.data.get(name)}
    earlier = f"{reverse('admin:index')}?{urlencode({**filters, 'before': before.isoformat()})}" if before else ""
    return AuditorPage(
        title=_("Access log"),
        form=form,
        rows=found,
        earlier_url=earlier,
        log_url=reverse("admin:privacy_accessnote_changelist"),
        looks=looks_today(now),
        duties=two_duties(),
        given=roles_given(now),
    )
