"""Imports from the old platform (导入备案信息): prove the old account, preview, run, report."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from filings.legacy_import import account_proof, actions, comparison
from filings.legacy_import.account_proof import Why, refusal
from filings.legacy_import.state_labels import ALL_IMPORTED, IMPORT_SENTENCES, NOT_AT_ALL, NOT_NOW, mark, mark_of
from filings.legacy_import.views.forms import PickForm, ProveForm
from filings.legacy_import.views.import_panels import Look, choice, preview_notices, report_panels, report_rows
from filings.models import LegacyImport, LegacyImportItem
from filings.models import legacy_states as states
from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.desk.sheets import csv_file
from icpportal.drafts.pages import draw, fill
from icpportal.fields.components import Panel
from icpportal.fields.language_marks import reads_chinese
from icpportal.lifecycle import MoveNotAllowed
from icpportal.time_format import to_beijing

SHOWN = 20


def _old_platform() -> str:
    return settings.OLD_PLATFORM_ZH if reads_chinese() else settings.OLD_PLATFORM_EN


@sensitive_post_parameters("old_password")
@sensitive_variables()
@confirmed_required
def prove(request: HttpRequest) -> HttpResponse:
    """Explains what is copied and what is not; asks for the old account and its password."""
    owner = account_of(request)
    form = ProveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proof = account_proof.prove(owner, form.cleaned_data["old_account"], form.cleaned_data["old_password"])
        if proof.account is not None:
            return redirect(actions.begin(owner, proof.account))
        form.add_error(None, refusal(proof.why or Why.WRONG, proof.when))
    mine = LegacyImport.objects.filter(owner=owner)
    context = {
        "form": form,
        "old_platform": _old_platform(),
        "imports": [_row(each) for each in account_proof.with_obstacles(mine).order_by("-created_at")[:SHOWN]],
    }
    return draw(request, "filings/import.html", context)


def _row(legacy_import: LegacyImport) -> dict[str, Any]:
    state, why = mark(IMPORT_SENTENCES, legacy_import.state), account_proof.listed_obstacle(legacy_import)
    if why:
        state = mark_of(NOT_NOW if why == account_proof.STALE else NOT_AT_ALL, legacy_import.state)
    return {"import": legacy_import, "state": state, "why": why}


def own_import(request: HttpRequest, reference: str) -> LegacyImport:
    """The visitor's own import; 404 for anyone else's."""
    mine = LegacyImport.objects.select_related("owner", "account")
    return get_object_or_404(mine, reference=reference, owner=request.user)


@confirmed_required
@require_safe
def page(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows an import in its state: preview, progress or report."""
    mine = own_import(request, reference)
    if mine.state in (states.PROVED, states.PREVIEWED):
        return _preview(request, mine)
    return draw(request, "filings/import_report.html", _report(mine))


def _frame(mine: LegacyImport) -> dict[str, Any]:
    return {
        "import": mine,
        "account": str(mine.account),
        "state": mark(IMPORT_SENTENCES, mine.state),
        "sentence": IMPORT_SENTENCES[mine.state].words,
    }


def _preview(request: HttpRequest, mine: LegacyImport, form: PickForm | None = None) -> HttpResponse:
    form = form or PickForm(found=comparison.preview(mine.owner, mine.account_id))
    fill(request, form)
    # what stops it for good comes before a proof that is too old: proving the account again would be refused
    is_over = _is_blocked(mine) or not form.found
    is_fresh = account_proof.is_fresh(mine)
    panels: list[Panel] = []
    if is_fresh and not is_over:
        is_proved = mine.state == states.PROVED
        panels = [Look(reverse("import-again", args=[mine.reference])) if is_proved else choice(mine, form)]
    context = {
        **_frame(mine),
        **({"sentence": account_proof.nothing_left(mine)} if is_over else {}),
        **({} if panels else {"state": None}),
        "form": form,
        "panels": panels,
        "notices": preview_notices(is_fresh=is_fresh or is_over),
    }
    return draw(request, "filings/import_preview.html", context, at=mine.get_absolute_url())


def _is_blocked(mine: LegacyImport) -> bool:
    """Whether something has come up since that stops this import, whatever is left in the old account."""
    return mine.account is not None and account_proof.import_obstacle(mine.owner, mine.account).why is not None


def _items(mine: LegacyImport) -> list[LegacyImportItem]:
    return list(mine.items.select_related("record").order_by("pk"))


def _report(mine: LegacyImport) -> dict[str, Any]:
    items = _items(mine)
    is_complete = mine.state == states.IMPORTED and all(item.outcome in states.CAME_OVER for item in items)
    return {
        **_frame(mine),
        **({"sentence": ALL_IMPORTED} if is_complete else {}),
        "rows": report_rows(items),
        "is_running": mine.state == states.RUNNING,
        **report_panels(mine, items),
    }


@confirmed_required
@require_POST
def run(request: HttpRequest, reference: str) -> HttpResponse:
    """Starts the import of what was chosen; pressing twice starts it once."""
    mine = own_import(request, reference)
    if mine.state != states.PREVIEWED:
        return redirect(mine)
    form = PickForm(request.POST, found=comparison.preview(mine.owner, mine.account_id))
    if not form.is_valid():
        return _preview(request, mine, form)
    try:
        actions.run(mine, form.picked(), form.kept_subjects())
    except actions.AlreadyImported:
        form.add_error(None, refusal(Why.IMPORTED))
        return _preview(request, own_import(request, reference), form)
    except actions.HasImported:
        form.add_error(None, refusal(Why.HAS_SUBJECT))
        return _preview(request, mine, form)
    except MoveNotAllowed:  # the proof is too old, or another tab was first: the page says which
        return redirect(mine)
    return redirect(mine)


@confirmed_required
@require_POST
def again(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows again what the old account still holds; an expired proof is asked for again."""
    mine = own_import(request, reference)
    actions.look(mine)
    if mine.state == states.PREVIEWED or account_proof.is_fresh(mine):
        return redirect(mine)
    return redirect("import")


@confirmed_required
@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """The report as a file for a spreadsheet."""
    mine = own_import(request, reference)
    found = [[row.domain, row.number, str(row.state["label"]), str(row.why)] for row in report_rows(_items(mine))]
    answer = csv_file(f"import-{to_beijing(mine.created_at):%Y-%m-%d}", found)
    answer["Cache-Control"] = "private, no-store"
    return answer
