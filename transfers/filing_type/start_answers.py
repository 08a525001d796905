"""The three answers of the start page: kept for this visit and used by the first page and the order."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from filings.provinces import PROVINCES
from filings.register.certificates import INDIVIDUAL
from icpportal.fields.form_types import KnownValue
from icpportal.wizard.storage import keep
from transfers.models import Order
from transfers.orders.people import is_individual
from transfers.steps import known

COOKIE = "start_answers"
KEPT = timedelta(days=1)
ANOTHER, SAME = "another", "same"
OFFERED = {"who": ("organisation", INDIVIDUAL), "province": tuple(PROVINCES), "administrator": (SAME, ANOTHER)}
SAME_PERSON = {SAME: "yes", ANOTHER: "no"}


def of(request: HttpRequest) -> dict[str, str]:
    """The answers in the URL, else those of the visit; invalid ones are ignored."""
    asked = {name: request.GET[name] for name in OFFERED if name in request.GET}
    answers = asked or dict(zip(OFFERED, request.COOKIES.get(COOKIE, "").split("."), strict=False))
    return {name: answers[name] for name, offered in OFFERED.items() if answers.get(name) in offered}


def remember(response: HttpResponse, answers: Mapping[str, str]) -> HttpResponse:
    """Keeps the answers for later pages, before and after signing in; they hold nothing personal."""
    if answers:
        response.set_cookie(
            COOKIE,
            ".".join(answers.get(name, "") for name in OFFERED),
            max_age=KEPT,
            httponly=True,
            samesite="Lax",
            secure=bool(settings.SESSION_COOKIE_SECURE),
        )
    return response


def of_filing_type(request: HttpRequest) -> dict[str, KnownValue]:
    """The answers that the page of the filing type need not ask again."""
    answers = of(request)
    nature = INDIVIDUAL if answers.get("who") == INDIVIDUAL else ""
    return {
        "nature": KnownValue(nature, known.START_PAGE),
        "region_province": KnownValue(answers.get("province", ""), known.START_PAGE),
    }


def carry(request: HttpRequest, order: Order) -> None:
    """Carries over who the administrator is; for an individual that is certain anyway."""
    administrator = of(request).get("administrator", "")
    if administrator in SAME_PERSON and not is_individual(order) and known.START not in order.answers:
        keep(order, known.START, {"administrator": SAME_PERSON[administrator]})
