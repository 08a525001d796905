"""The pages on which a person plays the authority: desk, filings on record, traffic, the page for codes."""

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import View

from demo.ministry import clock, faults, registry
from demo.ministry.code_texts import REPORT_FAILED, TURN_DOWN
from demo.ministry.desk import actions, auto_progress
from demo.ministry.desk.processor import attachments_of
from demo.ministry.files import pictures
from demo.ministry.files.envelope import only_entry
from demo.ministry.files.xml_view import shorten
from demo.ministry.models import Download, Report, Text
from demo.ministry.pages import call_log, desk_rows
from demo.ministry.pages.forms import (
    WORKS,
    ClockForm,
    DecisionForm,
    FaultForm,
    FilingForm,
    MinistryCodeForm,
    switches_now,
)
from demo.ministry.pages.report_rows import report_row
from demo.ministry.pages.serializers import with_key

LEAD, ADMINISTRATOR = "示例主体负责人", "示例网站负责人"  # when no name is given
# the ministry site's answer to a code: kind of message, words
ENTRIES = {
    "confirmed": (messages.SUCCESS, gettext_lazy("Verification complete. The request goes to the authority's review.")),
    "waiting": (messages.SUCCESS, gettext_lazy("Confirmed. The other person still has to confirm.")),
    "wrong": (messages.ERROR, gettext_lazy("The entry is wrong. %(left)s more wrong entries are allowed.")),
    "returned": (messages.ERROR, gettext_lazy("Too many wrong entries. The request was returned to the provider.")),
    "over": (messages.ERROR, gettext_lazy("The time for this verification is over.")),
    "not_found": (messages.ERROR, gettext_lazy("No request waits for this mobile number.")),
}


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Shows the desk."""
    auto_progress.settle()
    return _desk(request)


def _desk(request: HttpRequest, **shown_again: forms.Form) -> HttpResponse:
    """The desk with its forms; a refused one is passed in and shows its errors."""
    given = {
        "fault_form": FaultForm(initial=switches_now(faults.switched_on())),
        "filing_form": FilingForm(),
        "clock_form": ClockForm(),
        **shown_again,
    }
    waiting = desk_rows.page(desk_rows.reports(waiting=True), request.GET, "waiting", "#reports")
    decided = desk_rows.page(desk_rows.reports(waiting=False), request.GET, "decided", "#decided")
    context = {
        **given,
        "next_path": reverse("simulator-desk"),
        "forms": list(given.values()),
        "traffic": desk_rows.traffic(),
        "waiting": waiting,
        "waiting_reports": [report_row(row) for row in waiting.rows],
        "decided": decided,
        "decided_reports": [report_row(row) for row in decided.rows],
        "turn_down": TURN_DOWN,
        "report_failed": REPORT_FAILED,
        "broken": len(faults.switched_on()),
    }
    return render(request, "demo/ministry/desk.html", context)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """The authority decides on a report, once; a second decision changes nothing."""
    auto_progress.settle()
    form = DecisionForm(request.POST)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, str(problems[0]))
        return redirect("simulator-desk")
    data = form.cleaned_data
    report = _report(data["report"])
    if actions.decide(report, data["decision"], code=data["code"], words=data["words"]):
        messages.success(request, _("Decided: %(key)s") % {"key": report.key})
    else:
        messages.error(request, _("This report was decided before."))
    return redirect("simulator-desk")


def _report(key: str) -> Report:
    found = with_key(key)
    if found is None:
        raise Http404(key)
    return found


@require_safe
def raw(request: HttpRequest, key: str) -> HttpResponse:
    """The file of a report as received, its pictures shortened; with `?whole` complete, as a download."""
    upload = _report(key).upload
    xml = only_entry(bytes(upload.body))[1]
    if "whole" in request.GET:
        return _file(upload.name, xml)
    context = {"title": upload.name, "xml": shorten(xml)}
    return render(request, "demo/ministry/raw.html", context)


def _file(name: str, xml: bytes) -> HttpResponse:
    response = HttpResponse(xml, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{"".join(c for c in name if c.isalnum() or c == ".")}"'
    return response


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """A file for the provider, as written."""
    row = get_object_or_404(Download, pk=pk)
    if "whole" in request.GET:
        return _file(f"{row.name}.xml", bytes(row.xml))
    context = {"title": row.name, "xml": shorten(bytes(row.xml))}
    return render(request, "demo/ministry/raw.html", context)


@require_safe
def picture(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One attachment of a report, read from its file."""
    attachments = attachments_of(_report(key))
    if not 1 <= number <= len(attachments) or not pictures.fits(attachments[number - 1]):
        raise Http404(f"{key} {number}")
    data, kind = pictures.content(attachments[number - 1])
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_POST
def resend(request: HttpRequest, text: int) -> HttpResponse:
    """Sends a new code to the same mobile, like the button 短信重发 on the ministry's site."""
    auto_progress.settle()
    if actions.resend(get_object_or_404(Text, pk=text)):
        messages.success(request, _("A new code was sent."))
    else:
        messages.error(request, _("This code is no longer needed"))
    return redirect("simulator-desk")


