"""The pages on which a person plays the authority: its desk, what is on record, the traffic, the page for codes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from icpportal.gateways.miit.simulator import calls, clock, desk, desk_rows, faults, pictures, settling, world
from icpportal.gateways.miit.simulator.forms import (
    WORKS,
    ClockForm,
    CodeForm,
    DecisionForm,
    FaultForm,
    FilingForm,
    switches_now,
)
from icpportal.gateways.miit.simulator.models import Download, Report, Text
from icpportal.gateways.miit.simulator.packing import only_entry
from icpportal.gateways.miit.simulator.processing import attachments_of
from icpportal.gateways.miit.simulator.raw import shortened
from icpportal.gateways.miit.simulator.showing import with_key
from icpportal.gateways.miit.simulator.words import REPORT_FAILED, TURN_DOWN

LEAD, ADMINISTRATOR = "示例主体负责人", "示例网站负责人"  # where no name is given
# what the ministry's site says to a code: kind of message, words
ENTRIES = {
    "confirmed": (messages.SUCCESS, gettext_lazy("Verification complete. The request goes to the authority's review.")),
    "waiting": (messages.SUCCESS, gettext_lazy("Confirmed. The other person still has to confirm.")),
    "wrong": (messages.ERROR, gettext_lazy("The entry is not right. %(left)s wrong entries are still allowed.")),
    "returned": (messages.ERROR, gettext_lazy("Too many wrong entries. The request was returned to the provider.")),
    "over": (messages.ERROR, gettext_lazy("The time for this verification is over.")),
    "not_found": (messages.ERROR, gettext_lazy("No request waits for this mobile number.")),
}


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The desk as it is now."""
    settling.settle()
    return _desk(request)


def _desk(request: HttpRequest, **forms: Any) -> HttpResponse:
    """The desk with its forms, one of them perhaps with something to change."""
    given = {
        "fault_form": FaultForm(initial=switches_now(faults.switched_on())),
        "filing_form": FilingForm(),
        "clock_form": ClockForm(),
        **forms,
    }
    waiting = desk_rows.page(desk_rows.reports(waiting=True), request.GET.get("waiting", ""))
    decided = desk_rows.page(desk_rows.reports(waiting=False), request.GET.get("decided", ""))
    context = {
        **given,
        "here": "desk",
        "next_path": reverse("simulator-desk"),
        "forms": list(given.values()),
        "traffic": desk_rows.traffic(),
        "waiting": [desk_rows.report_row(row) for row in waiting.rows],
        "waiting_before": waiting.before,
        "decided": [desk_rows.report_row(row) for row in decided.rows],
        "decided_before": decided.before,
        "turn_down": TURN_DOWN,
        "report_failed": REPORT_FAILED,
        "broken": len(faults.switched_on()),
    }
    return render(request, "simulator/desk.html", context)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """The authority decides on a report, once; a second decision changes nothing."""
    settling.settle()
    form = DecisionForm(request.POST)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, str(problems[0]))
        return redirect("simulator-desk")
    data = form.cleaned_data
    report = _report(data["report"])
    if desk.decide(report, data["decision"], code=data["code"], words=data["words"]):
        messages.success(request, _("Decided: %(key)s") % {"key": report.key})
    else:
        messages.error(request, _("This report was decided before."))
    return redirect("simulator-desk")


def _report(key: str) -> Report:
    found = with_key(key)
    if found is None:
        raise Http404(key)
    return found


@require_GET
def raw(request: HttpRequest, key: str) -> HttpResponse:
    """The file of a report as it came, its pictures shortened; with `?whole` all of it, to be saved."""
    upload = _report(key).upload
    xml = only_entry(bytes(upload.body))[1]
    if "whole" in request.GET:
        return _file(upload.name, xml)
    context = {"title": upload.name, "xml": shortened(xml)}
    return render(request, "simulator/raw.html", context)


def _file(name: str, xml: bytes) -> HttpResponse:
    response = HttpResponse(xml, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{"".join(c for c in name if c.isalnum() or c == ".")}"'
    return response


@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """A file for the provider as it was written."""
    row = get_object_or_404(Download, pk=pk)
    if "whole" in request.GET:
        return _file(f"{row.name}.xml", bytes(row.xml))
    context = {"title": row.name, "xml": shortened(bytes(row.xml))}
    return render(request, "simulator/raw.html", context)


@require_GET
def picture(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One attachment of a report, out of its file."""
    attachments = attachments_of(_report(key))
    if not 1 <= number <= len(attachments) or not pictures.fits(attachments[number - 1]):
        raise Http404(f"{key} {number}")
    data, kind = pictures.content(attachments[number - 1])
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_POST
def resend(request: HttpRequest, text: int) -> HttpResponse:
    """A new code to the same mobile, as the button 短信重发 on the ministry's site."""
    settling.settle()
    if desk.resend(get_object_or_404(Text, pk=text)):
        messages.success(request, _("A new code was sent."))
    else:
        messages.error(request, _("Nobody waits for this code any more."))
    return redirect("simulator-desk")


class Codes(View):
    """The ministry's page on which people enter the code from their text."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty form."""
        return render(request, "simulator/codes.html", {"form": CodeForm(), "here": "codes"})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Judges the entry and says what came of it."""
        form = CodeForm(request.POST)
        if not form.is_valid():
            return render(request, "simulator/codes.html", {"form": form, "here": "codes"})
        data = form.cleaned_data
        entry = desk.enter_code(data["mobile"], data["tail"], data["code"])
        level, words = ENTRIES[entry.state]
        messages.add_message(request, level, str(words) % {"left": entry.left})
        return redirect("simulator-codes")


@require_POST
def set_faults(request: HttpRequest) -> HttpResponse:
    """Sets every switch as it stands on the page."""
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
    """Puts an invented site of another provider's on record: a subject with one site, or a further site of its own."""
    form = FilingForm(request.POST)
    if not form.is_valid():
        return _desk(request, filing_form=form)
    data = form.cleaned_data
    site = world.SiteOnFile(data["domain"], data["site_name"])
    if not world.add_site(data["number"], site):
        world.add_filing(
            world.FilingOnFile(
                number=data["number"],
                province=data["province"],
                id_type_code=data["id_type_code"],
                id_number=data["id_number"],
                password=data["password"],
                lead=world.Person(data["lead_name"] or LEAD, data["lead_mobile"], data["lead_id_number"]),
                administrator=world.Person(
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
    settling.settle()
    messages.success(request, _("The clock was put forward."))
    return redirect("simulator-desk")


@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """What is on record."""
    found = desk_rows.page(desk_rows.filings(), request.GET.get("before", ""))
    rows = [desk_rows.filing_row(row) for row in found.rows]
    return render(request, "simulator/record.html", {"rows": rows, "before": found.before, "here": "record"})


@require_GET
def traffic(request: HttpRequest) -> HttpResponse:
    """The files both ways, and the last calls."""
    settling.settle()
    uploads = desk_rows.page(desk_rows.uploads(), request.GET.get("uploads", ""))
    downloads = desk_rows.page(desk_rows.downloads(), request.GET.get("downloads", ""))
    context = {
        "here": "traffic",
        "traffic": desk_rows.traffic(),
        "uploads": uploads.rows,
        "uploads_before": uploads.before,
        "downloads": [(desk_rows.DOWNLOADS.get(row.kind, row.kind), row) for row in downloads.rows],
        "downloads_before": downloads.before,
        "calls": calls.latest(),
    }
    return render(request, "simulator/traffic.html", context)
