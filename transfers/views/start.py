"""The start page: in one minute, is this the right door, and what to have at hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from filings.certificates import INDIVIDUAL
from filings.provinces import PROVINCES, province
from transfers import queries, states
from transfers.rules_shown import brief, of_today
from transfers.slots import papers_to_have


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Three questions without signing in; the answers choose the list of papers that is printed."""
    code = request.GET.get("province", "")
    nature = INDIVIDUAL if request.GET.get("who") == INDIVIDUAL else "enterprise"
    same = request.GET.get("administrator") != "another"
    rules = province(code) if code in PROVINCES else None
    context = {
        "provinces": list(PROVINCES.values()),
        "chosen": {
            "province": code,
            "who": request.GET.get("who", ""),
            "administrator": request.GET.get("administrator", ""),
        },
        **(brief(rules, nature) if rules else {}),
        "papers": papers_to_have(rules, nature, same_person=same) if rules else [],
        "draft": _draft(request),
        **of_today(),
    }
    return render(request, "transfers/start.html", context)


def _draft(request: HttpRequest) -> object:
    if not request.user.is_authenticated:
        return None
    return queries.orders_of(request.user).filter(state__in=states.EDITABLE).first()
