"""A case is returned and accepted on pages of their own, which show what follows."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from icpportal.accounts.guards import account_of
from icpportal.desk.pages import page_response
from transfers.models import Order
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.review import decisions
from transfers.review.baskets.views import case_url
from transfers.review.cases import drafts
from transfers.review.cases.decision.page import decision_page
from transfers.review.cases.forms import ReturnForm
from transfers.review.cases.judgement import lacking_in
from transfers.review.cases.moves import return_form
from transfers.review.cases.press import moved_words
from transfers.review.cases.views import Context, order_of, record_look
from transfers.review.purposes import Purpose


def return_view(request: HttpRequest, pk: UUID, context: Context) -> HttpResponse:
    """Shows what the applicant will read before the order is returned."""
    order = order_of(request, pk)
    typed = drafts.read(order, account_of(request))
    form = return_form(order, typed, None)
    if not form.verdicts:
        return _led_back(request, order, _("Mark at least one part to return, or accept the order"))
    return return_page(request, order, context, form)


def return_page(request: HttpRequest, order: Order, context: Context, form: ReturnForm) -> HttpResponse:
    """The page for returning it, with the errors of its form."""
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    typed = drafts.read(order, account_of(request))
    page = decision_page(request, order, typed, form)
    return page_response(request, "admin/transfers/case/return.html", context, page)


def accept_view(request: HttpRequest, pk: UUID, context: Context) -> HttpResponse:
    """Shows what follows before the order is accepted."""
    order = order_of(request, pk)
    if order.erased_at is not None:  # it ended long ago: nothing is left to compare
        return _led_back(request, order, "")
    typed = drafts.read(order, account_of(request))
    page = decision_page(request, order, typed, None)
    if not (page.tally.parts and page.tally.is_whole):
        lacking = {"parts": lacking_in(order, page.tally)}
        words = _("Accepting is not open yet: %(parts)s") % lacking if page.tally.parts else ""
        return _led_back(request, order, words)
    purpose = record_look(request, order, context)
    if not isinstance(purpose, Purpose):
        return purpose
    return page_response(request, "admin/transfers/case/accept.html", context, page)


def _led_back(request: HttpRequest, order: Order, words: str) -> HttpResponse:
    """To the case, with what is missing there.

    Of a decided order the case itself says who decided, and until when it can be undone; of one that is no longer with
    us nothing is missing.
    """
    if decisions.decision_to_show(order) is None:
        messages.warning(request, words if words and is_in(order, Group.IN_REVIEW) else str(moved_words(order)))
    return redirect(case_url(order, request.META.get("QUERY_STRING", "")))
