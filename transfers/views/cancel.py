"""Cancel a transfer (取消接入): consequences, code by text, filing password, last look, result on the order."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from filings.models import Website
from filings.queries import websites_of
from icpportal.accounts.access import account_of, confirmed_required, step_up_required
from icpportal.codes.actions import TooMany, TooSoon, Verdict
from icpportal.entry.client import client_address
from icpportal.entry.fields import ChoiceField
from icpportal.lifecycle import Forbidden
from icpportal.moments import long_words
from icpportal.privacy.masks import mask_mobile, mask_name
from icpportal.wizard.storage import Closed
from transfers import cancelling, queries, stages, states
from transfers.actions import Taken
from transfers.buttons import buttons
from transfers.cancelling import Blocked, FiledMobile, Hindrance, NotProved
from transfers.consequences import consequences
from transfers.models import Order
from transfers.phone_cards import ROLES
from transfers.slips import slip
from transfers.steps.filing_password import FILING_PASSWORD
from transfers.views.access import its_end, own_order
from transfers.views.people import CodeForm

CANCELLATIONS = (states.CANCELLATION,)
HINDRANCES = {
    "ended": gettext_lazy("There is nothing to cancel: this access has ended"),
    "paused": gettext_lazy("The mobile, the address or the password was just changed: cancelling opens at %(time)s"),
    "last_access": gettext_lazy("We are the only known provider: transfer to another provider first"),
    "no_mobile": gettext_lazy("No mobile is on file that a code could go to: call us"),
    "no_number": gettext_lazy("We do not have the filing number of this website: call us"),
}

TOO_OLD = gettext_lazy("The code is too old by now: send a new one")


class UnderstoodForm(forms.Form):
    """One tick; a second one where no other provider is known."""

    understood = forms.BooleanField(
        label=gettext_lazy("I understand what this does"),
        error_messages={"required": gettext_lazy("Tick that you understand, then continue")},
    )
    alone = forms.BooleanField(
        label=gettext_lazy("I know that no other provider of this website is known"),
        error_messages={"required": gettext_lazy("Tick that you know, then continue")},
    )

    def __init__(self, *args: Any, is_last: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_last:
            del self.fields["alone"]


class SendForm(forms.Form):
    """Which of the filed mobiles the code goes to; asked where there are two."""

    to = ChoiceField(label=gettext_lazy("The code goes to"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, mobiles: list[FiledMobile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(each.role, f"{ROLES[each.role]} · {shown(each)}") for each in mobiles]
        self.initial.setdefault("to", mobiles[0].role)


def shown(filed: FiledMobile) -> str:
    """A filed mobile as its page may show it."""
    return f"{mask_name(filed.name)} · {mask_mobile(filed.mobile)}"


# --- the consequences ---


@confirmed_required
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What cancelling does, for one website of one's own; the tick begins the order."""
    owned = websites_of(request.user).select_related("subject__lead", "administrator", "owner")
    website = owned.filter(pk=pk).first()
    if website is None:
        return redirect(its_end(request.user, pk))
    blocker = _blocker(website, request.user)
    if blocker is not None and _is_of(blocker, website):
        return redirect(stages.first_unanswered(blocker).url(blocker) if blocker.is_editable else blocker)
    return _consequences(request, website, None, blocker, back_url=reverse("filing", args=[website.pk]))


@confirmed_required
def look_again(request: HttpRequest, reference: str) -> HttpResponse:
    """The same page from inside the order."""
    order = _own_draft(request, reference)
    if isinstance(order, HttpResponse):
        return order
    return _consequences(request, _website(order), order, None, back_url=order.get_absolute_url())


def _blocker(website: Website, user: Any) -> Order | None:
    return queries.own_open_order(user, website.subject.subject_key, website.domain)


def _is_of(order: Order, website: Website) -> bool:
    return order.kind == states.CANCELLATION and order.website_id == website.pk


def _consequences(
    request: HttpRequest, website: Website, order: Order | None, blocker: Order | None, *, back_url: str
) -> HttpResponse:
    hindered = None if blocker else cancelling.hindrance(website, account_of(request))
    is_last = cancelling.is_last_access(website)
    form = UnderstoodForm(request.POST if request.method == "POST" else None, is_last=is_last)
    if form.is_valid() and blocker is None and hindered is None:
        try:
            order = order or cancelling.begin(website, owner=request.user)
        except Blocked as blocked:
            blocker = blocked.order
        else:
            return redirect("cancel-code", order.reference)
    context = {
        "website": website,
        "order": order,
        "form": form,
        "found": consequences(website),
        "hindrance": words_of(hindered) if hindered else "",
        "cools_off": cancelling.cools_off(),
        "blocker": blocker,
        "blocker_buttons": buttons(blocker) if blocker else [],
        "back_url": back_url,
        **(_frame(order, stages.CONSEQUENCES) if order else {}),
    }
    return render(request, "transfers/cancel.html", context)


def words_of(hindered: Hindrance) -> str:
    """Why not now, and from when on."""
    return HINDRANCES[hindered.key] % {"time": long_words(hindered.until) if hindered.until else ""}


# --- the way ---


def _frame(order: Order, stage: str) -> dict[str, Any]:
    return {"order": order, "stepper": stages.stepper(order, stage), "slip": slip(order)}


def _website(order: Order) -> Website:
    return Website.objects.select_related("subject__lead", "administrator", "owner").get(pk=order.website_id)


def _own_draft(request: HttpRequest, reference: str) -> Order | HttpResponse:
    order = own_order(request, reference, kinds=CANCELLATIONS)
    return order if order.is_editable else redirect(order)


Page = Callable[[HttpRequest, Order], HttpResponse]


