"""Step 6, the photo of the website administrator (拍照核验): the way by province, the upload, sending it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.access import confirmed_required
from icpportal.entry.fields import ChoiceField, NumberField
from icpportal.entry.marks import reads_chinese
from icpportal.lifecycle import APPLICANT, Forbidden
from icpportal.privacy.fields import sealed
from icpportal.privacy.masks import mask_name
from transfers import by_phone, paper_actions, queries, slots, stages, states
from transfers.firing import ORDER
from transfers.models import Order
from transfers.people import administrator
from transfers.photo_ways import SHANGHAI_APP, WAYS
from transfers.photo_ways import rules as photo_rules
from transfers.slips import slip
from transfers.slots import PHOTO
from transfers.verdict_words import reason_words
from transfers.views import backdrop
from transfers.views.access import own_order
from verification.documents.messages import UploadRefused


def _with_hint(way: str) -> SafeString:
    return format_html('{}<span class="choice-hint">{}</span>', WAYS[way].title, WAYS[way].hint)


class PhotoForm(forms.Form):
    """How the photo was taken, and that it shows the right person."""

    photo_way = ChoiceField(label=_("Way"), widget=forms.RadioSelect)
    sh_code = NumberField(
        label=_("Picture code"), max_length=8, required=False, help_text=_("Shown by the app afterwards")
    )
    photo_confirm = forms.BooleanField(
        label=_("The person shown is the website administrator"),
        error_messages={"required": _("Confirm who is shown, then send")},
    )

    def __init__(self, *args: Any, ways: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo_way"].choices = [(way, _with_hint(way)) for way in ways]
        self.fields["photo_way"].initial = ways[0]
        if SHANGHAI_APP not in ways:
            del self.fields["sh_code"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        code = cleaned.get("sh_code", "")
        if cleaned.get("photo_way") == SHANGHAI_APP and not (4 <= len(code) <= 8 and code.isalnum()):
            words = _("The code does not fit: enter it as the app shows it")
            self.add_error("sh_code", ValidationError(words, code="sh_code_bad"))
        return cleaned

    @property
    def needs_picture(self) -> bool:
        return self.cleaned_data.get("photo_way") != SHANGHAI_APP


def photo_paper(order: Order) -> Any:
    return queries.papers_of(order).filter(slot=PHOTO).first()


@confirmed_required
def photo(request: HttpRequest, reference: str) -> HttpResponse:
    """Opens after our review; the picture is checked by a worker before it can be sent."""
    order = own_order(request, reference)
    if order.state != states.PHOTO_DUE:
        return redirect(order)
    if "file" in request.FILES or "upload" in request.POST:
        return _upload(request, order)
    form = PhotoForm(request.POST or None, ways=queries.rules_of(order).photo_ways)
    if request.method == "POST" and form.is_valid() and _sent(request, order, form):
        return redirect(order)
    return _page(request, order, form)


def _upload(request: HttpRequest, order: Order) -> HttpResponse:
    try:
        paper_actions.upload(order, slot=PHOTO, file=request.FILES.get("file") or slots.NoFile(), kind=PHOTO)
    except paper_actions.Moved:
        return redirect(order)
    except UploadRefused as refused:
        form = PhotoForm(ways=queries.rules_of(order).photo_ways)
        return _page(request, order, form, reason=str(refused.message))
    return redirect("photo", order.reference)


def _sent(request: HttpRequest, order: Order, form: PhotoForm) -> bool:
    paper = photo_paper(order) if form.needs_picture else None
    if form.needs_picture and (paper is None or not paper.document.is_ready):
        waiting = paper is not None and paper.document.is_checking
        words = (
            _("The photo is still being checked: try again in a moment") if waiting else _("Choose a photo, then send")
        )
        form.add_error(None, ValidationError(words, code="photo_missing"))
        return False
    way = form.cleaned_data["photo_way"]
    order.answers = {
        **order.answers,
        PHOTO: {"way": way, "sh_code": form.cleaned_data.get("sh_code", ""), "sent": timezone.now().isoformat()},
    }
    columns = {"answers": sealed(order, "answers"), "photo_way": way}
    try:
        ORDER.fire(order, "send_photo", by=APPLICANT, actor=request.user, columns=columns)
    except Forbidden:  # it was pressed twice: the first press counts
        return True
    return True


def _page(request: HttpRequest, order: Order, form: PhotoForm, *, reason: str = "") -> HttpResponse:
    rules = queries.rules_of(order)
    verdict = queries.photo_verdict(order)
    context = {
        "order": order,
        "form": form,
        "rules": rules,
        "photo_rules": photo_rules(rules.photo_ways),
        "name": mask_name(administrator(order).name),
        "slot": slots.photo_slot(order, photo_paper(order), reason=reason),
        "verdict": verdict,
        "verdict_words": reason_words(verdict, chinese=reads_chinese()) if verdict else "",
        "shanghai_only": rules.photo_ways == (SHANGHAI_APP,),
        "stepper": stages.stepper(order, stages.PHOTO),
        **by_phone.offer(order),
        **backdrop.shown(order),
        "slip": slip(order),
        "back_url": order.get_absolute_url(),
    }
    return render(request, "transfers/photo.html", context)
