"""A second person confirms an accepted order, or returns it to the colleague who accepted it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from icpportal.accounts.guards import account_of
from icpportal.approvals.models import ApprovalRequest
from icpportal.desk.pages import page_response
from icpportal.fields.types import Words
from transfers.models import Order
from transfers.review.baskets.views import case_url
from transfers.review.cases import drafts
from transfers.review.cases.case import kept_query, lease_words
from transfers.review.cases.decision.page import findings_of
from transfers.review.cases.judgement import case_judged
from transfers.review.cases.parts.look import because_words, told_words
from transfers.review.cases.parts.rounds import rounds_of
from transfers.review.cases.second import page as pages
from transfers.review.cases.second.forms import SECOND, SendToFirstForm
from transfers.review.cases.second.moves import GONE
from transfers.review.cases.unused import own_fields
from transfers.review.cases.views import Context, order_of, record_look
from transfers.review.purposes import Purpose
from transfers.second_look.queries import open_look


def second_view(request: HttpRequest, pk: UUID, context: Context) -> HttpResponse:
    """Shows what follows before a second person confirms or returns an accepted order."""
    return second_page(request, order_of(request, pk), context)


def second_page(request: HttpRequest, order: Order, context: Context, form: forms.Form | None = None) -> HttpResponse:
    """The page, with the errors of its form."""
    asked = open_look(order)
    if asked is None:
        messages.warning(request, str(GONE))
        return redirect(case_url(order, request.META.get("QUERY_STRING", "")))
    purpose = record_look(request, order, context)
    return _draw(request, order, asked, context, form) if isinstance(purpose, Purpose) else purpose


def _draw(
    request: HttpRequest, order: Order, asked: ApprovalRequest, context: Context, form: forms.Form | None
) -> TemplateResponse:
    """What the first one judged, what the second one marked, and what follows."""
    user, rounds, query = account_of(request), rounds_of(order), kept_query(request)
    typed = drafts.read(order, user, rounds.next_number)
    case = case_judged(order, typed, rounds)
    marked = pages.marked_of(case)
    set_aside: list[Words] = [] if marked else findings_of(order, case, rounds)
    page = pages.SecondPage(
        reference=order.reference,
        case_url=case_url(order, query),
        lease=lease_words(order, user),
        first=str(asked.asked_by),
        told=told_words(asked),
        because=because_words(asked),
        tally=case.tally,
        set_aside=set_aside,
        marked=marked,
        form=form or SendToFirstForm(initial=own_fields(typed.fields, SECOND)),
        happens=pages.happens(str(asked.asked_by), sends_back=bool(marked)),
        kept=typed.stamp,
        version=order.version,
        seconds=pages.seconds(),
        query=query,
    )
    return page_response(request, "admin/transfers/case/second.html", context, page)