def _stage(key: str) -> Callable[[Page], Callable[..., HttpResponse]]:
    """A page of the way: of one's own draft, proved again lately, nothing before it open, nothing in the way."""

    def wrap(page: Page) -> Callable[..., HttpResponse]:
        def on_the_way(request: HttpRequest, order: Order) -> HttpResponse:
            keys = [stage.key for stage in stages.applying(order)]
            if key not in keys:
                raise Http404
            first = stages.first_unanswered(order)
            if keys.index(first.key) < keys.index(key):
                if request.method == "POST" and first.key == stages.CODE and order.answer("proof"):
                    messages.warning(request, TOO_OLD)
                return redirect(first.url(order))
            if cancelling.hindrance(_website(order), account_of(request)):
                return redirect("cancel-consequences", order.reference)
            try:
                return page(request, order)
            except Closed:
                return redirect(order)

        def view(request: HttpRequest, reference: str) -> HttpResponse:
            order = _own_draft(request, reference)  # before the proof: to a stranger there is nothing here
            return order if isinstance(order, HttpResponse) else step_up_required(on_the_way)(request, order)

        return never_cache(confirmed_required(view))  # type: ignore[return-value]

    return wrap


@_stage(stages.CODE)
def code(request: HttpRequest, order: Order) -> HttpResponse:
    """Send a code to the filed mobile, and take it."""
    mobiles = cancelling.filed_mobiles(_website(order))
    form = CodeForm(request.POST if "code" in request.POST else None)
    send_form = SendForm(request.POST if "send" in request.POST else None, mobiles=mobiles)
    if "send" in request.POST and send_form.is_valid():
        chosen = next(each for each in mobiles if each.role == send_form.cleaned_data["to"])
        problem = _sent(request, order, chosen)
        if problem is None:
            return redirect("cancel-code", order.reference)
        send_form.add_error(None, problem)
    elif form.is_valid():
        verdict = cancelling.enter_code(order, form.cleaned_data["code"])
        if verdict.state == "right" or _proved_by_another_press(order):
            return redirect(stages.next_url(order, stages.CODE))
        form.add_error("code", _not_right(verdict))
    context = {
        "forms": [form, send_form],
        "code_form": form,
        "send_form": send_form,
        "standing": cancelling.standing(order),
        "is_proved": queries.is_proved(order),
        "next_url": stages.next_url(order, stages.CODE),
        "only": mobiles[0] if len(mobiles) == 1 else None,
        "only_shown": shown(mobiles[0]),
        "back_url": reverse("cancel-consequences", args=[order.reference]),
        **_frame(order, stages.CODE),
    }
    return render(request, "transfers/cancel_code.html", context)


def _sent(request: HttpRequest, order: Order, to: FiledMobile) -> ValidationError | None:
    try:
        cancelling.send_code(order, to, client=client_address(request))
    except TooSoon as soon:
        words = ngettext("You can resend in %(n)s second", "You can resend in %(n)s seconds", soon.seconds)
        return ValidationError(words, code="code_wait", params={"n": soon.seconds})
    except TooMany:
        return ValidationError(_("Today's limit is reached: try tomorrow or call"), code="code_limit")
    messages.success(request, _("A code is on its way to %(mobile)s") % {"mobile": mask_mobile(to.mobile)})
    return None


def _proved_by_another_press(order: Order) -> bool:
    """Pressed twice, or again in another tab: the first press has spent the code, and that was no mistake."""
    order.refresh_from_db()
    return queries.is_proved(order)


def _not_right(verdict: Verdict) -> ValidationError:
    if verdict.state == "wrong":
        words = ngettext(
            "The code is not right. %(n)s try left", "The code is not right. %(n)s tries left", verdict.left
        )
        return ValidationError(words, code="code_wrong", params={"n": verdict.left})
    if verdict.state == "spent":
        return ValidationError(_("No tries left: send a new code"), code="code_spent")
    return ValidationError(_("The code has expired: send a new one"), code="code_expired")


@sensitive_post_parameters("filing_password")
@_stage(stages.FILING_PASSWORD)
def password(request: HttpRequest, order: Order) -> HttpResponse:
    """The filing password, asked of the ministry; a right one is not asked again."""
    following = stages.next_url(order, stages.FILING_PASSWORD)
    if order.password_kept:
        return redirect(following)
    form = FILING_PASSWORD.form_class(request.POST if request.method == "POST" else None, row=order)
    if form.is_valid() and FILING_PASSWORD.ask(order, form, request):
        return redirect(following)
    context = {
        "form": form,
        "back_url": reverse("cancel-code", args=[order.reference]),
        **_frame(order, stages.FILING_PASSWORD),
    }
    return render(request, "transfers/cancel_password.html", context)


@_stage(stages.LAST_LOOK)
def confirm(request: HttpRequest, order: Order) -> HttpResponse:
    """One sentence and one red button; pressed twice it goes out once."""
    if request.method == "POST":
        return _confirmed(request, order)
    context = {
        "is_last": cancelling.is_last_access(_website(order)),
        "cools_off": cancelling.cools_off(),
        # the password's page leads on at once when the password is known
        "back_url": reverse("cancel-code", args=[order.reference]),
        **_frame(order, stages.LAST_LOOK),
    }
    return render(request, "transfers/cancel_confirm.html", context)


def _confirmed(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        cancelling.confirm(order, actor=request.user)
    except NotProved:
        messages.warning(request, TOO_OLD)
        return redirect("cancel-code", order.reference)
    except Taken:
        messages.error(request, _("An order is open elsewhere for this domain or document: call us"))
        return redirect("cancel-confirm", order.reference)
    except Forbidden:  # another press was first, or the draft was closed meanwhile
        order.refresh_from_db()
    return redirect(order)
