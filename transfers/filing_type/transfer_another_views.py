"""Pages of transfer another ICP filing (继续接入备案): choose the subject, see what is used again or what blocks it."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from filings.models import Subject
from filings.queries import subjects_of
from filings.register import certificates
from icpportal.accounts.guards import account_of, confirmed_required
from icpportal.fields.text import LONGEST_SEARCH, read_search
from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_name, mask_number
from transfers.documents import reuse
from transfers.filing_type import facts
from transfers.filing_type.transfer_another import DomainForm, SubjectOption, subject_options, subjects_found
from transfers.models import TypeCheck
from transfers.pages import keyset
from transfers.pages.frame import Page, render_page
from transfers.pages.rules_summary import RulesBrief, brief


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """The known values of the subject, masked."""

    document: Words
    number: str
    lead: str


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A document of an earlier order, and whom it shows, masked."""

    offer: reuse.Offer
    person: str


class FindForm(forms.Form):
    """The search of a long list; it is sent by GET."""

    in_address = True

    q = forms.CharField(
        label=gettext_lazy("Organisation, filing number or domain"),
        required=False,
        widget=forms.SearchInput(attrs={"maxlength": LONGEST_SEARCH}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePage(Page):
    """One page of the account's subjects, and the search where they fill more than one."""

    template: ClassVar[str] = "transfers/filing_type/another_choose.html"
    doors: list[SubjectOption]
    form: FindForm | None
    is_filtered: bool
    older_url: str
    newer_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnotherPage(Page):
    """What is used again of a known subject, and the domain."""

    template: ClassVar[str] = "transfers/filing_type/another.html"
    door: SubjectOption
    form: DomainForm
    subject: Subject
    facts: SubjectFacts
    offers: list[OfferRow]
    has_others: bool
    brief: RulesBrief


@confirmed_required
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Lists the account's subjects, or those that are looked for; redirects when there is only one."""
    user, words = account_of(request), read_search(request.GET.get("q", ""))
    rows = subjects_found(user, words)
    found = keyset.page(rows, keyset.NEWEST_FIRST, keyset.mark_of(rows, "pk", request.GET.get("after", "")))
    doors = subject_options(user, found.rows)
    is_long = found.has_more or found.is_later
    if len(doors) == 1 and not words and not is_long:
        return redirect(doors[0].url)
    page = ChoosePage(
        doors=doors,
        form=FindForm(initial={"q": words}) if words or is_long else None,
        is_filtered=bool(words),
        older_url=_list_url(words, after=str(found.rows[-1].pk)) if found.has_more else "",
        newer_url=_list_url(words) if found.is_later else "",
    )
    return render_page(request, page)


def _list_url(words: str, *, after: str = "") -> str:
    """A page of the list, with the same search."""
    asked = {name: value for name, value in (("q", words), ("after", after)) if value}
    return f"{reverse('another')}?{urlencode(asked)}" if asked else reverse("another")


@confirmed_required
def another(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shows what is used again and asks for the domain, or shows the order that must end first; 404 for strangers."""
    every = subjects_of(account_of(request))
    subject = get_object_or_404(every, pk=pk)
    (door,) = subject_options(account_of(request), [subject])
    form = DomainForm(request.POST or None, subject=subject, initial=_earlier(request, subject))
    if request.method == "POST" and door.is_open and form.is_valid():
        check = facts.ask(account_of(request), form)
        if check is not None:
            return redirect("verify-type-outcome", check.reference)
    return render_page(request, _page(request, door, form, has_others=every.exclude(pk=pk).exists()))


def _earlier(request: HttpRequest, subject: Subject) -> dict[str, str]:
    """The domain of this account's earlier check of the subject, by the check's reference."""
    reference = request.GET.get("from", "")
    check = TypeCheck.objects.filter(reference=reference, owner=account_of(request)).first() if reference else None
    asked = check is not None and check.subject_key == subject.subject_key
    return {"domain": check.answers["domain"]} if check is not None and asked else {}


def _page(request: HttpRequest, door: SubjectOption, form: DomainForm, *, has_others: bool) -> AnotherPage:
    subject = door.subject
    document = certificates.CERTIFICATES[subject.id_type]
    return AnotherPage(
        door=door,
        form=form,
        subject=subject,
        facts=SubjectFacts(
            document=document.label,
            number=mask_number(subject.id_number),
            lead=mask_name(subject.lead.name) if subject.lead else "",
        ),
        offers=[_offer(each) for each in reuse.for_subject(account_of(request), subject)] if door.is_open else [],
        has_others=has_others,
        brief=brief(facts.rules(subject.region), subject.nature),
    )


def _offer(offer: reuse.Offer) -> OfferRow:
    person = offer.earlier.person
    return OfferRow(offer, mask_name(person.name) if person else "")
