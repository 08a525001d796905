"""Requests to correct something in an order or a filing, and their answers."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from filings.models import Website
from filings.queries import websites_of
from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.codes import limits
from icpportal.desk import own_words
from icpportal.fields.fields import ChoiceField, PlainTextField
from icpportal.fields.form_types import Choice, Posted, offer
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from icpportal.time_format import day_words, to_beijing
from transfers.models import Order
from transfers.orders import queries
from transfers.pages.frame import Page, render_page
from transfers.pages.service_errors import too_many
from transfers.rights import corrections
from transfers.rights.models import CorrectionRequest
from transfers.rights.views.guards import fresh_proof_required

ORDER, WEBSITE = "order", "website"
LONGEST = 500
SHOWN = 100  # orders to choose from, newest first


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a state's mark."""

    key: str
    label: Words
    tone: str
    icon: str


TONES = {
    corrections.OPEN: ("blue", "hourglass"),
    corrections.DONE: ("green", "right"),
    corrections.REFUSED: ("slate", "cross-square"),
}


class CorrectionForm(forms.Form):
    """Which order or filing, what is wrong in it, and what it should be."""

    about = ChoiceField(label=gettext_lazy("Order or filing"))
    item = ChoiceField(label=gettext_lazy("What is wrong"), choices=[("", "–"), *corrections.ITEMS.items()]).called(
        gettext_lazy("entry that is wrong")
    )
    words = PlainTextField(
        label=gettext_lazy("What it should be"),
        max_length=LONGEST,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What stands there now, and what is right"),
    ).called(gettext_lazy("correct entry"))

    def __init__(self, data: Posted | None = None, *, orders: list[Order], websites: list[Website]) -> None:
        super().__init__(data)
        self.orders = {f"{ORDER}:{order.reference}": order for order in orders}
        self.websites = {f"{WEBSITE}:{website.pk}": website for website in websites}
        choices: list[Choice] = [("", "–")]
        choices += [
            (key, f"{website.display_domain} · {website.site_number}") for key, website in self.websites.items()
        ]
        choices += [(key, f"{order.reference} · {order.display_domain}") for key, order in self.orders.items()]
        offer(self, "about", choices)

    def record_request(self, user: User) -> CorrectionRequest:
        """Records the request of a valid form."""
        cleaned = self.cleaned_data
        return corrections.ask(
            user,
            order=self.orders.get(cleaned["about"]),
            website=self.websites.get(cleaned["about"]),
            item=cleaned["item"],
            words=cleaned["words"],
        )


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One request and its answer."""

    pk: UUID
    about: str
    item: Words
    words: str
    asked: str
    due: str
    is_open: bool
    is_overdue: bool
    look: Look
    answer: SafeString
    answered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsPage(Page):
    template: ClassVar[str] = "transfers/rights/corrections.html"
    form: forms.Form | None  # None where there is nothing to correct
    rows: list[CorrectionRow]


@fresh_proof_required
@require_http_methods(["GET", "HEAD", "POST"])
def correction_list(request: HttpRequest) -> HttpResponse:
    """Lists requests and their state; the POST makes a new one."""
    user = account_of(request)
    orders = [order for order in queries.orders_of(user) if not order.is_editable and not order.erased_at][:SHOWN]
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, orders=orders, websites=list(websites_of(user))
    )
    if form.is_valid() and _is_allowed(user, form):
        due = day_words(to_beijing(form.record_request(user).due_at).date())
        messages.success(request, _("Your request is recorded. We answer by %(day)s") % {"day": due})
        return redirect("data-corrections")
    offered = form if form.orders or form.websites else None
    return render_page(request, CorrectionsPage(form=offered, rows=corrections_of(user)))


def corrections_of(user: User) -> list[CorrectionRow]:
    """This account's requests and their answers, open ones first."""
    return [_row(asked) for asked in corrections.of_account(user)]


def _is_allowed(user: User, form: CorrectionForm) -> bool:
    allowed = limits.consume("corrections", str(user.pk))
    if not allowed.ok:
        form.add_error(None, too_many(allowed.until))
    return allowed.ok


def _row(asked: CorrectionRequest) -> CorrectionRow:
    language = own_words.ZH if reads_chinese() else own_words.EN
    label = corrections.OUTCOMES[asked.outcome]
    return CorrectionRow(
        pk=asked.pk,
        about=str(asked),
        item=corrections.ITEMS.get(asked.item, asked.item),
        words=asked.words,
        asked=day_words(to_beijing(asked.asked_at).date(), weekday=False),
        due=day_words(to_beijing(asked.due_at).date()),
        is_open=asked.closed_at is None,
        is_overdue=corrections.is_overdue(asked),
        look=Look(asked.outcome or "open", label, *TONES[asked.outcome]),
        answer=own_words.html_for(own_words.own_texts({}, asked.answer) if asked.answer else {}, language),
        answered=day_words(to_beijing(asked.closed_at).date(), weekday=False) if asked.closed_at else "",
    )