class Codes(View):
    """The ministry's page on which people enter the code from their text."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty form."""
        return render(request, "demo/ministry/codes.html", {"form": MinistryCodeForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Checks the entry and shows the result."""
        form = MinistryCodeForm(request.POST)
        if not form.is_valid():
            return render(request, "demo/ministry/codes.html", {"form": form})
        data = form.cleaned_data
        entry = actions.enter_code(data["mobile"], data["tail"], data["code"])
        level, words = ENTRIES[entry.state]
        messages.add_message(request, level, str(words) % {"left": entry.left})
        return redirect("simulator-codes")


@require_POST
def set_faults(request: HttpRequest) -> HttpResponse:
    """Sets all switches as submitted."""
    form = FaultForm(request.POST)
    if not form.is_valid():
        return _desk(request, fault_form=form)
    faults.lift()
    for method in faults.METHODS:
        kind = form.cleaned_data[method]
        if kind != WORKS:
            faults.switch(method, kind, value=form.value_of(kind), times=form.cleaned_data["times"])
    messages.success(request, _("The switches are set."))
    return redirect("simulator-desk")


@require_POST
def put_on_record(request: HttpRequest) -> HttpResponse:
    """Puts an invented site of another provider on record: a subject with one site, or another site of the subject."""
    form = FilingForm(request.POST)
    if not form.is_valid():
        return _desk(request, filing_form=form)
    data = form.cleaned_data
    site = registry.SiteOnFile(data["domain"], data["site_name"])
    if not registry.add_site(data["number"], site):
        registry.add_filing(
            registry.FilingOnFile(
                number=data["number"],
                province=data["province"],
                id_type_code=data["id_type_code"],
                id_number=data["id_number"],
                password=data["password"],
                lead=registry.Person(data["lead_name"] or LEAD, data["lead_mobile"], data["lead_id_number"]),
                administrator=registry.Person(
                    data["administrator_name"] or ADMINISTRATOR,
                    data["administrator_mobile"],
                    data["administrator_id_number"],
                ),
                sites=(site,),
                name=data["subject_name"],
                region=data["region"],
            )
        )
    messages.success(request, _("On record: %(number)s") % {"number": data["number"]})
    return redirect("simulator-record")


@require_POST
def advance(request: HttpRequest) -> HttpResponse:
    """Puts the clock forward; what is due then happens."""
    form = ClockForm(request.POST)
    if not form.is_valid():
        raise BadRequest("hours")
    clock.advance_clock(form.cleaned_data["hours"] * 3600)
    auto_progress.settle()
    messages.success(request, _("The clock was put forward."))
    return redirect("simulator-desk")


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Shows the filings on record."""
    found = desk_rows.page(desk_rows.filings(), request.GET, "before")
    rows = [desk_rows.filing_row(row) for row in found.rows]
    return render(request, "demo/ministry/record.html", {"rows": rows, "page": found})


@require_safe
def traffic(request: HttpRequest) -> HttpResponse:
    """Shows the files both ways, and the last calls."""
    auto_progress.settle()
    uploads = desk_rows.page(desk_rows.uploads(), request.GET, "uploads", "#uploads")
    downloads = desk_rows.page(desk_rows.downloads(), request.GET, "downloads", "#downloads")
    context = {
        "traffic": desk_rows.traffic(),
        "uploads": uploads,
        "files_in": [(desk_rows.upload_link(row), row) for row in uploads.rows],
        "downloads": downloads,
        "files_out": [(desk_rows.content(row), row) for row in downloads.rows],
        "calls": call_log.latest(),
    }
    return render(request, "demo/ministry/traffic.html", context)
