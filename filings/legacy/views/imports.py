"""Import from the old platform (导入备案信息): prove the old account, look, run, read what came of it."""

import csv
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from filings.legacy import actions, comparing, proving, running, states
from filings.legacy.forms import PickForm, ProveForm, keep_site, keep_subject
from filings.legacy.refusals import Why, refusal
from filings.legacy.sentences import BROUGHT, FOUND, IMPORT_SENTENCES, mark
from filings.models import LegacyImport
from icpportal.accounts.access import account_of, confirmed_required
from icpportal.entry.domains import display_domain
from icpportal.entry.marks import reads_chinese
from icpportal.lifecycle import Forbidden


def _old_platform() -> str:
    return settings.OLD_PLATFORM_ZH if reads_chinese() else settings.OLD_PLATFORM_EN


@sensitive_post_parameters("old_password")
@sensitive_variables()
@confirmed_required
def prove(request: HttpRequest) -> HttpResponse:
    """What is copied and what not; the old account and its password."""
    owner = account_of(request)
    form = ProveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proof = proving.prove(owner, form.cleaned_data["old_account"], form.cleaned_data["old_password"])
        if proof.account is not None:
            return redirect(actions.begin(owner, proof.account))
        form.add_error(None, refusal(proof.why or Why.WRONG, proof.when))
    context = {
        "form": form,
        "old_platform": _old_platform(),
        "imports": [_row(each) for each in LegacyImport.objects.filter(owner=owner).order_by("-created_at")[:20]],
    }
    return render(request, "filings/import.html", context)


def _row(legacy_import: LegacyImport) -> dict[str, Any]:
    return {"import": legacy_import, "state": mark(IMPORT_SENTENCES, legacy_import.state)}


def own_import(request: HttpRequest, reference: str) -> LegacyImport:
    """The visitor's own import; a stranger's is as if it did not exist."""
    mine = LegacyImport.objects.select_related("owner", "account")
    return get_object_or_404(mine, reference=reference, owner=request.user)


@confirmed_required
@require_GET
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """An import as it stands: the preview, how far it is, or the report."""
    mine = own_import(request, reference)
    if mine.state in (states.PROVED, states.PREVIEWED):
        return _preview(request, mine)
    return render(request, "filings/import_report.html", _report(mine))


def _frame(mine: LegacyImport) -> dict[str, Any]:
    return {
        "import": mine,
        "account": str(mine.account),
        "state": mark(IMPORT_SENTENCES, mine.state),
        "sentence": IMPORT_SENTENCES[mine.state].words,
        "old_platform": _old_platform(),
        "is_fresh": proving.is_fresh(mine),
    }


def _preview(request: HttpRequest, mine: LegacyImport, form: PickForm | None = None) -> HttpResponse:
    found = form.found if form else comparing.preview(mine.owner, mine.account_id)
    form = form or PickForm(found=found)
    picked = form["site"].value() or []
    subjects = [
        {
            "subject": subject,
            "state": mark(FOUND, subject.how),
            "why": FOUND[subject.how].words,
            "keep": form[keep_subject(subject)] if subject.how == states.KEPT_HERE else None,
            "sites": [
                {
                    "site": site,
                    "state": mark(FOUND, site.how),
                    "why": FOUND[site.how].words,
                    "to_claim": site.how == states.TO_CLAIM,
                    "keep": form[keep_site(site)] if site.how == states.KEPT_HERE else None,
                    "checked": site.domain in picked,
                }
                for site in subject.sites
            ],
        }
        for subject in found
    ]
    can_run = any(site.can_pick for subject in found for site in subject.sites)
    context = {**_frame(mine), "form": form, "subjects": subjects, "can_run": can_run}
    return render(request, "filings/import_preview.html", context)


def _report(mine: LegacyImport) -> dict[str, Any]:
    items = list(mine.items.select_related("record").order_by("pk"))
    rows = [
        {
            "domain": display_domain(item.record.domain),
            "number": item.record.site_number,
            "state": mark(BROUGHT, item.outcome),
            "why": BROUGHT[item.outcome].words,
            "to_claim": item.outcome == states.TO_CLAIM,
        }
        for item in items
    ]
    left = comparing.waiting(mine.account_id).count() if mine.state != states.RUNNING else 0
    return {
        **_frame(mine),
        "rows": rows,
        **running.counts(mine),
        "is_running": mine.state == states.RUNNING,
        "done": sum(bool(item.outcome) for item in items),
        "left": left,
        "all_here": mine.state == states.IMPORTED and not left,
    }


@confirmed_required
@require_POST
def run(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin the import of what was chosen; pressed twice, it is begun once."""
    mine = own_import(request, reference)
    if mine.state != states.PREVIEWED:
        return redirect(mine)
    form = PickForm(request.POST, found=comparing.preview(mine.owner, mine.account_id))
    if not form.is_valid():
        return _preview(request, mine, form)
    try:
        actions.run(mine, form.picked(), form.kept_subjects())
    except actions.Taken:
        form.add_error(None, refusal(Why.IMPORTED))
        return _preview(request, own_import(request, reference), form)
    except Forbidden:  # the proof is too old, or another tab was faster: the page says which
        return redirect(mine)
    return redirect(mine)


@confirmed_required
@require_POST
def again(request: HttpRequest, reference: str) -> HttpResponse:
    """Look once more at what the old account still holds; an old proof is asked for anew."""
    mine = own_import(request, reference)
    actions.look(mine)
    if mine.state == states.PREVIEWED or proving.is_fresh(mine):
        return redirect(mine)
    return redirect("import")


@confirmed_required
@require_GET
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """The report as a file for a spreadsheet."""
    mine = own_import(request, reference)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{mine.created_at:%Y-%m-%d}.csv"'
    answer["Cache-Control"] = "private, no-store"
    writer = csv.writer(answer)
    for row in _report(mine)["rows"]:
        writer.writerow([row["domain"], row["number"], str(row["state"]["label"]), str(row["why"])])
    return answer
