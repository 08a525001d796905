"""The pages on which a person plays the authority: its desk, the ministry's page for codes, the fault switches."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import View

from icpportal.gateways.miit.simulated import desk, world
from icpportal.gateways.miit.simulated.faults import QUESTIONS, switch
from icpportal.gateways.miit.simulated.forms import DECISIONS, WORKS, CodeForm, DecisionForm, FaultForm, FilingForm
from icpportal.gateways.miit.simulated.models import (
    SimulatedFault,
    SimulatedFiling,
    SimulatedReport,
    SimulatedText,
)
from icpportal.gateways.miit.simulated.processing import REPORT_FAILED, TURN_DOWN
from icpportal.gateways.miit.types import reference_of

SHOWN = 50  # the newest reports and filings; an authority's archive is not this page's business

STATES = {
    SimulatedReport.RECEIVED: gettext_lazy("Waits for a decision"),
    SimulatedReport.GRANTED: pgettext_lazy("authority", "Granted"),
    SimulatedReport.TURNED_DOWN: pgettext_lazy("authority", "Turned down"),
    SimulatedReport.FAILED: gettext_lazy("Report refused: the provider's fault"),
}
ROLES = {
    "subject_lead": gettext_lazy("Subject lead"),
    "administrator": gettext_lazy("Website administrator"),
    "both": gettext_lazy("Subject lead and website administrator"),
}
PURPOSES = {
    "1": gettext_lazy("Authenticity statement"),
    "2": gettext_lazy("Subject's certificate"),
    "3": gettext_lazy("Subject lead's document"),
    "4": gettext_lazy("Website administrator's document"),
    "5": pgettext_lazy("authority", "Photo"),
}
FITS = {
    True: pgettext_lazy("password", "fits"),
    False: pgettext_lazy("password", "does not fit (1018)"),
    None: pgettext_lazy("password", "not sent"),
}
# what the ministry's site says to a code: kind of message, words
ENTRIES = {
    "confirmed": (messages.SUCCESS, gettext_lazy("Verification complete. The request goes to the authority's review.")),
    "waiting": (messages.SUCCESS, gettext_lazy("Confirmed. The other person still has to confirm.")),
    "wrong": (messages.ERROR, gettext_lazy("The entry is not right. %(left)s wrong entries are still allowed.")),
    "returned": (messages.ERROR, gettext_lazy("Too many wrong entries. The request was returned to the provider.")),
    "over": (messages.ERROR, gettext_lazy("The time for this verification is over.")),
    "not_found": (messages.ERROR, gettext_lazy("No request waits for this mobile number.")),
}


class SimulatorView(View):
    """A page that is not there when the simulators are off."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 outside the demo, whatever the addresses say."""
        if not settings.SIMULATORS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


def report_row(report: SimulatedReport) -> dict[str, Any]:
    """A report as the desk shows it."""
    body = report.body
    return {
        "report": report,
        "reference": reference_of(report.key),
        "domain": report.site.domain if report.site else "",
        "subject_number": report.site.filing.number if report.site else "",
        "state": STATES[report.state],
        "open": report.state == SimulatedReport.RECEIVED,
        "password": FITS[body["password_fits"]],
        "addresses": [f"{row['first']}–{row['last']}" if row["first"] != row["last"] else row["first"]
                      for row in body["addresses"]],
        "attachments": [(PURPOSES[row["purpose"]], row["size"]) for row in body["attachments"]],
        "texts": [(ROLES[text.role], text) for text in report.texts.all()],
    }  # fmt: skip


class DeskView(SimulatorView):
    """Reports and texts, what is on record, and the switches."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The desk as it is now."""
        return show_desk(request, FaultForm(initial=faults_now()), FilingForm())


def faults_now() -> dict[str, Any]:
    """How the switches stand."""
    rows = list(SimulatedFault.objects.all())
    slow = [row.seconds for row in rows if row.kind == SimulatedFault.SLOW]
    return {**{row.question: row.kind for row in rows}, "seconds": slow[0] if slow else 60}


def show_desk(request: HttpRequest, faults: FaultForm, filing: FilingForm) -> HttpResponse:
    """The desk with its two forms, one of them perhaps with something to change."""
    reports = SimulatedReport.objects.select_related("site__filing").prefetch_related("texts")[:SHOWN]
    context = {
        "rows": [report_row(report) for report in reports],
        "turn_down": TURN_DOWN,
        "report_failed": REPORT_FAILED,
        "fault_form": faults,
        "filing_form": filing,
        "forms": [faults, filing],
        "filings": SimulatedFiling.objects.prefetch_related("sites").order_by("-pk")[:SHOWN],
    }
    return render(request, "simulated/desk.html", context)


class DecideView(SimulatorView):
    """The authority decides on a report."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Once; a second decision changes nothing."""
        form = DecisionForm(request.POST)
        if not form.is_valid():
            for problems in form.errors.values():
                messages.error(request, str(problems[0]))
            return redirect("demo-authority")
        data = form.cleaned_data
        report = get_object_or_404(SimulatedReport, key=data["report"])
        decided = desk.decide(report, DECISIONS[data["decision"]], code=data["code"], words=data["words"])
        if decided:
            messages.success(request, _("Decided: %(key)s") % {"key": report.key})
        else:
            messages.error(request, _("This report was decided before."))
        return redirect("demo-authority")


class ResendView(SimulatorView):
    """A new code to the same mobile."""

    def post(self, request: HttpRequest, text: int) -> HttpResponse:
        """As the button 短信重发 on the ministry's site."""
        row = get_object_or_404(SimulatedText, pk=text)
        if desk.resend(row):
            messages.success(request, _("A new code was sent."))
        else:
            messages.error(request, _("Nobody waits for this code any more."))
        return redirect("demo-authority")


class CodesView(SimulatorView):
    """The ministry's page on which people enter the code from their text."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty form."""
        return render(request, "simulated/codes.html", {"form": CodeForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Judges the entry and says what came of it."""
        form = CodeForm(request.POST)
        if not form.is_valid():
            return render(request, "simulated/codes.html", {"form": form})
        data = form.cleaned_data
        entry = desk.enter_code(data["mobile"], data["tail"], data["code"])
        level, words = ENTRIES[entry.state]
        messages.add_message(request, level, str(words) % {"left": entry.left})
        return redirect("demo-authority-codes")


class FaultsView(SimulatorView):
    """The fault switches."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sets every switch as it stands on the page."""
        form = FaultForm(request.POST)
        if not form.is_valid():
            return show_desk(request, form, FilingForm())
        for question in QUESTIONS:
            kind = form.cleaned_data[question]
            switch(question, "" if kind == WORKS else kind, seconds=form.cleaned_data["seconds"])
        messages.success(request, _("The switches are set."))
        return redirect("demo-authority")


class FilingsView(SimulatorView):
    """Puts an invented site of another provider's on record."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """One subject with one site."""
        form = FilingForm(request.POST)
        if not form.is_valid():
            return show_desk(request, FaultForm(initial=faults_now()), form)
        data = form.cleaned_data
        world.add_filing(
            data["number"],
            province=data["province"],
            id_type_code=data["id_type_code"],
            id_number=data["id_number"],
            password=data["password"],
            lead=world.Person(data["lead_mobile"], data["lead_id_number"]),
            administrator=world.Person(data["administrator_mobile"], data["administrator_id_number"]),
            sites=(world.Site(data["domain"], data["site_name"]),),
        )
        messages.success(request, _("On record: %(number)s") % {"number": data["number"]})
        return redirect("demo-authority")
